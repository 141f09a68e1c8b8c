import { sessionWorkflowId } from '../../../platform/session-ids.ts';
import { demandOf } from '../demand.ts';
import type { Evidence, RunFound, Violation } from '../evidence.ts';

const list = (values: readonly string[]): string =>
  values.length === 0 ? 'none' : values.toSorted().join(', ');

/** Every paid unit has exactly one session, and there is none that nobody paid for. */
export function oneSessionPerUnit({ deeds, rows, runs }: Evidence): Violation[] {
  const promise = 'one session per paid unit';
  const paid = new Set<string>(deeds.map(({ key }) => key));
  const violations: Violation[] = [];
  for (const key of paid) {
    const found = rows.filter((row) => row.key === key).length;
    const running = runs.filter(({ workflowId }) => workflowId === `session-${key}`).length;
    if (found !== 1 || running !== 1)
      violations.push({
        promise,
        session: key,
        expected: '1 row, 1 run',
        seen: `${found} rows, ${running} runs`,
      });
  }
  const known = new Set([...paid].map((key) => `session-${key}`));
  for (const { key } of rows)
    if (!paid.has(key)) violations.push({ promise, session: key, expected: 'no row', seen: 'a row' });
  for (const { workflowId } of runs)
    if (!known.has(workflowId))
      violations.push({ promise, session: workflowId, expected: 'no run', seen: 'a run' });
  return violations;
}

/**
 * A no-show that came when the time to set it was over; the timeline says so. What asks the provider for one that was
 * lost does so each hour, which is longer than any session here settles.
 */
function heardTooLate({ timeline }: NonNullable<RunFound['view']>): boolean {
  return timeline.some(({ event, reason }) => event === 'appointment.no-show' && reason === 'after-end');
}

/** Every session ended in the state that its deeds demand, with nothing left for a person that they do not. */
export function endedAsDemanded({ deeds, rows, runs }: Evidence): Violation[] {
  const promise = 'every session ends as its inputs demand';
  return deeds.flatMap((one): Violation[] => {
    const { key, story, stuck } = one;
    const violation = (expected: string, seen: string): Violation => ({
      promise,
      session: key,
      expected: `${story}: ${expected}`,
      seen,
    });
    if (stuck !== null) return [violation('told to its end', stuck)];
    const { attention, outcome: wanted } = demandOf(one);
    const run = runs.find(({ workflowId }) => workflowId === sessionWorkflowId(key));
    const row = rows.find((candidate) => candidate.key === key);
    const view = run?.view;
    if (!run || !row || !view) return [violation('a run that answers', 'none')];
    const outcome = heardTooLate(view) ? 'completed' : wanted;
    const found: Violation[] = [];
    if (run.status !== 'COMPLETED') found.push(violation('a completed run', run.status));
    if (view.phase !== 'ended' || view.outcome !== outcome)
      found.push(violation(`ended, ${outcome}`, `${view.phase}, ${view.outcome}`));
    if (row.startState !== 'ended' || row.phase !== 'ended' || row.outcome !== outcome)
      found.push(
        violation(`a row that says so`, `${row.startState}, ${row.phase}, ${row.outcome ?? 'no outcome'}`),
      );
    const codes = view.attention.map(({ code }) => code);
    if (list(codes) !== list(attention)) found.push(violation(`attention: ${list(attention)}`, list(codes)));
    return found;
  });
}

/** Every run's history replays with the code that was built. */
export function everyRunReplays({ runs }: Evidence): Violation[] {
  return runs.flatMap(({ workflowId, replay }) =>
    replay === null
      ? []
      : [
          {
            promise: 'every history replays',
            session: workflowId,
            expected: 'the same commands',
            seen: replay,
          },
        ],
  );
}
