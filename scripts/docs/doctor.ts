import type { Check } from '../../integrations/setup/check.ts';
import { systemClock } from '../../platform/clock.ts';
import { loadConfig } from '../../platform/config.ts';
import { AREAS } from '../doctor/areas.ts';
import { checksOf } from '../doctor/checks.ts';
import { CONFIGURATION_CHECK } from '../doctor/examine.ts';
import { openSystems } from '../setup/systems.ts';

type Row = Pick<Check, 'name' | 'subject' | 'remedy'>;

const HEAD = `# What the doctor looks at

\`npm run doctor\` makes each of these checks, those of one area side by side with the others. A check whose forerunner
failed is skipped. This page is written by \`npm run docs\`; [setup.md](setup.md) says when to look.

A finding is \`ok\`, \`warning\` (sessions go on; look at it), \`failed\` (exit code 1) or \`skipped\`. What is told below is
the usual remedy; a finding with a remedy of its own prints that one.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

function section(area: string, rows: readonly Row[]): string {
  const lines = rows.map(
    ({ name, subject, remedy }) => `| \`${name}\` | ${cell(subject)} | ${cell(remedy)} |`,
  );
  return [`## ${area}`, '', '| check | holds when | otherwise |', '|---|---|---|', ...lines, ''].join('\n');
}

/** The page of all checks with their remedies, for docs/doctor.md. No system is asked. */
export function doctorPage(): string {
  const env = {
    LATCHKEY_ENV: 'development',
    DATABASE_URL: 'postgresql://localhost/latchkey',
    TEMPORAL_CONFIG_FILE: '',
  };
  const systems = openSystems(loadConfig(env), env);
  const checks = checksOf(systems, systemClock);
  // Nothing was connected: there is nothing to wait for.
  void systems.close();
  const sections = AREAS.map((area) =>
    section(area, [...(area === 'process' ? [CONFIGURATION_CHECK] : []), ...checks[area]]),
  );
  return [HEAD, ...sections].join('\n');
}
