import { sessionByKey } from '../../db/queries/sessions.ts';
import type { OutsideEvent } from '../../workflows/contract/events.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { DeliveryDeps } from './dependencies.ts';
import { done, type Outcome, quarantine, wait } from './outcome.ts';

/**
 * Hands events to a session's run. "Not found" has three meanings, and only the session's own row tells them
 * apart: not started yet, over, or lost.
 */
export async function deliverToSession(
  deps: Pick<DeliveryDeps, 'db' | 'starter'>,
  key: SessionKey,
  events: readonly OutsideEvent[],
): Promise<Outcome> {
  // Read before the signal: a run that is started in between would otherwise look lost.
  const session = await sessionByKey(deps.db, key);
  if ((await deps.starter.signal(key, events)) === 'delivered') return done();
  if (!session) return quarantine('unknown-session');
  switch (session.start_state) {
    case 'intended':
      return wait('session-not-started');
    case 'started':
      // Or the run ended in between: then its row says so by now.
      return (await sessionByKey(deps.db, key))?.start_state === 'ended'
        ? done('after-end')
        : quarantine('run-missing');
    case 'ended':
      return done('after-end');
  }
}

/** Several sessions, one answer: what waits is repeated for all of them, since every event may be repeated. */
export function together(outcomes: readonly Outcome[]): Outcome {
  for (const kind of ['wait', 'failed', 'quarantine'] as const) {
    const first = outcomes.find((outcome) => outcome.kind === kind);
    if (first) return first;
  }
  const reasons = new Set(outcomes.map((outcome) => outcome.reason));
  return done(reasons.size === 1 ? ([...reasons][0] ?? null) : null);
}
