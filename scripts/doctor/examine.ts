import type { Finding } from '../../integrations/setup/finding.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Config, ConfigurationError, loadConfig } from '../../platform/config.ts';
import type { Environment } from '../../platform/environment.ts';
import { openSystems } from '../setup/systems.ts';
import { AREAS, type Area } from './areas.ts';
import { checksOf } from './checks.ts';
import { processChecks } from './process.ts';
import { runChecks } from './run-checks.ts';

/** A check takes no longer. */
const CHECK_MS = 6000;

export const CONFIGURATION_CHECK = {
  name: 'configuration',
  subject: 'The environment holds every setting, each usable',
  remedy: 'Set it as `.env.example` says, then look again.',
} as const;

type Read =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** The configuration, or everything that is wrong with it. */
function readConfig(env: Environment): Read {
  const { name: check, remedy } = CONFIGURATION_CHECK;
  try {
    return { ok: true, config: loadConfig(env) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return {
      ok: false,
      findings: error.problems.map(({ variable, problem }) => ({
        check,
        status: 'failed',
        message: `${variable} ${problem}`,
        remedy,
      })),
    };
  }
}

const configurationIsWell: Finding = {
  check: CONFIGURATION_CHECK.name,
  status: 'ok',
  message: 'Every setting is usable',
  remedy: null,
};

export interface Examined {
  readonly area: Area;
  readonly findings: readonly Finding[];
}

/**
 * Looks at the whole system that the environment describes. Without a usable configuration only this process can be
 * looked at.
 *
 * @param only the areas to look at; all of them when it is empty.
 */
export async function examine(
  env: Environment,
  only: readonly Area[],
  clock: Clock,
): Promise<readonly Examined[]> {
  const areas = AREAS.filter((area) => only.length === 0 || only.includes(area));
  const read = readConfig(env);
  if (!read.ok) {
    const found = await runChecks(processChecks(clock), { timeoutMs: CHECK_MS });
    return [{ area: 'process', findings: [...read.findings, ...found] }];
  }
  const systems = openSystems(read.config, env);
  try {
    const checks = checksOf(systems, clock);
    return await Promise.all(
      areas.map(async (area) => {
        const found = await runChecks(checks[area], { timeoutMs: CHECK_MS });
        const first = area === 'process' ? [configurationIsWell] : [];
        return { area, findings: [...first, ...found] };
      }),
    );
  } finally {
    await systems.close();
  }
}
