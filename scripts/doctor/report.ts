import type { Finding } from '../../integrations/setup/finding.ts';
import type { Examined } from './examine.ts';

export interface DoctorReport {
  readonly exitCode: 0 | 1;
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
}

const SIGNS: Readonly<Record<Finding['status'], string>> = {
  ok: 'ok',
  warning: 'WARNING',
  failed: 'FAILED',
  skipped: 'skipped',
};

function linesOf({ check, status, message, remedy }: Finding, width: number): readonly string[] {
  const line = `  ${SIGNS[status].padEnd(7)}  ${check.padEnd(width)}  ${message}`;
  return remedy === null ? [line] : [line, `${' '.repeat(width + 13)}→ ${remedy}`];
}

export function reportOf(examined: readonly Examined[]): DoctorReport {
  const findings = examined.flatMap((one) => one.findings);
  const width = Math.max(0, ...findings.map(({ check }) => check.length));
  const count = (status: Finding['status']) => findings.filter((one) => one.status === status).length;
  const counts = {
    ok: count('ok'),
    warning: count('warning'),
    failed: count('failed'),
    skipped: count('skipped'),
  };
  const told = (['failed', 'warning', 'skipped', 'ok'] as const)
    .filter((status) => counts[status] > 0)
    .map((status) => `${counts[status]} ${status}`);
  return {
    exitCode: counts.failed > 0 ? 1 : 0,
    lines: [
      ...examined.flatMap((one) => [one.area, ...one.findings.flatMap((finding) => linesOf(finding, width))]),
      '',
      `${findings.length} checks: ${told.join(', ')}.`,
    ],
    json: {
      ok: counts.failed === 0,
      counts,
      findings: examined.flatMap((one) => one.findings.map((finding) => ({ area: one.area, ...finding }))),
    },
  };
}
