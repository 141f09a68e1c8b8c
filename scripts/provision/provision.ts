import type { PlanSetup, SetupStep } from '../../integrations/setup/step.ts';

/** What of an area there is to do, or why that cannot be told. */
export type AreaPlan<Area extends string = string> = { readonly area: Area } & (
  | { readonly kind: 'planned'; readonly steps: readonly SetupStep[] }
  | { readonly kind: 'failed'; readonly why: string }
);

/** What came of one step. */
export interface StepResult {
  readonly subject: string;
  readonly outcome: 'as-wanted' | 'done' | 'failed' | 'by-hand' | 'not-done';
  /** What was done, what a person must do, or why it failed. */
  readonly said: string | null;
}

export interface AreaResult {
  readonly area: string;
  /** Why nothing of it could be looked at, or null. */
  readonly failed: string | null;
  readonly steps: readonly StepResult[];
}

/** The first line: a failure may have a page of them. */
export function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (text !== '') return text.split('\n')[0] ?? text;
  const code = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : 'it failed';
}

async function planArea<Area extends string>(area: Area, plan: PlanSetup): Promise<AreaPlan<Area>> {
  try {
    return { area, kind: 'planned', steps: await plan() };
  } catch (error) {
    return { area, kind: 'failed', why: wordsOf(error) };
  }
}

/** Looks at all of them side by side. Changes nothing; one that does not answer hides no other. */
export async function planAll<Area extends string>(
  plans: readonly (readonly [Area, PlanSetup])[],
): Promise<readonly AreaPlan<Area>[]> {
  return await Promise.all(plans.map(([area, plan]) => planArea(area, plan)));
}

export const isToDo = (step: SetupStep): boolean => step.apply !== null && step.state !== 'as-wanted';
const isByHand = (step: SetupStep): boolean => step.apply === null && step.state !== 'as-wanted';

/** How many steps could be applied. */
export function countToDo(plans: readonly AreaPlan[]): number {
  return plans.reduce(
    (sum, plan) => sum + (plan.kind === 'planned' ? plan.steps.filter(isToDo).length : 0),
    0,
  );
}

/** Whether everything is as wanted. */
export function isAsWanted(plans: readonly AreaPlan[]): boolean {
  return plans.every(
    (plan) => plan.kind === 'planned' && plan.steps.every(({ state }) => state === 'as-wanted'),
  );
}

async function applyStep(step: SetupStep): Promise<StepResult> {
  const { subject, state, detail, apply } = step;
  if (state === 'as-wanted') return { subject, outcome: 'as-wanted', said: null };
  if (apply === null) return { subject, outcome: 'by-hand', said: detail };
  try {
    return { subject, outcome: 'done', said: await apply() };
  } catch (error) {
    return { subject, outcome: 'failed', said: wordsOf(error) };
  }
}

async function applyArea(plan: AreaPlan): Promise<AreaResult> {
  if (plan.kind === 'failed') return { area: plan.area, failed: plan.why, steps: [] };
  const steps: StepResult[] = [];
  for (const step of plan.steps) {
    // What comes later may stand on the step that failed.
    if (steps.some(({ outcome }) => outcome === 'failed') && isToDo(step))
      steps.push({ subject: step.subject, outcome: 'not-done', said: 'a step before it failed' });
    else steps.push(await applyStep(step));
  }
  return { area: plan.area, failed: null, steps };
}

/** Applies what there is to do, area by area and step by step. A step that fails ends its area, and no other. */
export async function applyAll(
  plans: readonly AreaPlan[],
  told: (result: AreaResult) => void,
): Promise<readonly AreaResult[]> {
  const results: AreaResult[] = [];
  for (const plan of plans) {
    const result = await applyArea(plan);
    told(result);
    results.push(result);
  }
  return results;
}

/** What stays to be done by a person. */
export function leftByHand(plans: readonly AreaPlan[]): readonly SetupStep[] {
  return plans.flatMap((plan) => (plan.kind === 'planned' ? plan.steps.filter(isByHand) : []));
}
