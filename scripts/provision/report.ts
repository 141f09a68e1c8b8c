import type { SetupState } from '../../integrations/setup/step.ts';
import { type AreaPlan, type AreaResult, isToDo, type StepResult } from './provision.ts';

const IS: Readonly<Record<SetupState, string>> = {
  'as-wanted': 'as wanted',
  missing: 'missing',
  different: 'different',
  unmanageable: 'by hand',
};

const CAME: Readonly<Record<StepResult['outcome'], string>> = {
  'as-wanted': 'as wanted',
  done: 'done',
  failed: 'FAILED',
  'by-hand': 'by hand',
  'not-done': 'not done',
};

/** Rows of columns, aligned. */
function table(rows: readonly (readonly [string, string, string])[]): readonly string[] {
  const width = (at: 0 | 1): number => Math.max(0, ...rows.map((row) => row[at].length));
  const [first, second] = [width(0), width(1)];
  return rows.map(([a, b, c]) => `  ${a.padEnd(first)}  ${b.padEnd(second)}  ${c}`.trimEnd());
}

/** What is, and what will be done. */
export function planLines(plans: readonly AreaPlan[]): readonly string[] {
  return plans.flatMap((plan) => {
    if (plan.kind === 'failed') return [plan.area, `  FAILED: ${plan.why}`];
    const rows = plan.steps.map((step) => [IS[step.state], step.subject, step.detail ?? ''] as const);
    return [plan.area, ...table(rows)];
  });
}

/** What was done, without what was as wanted before. */
export function resultLines({ area, failed, steps }: AreaResult): readonly string[] {
  if (failed !== null) return [area, `  FAILED: ${failed}`];
  const rows = steps
    .filter(({ outcome }) => outcome !== 'as-wanted')
    .map(({ subject, outcome, said }) => [CAME[outcome], subject, said ?? ''] as const);
  return rows.length === 0 ? [] : [area, ...table(rows)];
}

export function planJson(plans: readonly AreaPlan[]): readonly Readonly<Record<string, unknown>>[] {
  return plans.map((plan) =>
    plan.kind === 'failed'
      ? { area: plan.area, failed: plan.why, steps: [] }
      : {
          area: plan.area,
          failed: null,
          steps: plan.steps.map((step) => ({
            subject: step.subject,
            state: step.state,
            detail: step.detail,
            canBeDone: isToDo(step),
          })),
        },
  );
}
