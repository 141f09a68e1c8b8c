import type { Database } from '../../../db/connect.ts';
import type { Session, StartState } from '../../../db/tables.ts';
import type { Clock } from '../../../platform/clock.ts';
import { callerOf } from '../../auth/caller.ts';
import { reasonOf } from '../../intake/deliver.ts';
import type { IntakeLog } from '../../intake/log.ts';
import { startIntended } from '../../intake/saleor.ts';
import { refusal, reply, type Routes } from '../../operations/routes.ts';
import type { SessionStarter } from '../../sessions/starter.ts';
import type { RunUrl } from './model.ts';
import { type ElsewhereSettings, takePaidElsewhere } from './paid-elsewhere.ts';
import { type Started, startOperation } from './start-request.ts';

export interface StartDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: IntakeLog;
  readonly starter: SessionStarter;
  readonly orders: ElsewhereSettings;
  readonly runUrl: RunUrl;
}

/** What is not started now is started by the sweep, like every session that is owed its run. */
async function started(deps: StartDependencies, session: Session): Promise<StartState> {
  if (session.start_state !== 'intended') return session.start_state;
  try {
    await startIntended(session, deps);
    return 'started';
  } catch (error) {
    deps.log.warn(
      { sessionKey: session.session_key, reason: reasonOf(error) },
      'session could not be started',
    );
    return 'intended';
  }
}

export function addSessionStart(routes: Routes, deps: StartDependencies): void {
  routes.add(startOperation, async ({ headers, body, res }) => {
    const key = headers['idempotency-key'];
    res.set('idempotency-key', key);
    const at = deps.clock();
    const { eventTypes } = deps.orders.defaults;
    if (body.provider !== undefined && eventTypes[body.provider] === undefined)
      return refusal('invalid-request', { detail: 'provider: is not set up' });
    const taken = await takePaidElsewhere(deps.db, { caller: callerOf(res), key, body, at }, deps.orders);
    switch (taken.kind) {
      case 'other-request':
        return refusal('key-reused');
      case 'start-in-the-past':
        return refusal('invalid-request', { detail: 'starts_at: must lie in the future' });
      case 'no-tenant':
        return refusal('not-found', { detail: 'There is no such tenant.' });
      case 'made':
      case 'known': {
        const { session } = taken;
        const answer: Started = {
          id: session.session_key,
          state: await started(deps, session),
          run_url: deps.runUrl(session.workflow_id),
        };
        const location = `/api/v1/admin/sessions/${session.session_key}`;
        return reply(taken.kind === 'made' ? 201 : 200, answer, { location });
      }
    }
  });
}
