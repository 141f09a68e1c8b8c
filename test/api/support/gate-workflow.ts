import { condition, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { GATE_QUERY, SESSION_QUERY, type Verdict } from '../../../workflows/contract/messages.ts';
import type { Gate, SessionView } from '../../../workflows/contract/session.ts';

/** As much of a session as the API can see: it answers, counts its reschedules, and returns when told. */
export async function sessionWorkflow(gate: Gate): Promise<void> {
  let ended = false;
  let asked = 0;
  setHandler(defineQuery<Gate>(GATE_QUERY), () => (ended ? { ...gate, state: 'over' } : gate));
  setHandler(defineQuery<Pick<SessionView, 'phase'>>(SESSION_QUERY), () => ({ phase: 'scheduled' }));
  setHandler(defineSignal('end'), () => {
    ended = true;
  });
  setHandler(defineUpdate<Verdict, [unknown]>('reschedule'), (): Verdict => {
    asked += 1;
    return asked === 1
      ? { accepted: true, next: 'provider-page' }
      : { accepted: false, reason: 'move-pending', at: null };
  });
  await condition(() => ended);
}
