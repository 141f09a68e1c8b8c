import { CancellationScope } from '@temporalio/workflow';
import type { Outcome, SessionInput } from '../contract/session.ts';
import { rulesByVersion } from '../policy/versions.ts';
import { registerHandlers } from './handlers.ts';
import { type RulesByVersion, Session } from './session.ts';
import { show } from './visibility.ts';

/**
 * One paid session, from its payment until it is over.
 *
 * Input and history hold ids and instants only. A failed effect never fails the run: it becomes an attention of
 * the session's, with `retryStep` and `skipStep`.
 *
 * @returns how the session ended.
 */
export function sessionWorkflow(input: SessionInput): Promise<Outcome | null> {
  return runSession(input, rulesByVersion);
}

/** `sessionWorkflow` under the given rules. */
export async function runSession(input: SessionInput, rules: RulesByVersion): Promise<Outcome | null> {
  // The session exists, and has opened, before the first handler: a message that waits runs inside `setHandler`.
  const session = new Session(input, rules);
  session.hear({ type: 'clock.opened' });
  registerHandlers(session);

  // A cancelled run closes as any other: it still owes the client a closed gate and the agents a closed ticket.
  return await CancellationScope.nonCancellable(async () => {
    for (;;) {
      session.act();
      show(session.view(), session.next(), input.attentive === true);
      if (session.isOver()) return session.view().outcome;
      await session.change();
    }
  });
}
