import type { PlanSetup } from '../../integrations/setup/step.ts';
import { applyAll, type AreaResult, countToDo, isAsWanted, leftByHand, planAll } from './provision.ts';
import { planJson, planLines, resultLines } from './report.ts';

export interface ProvisionRun {
  readonly plans: readonly (readonly [string, PlanSetup])[];
  readonly check: boolean;
  /** Do not ask. */
  readonly yes: boolean;
  /** Asks a person; null where there is none. */
  readonly ask: ((question: string) => Promise<boolean>) | null;
  readonly print: (line: string) => void;
}

export interface Provisioned {
  readonly exitCode: 0 | 1 | 2;
  readonly json: Readonly<Record<string, unknown>>;
}

const steps = (count: number): string => (count === 1 ? '1 step' : `${count} steps`);

/**
 * Shows the plan and, unless it is only to be checked, does what there is to do after a yes. Afterwards it looks again:
 * a step that was done may have been undone, or may have made another one necessary.
 */
export async function provision(run: ProvisionRun): Promise<Provisioned> {
  const { print } = run;
  const before = await planAll(run.plans);
  for (const line of planLines(before)) print(line);
  const json = { areas: planJson(before) };
  const wanted = isAsWanted(before);
  const toDo = countToDo(before);
  const byHand = leftByHand(before).length;

  if (wanted) {
    print('\nEverything is as wanted.');
    return { exitCode: 0, json: { ok: true, ...json } };
  }
  const counted = `${steps(toDo)} to do${byHand > 0 ? `, ${steps(byHand)} for a person` : ''}`;
  if (run.check || toDo === 0) {
    print(`\n${counted}.`);
    return { exitCode: 1, json: { ok: false, ...json } };
  }
  if (!run.yes && run.ask === null) {
    print(`\n${counted}. Nobody can be asked here: repeat it with --yes, or look with --check.`);
    return { exitCode: 2, json: { ok: false, ...json } };
  }
  if (!run.yes && !(await run.ask?.(`\n${counted}. Go on? [y/N] `))) {
    print('Nothing was changed.');
    return { exitCode: 1, json: { ok: false, ...json } };
  }

  print('');
  const results: readonly AreaResult[] = await applyAll(before, (result) => {
    for (const line of resultLines(result)) print(line);
  });
  const after = await planAll(run.plans);
  const isDone = isAsWanted(after);
  if (isDone) print('\nEverything is as wanted now.');
  else
    for (const line of ['', 'What is left:', ...planLines(after.filter((one) => !isAsWanted([one])))])
      print(line);
  return { exitCode: isDone ? 0 : 1, json: { ok: isDone, ...json, results, left: planJson(after) } };
}
