import { writeAudit } from '../../../db/queries/audit.ts';
import { findAccessSubject } from '../../../db/queries/session-access.ts';
import type { SessionUpdates } from '../../../workflows/contract/messages.ts';
import { refusal } from '../../operations/routes.ts';
import { type ActionDependencies, type Asked, done, entryOf, identityOf, type Outcome } from './action.ts';

/** What the audit calls an Update's three ends. */
export interface Ends {
  readonly done: string;
  readonly refused: string;
  readonly unknown: string;
}

/** One Update to a session's workflow. */
export interface Order<Name extends keyof SessionUpdates> {
  readonly name: Name;
  readonly argument: SessionUpdates[Name];
  readonly ends: Ends;
  /** For the audit: ids and codes only. */
  readonly details?: Readonly<Record<string, string>>;
  /** @default the request's own */
  readonly updateId?: string;
}

/** There is no run to ask: it has ended, has yet to begin, or was ended by hand. */
async function withoutRun({ db }: ActionDependencies, { caller, session }: Asked): Promise<Outcome> {
  const now = await findAccessSubject(db, caller.tenantId, session.sessionKey);
  if (now?.over !== false) return refusal('session-over');
  return refusal('refused', { reason: now.startState === 'intended' ? 'opening' : 'closed' });
}

/** Asks the workflow in the caller's name. What it did, or refused to do, is audited. */
export async function updateSession<Name extends keyof SessionUpdates>(
  deps: ActionDependencies,
  asked: Asked,
  { name, argument, ends, details = {}, updateId = asked.requestId }: Order<Name>,
): Promise<Outcome> {
  const { sessionKey } = asked.session;
  const answer = await deps.engine.update(sessionKey, name, argument, updateId, identityOf(asked.caller));
  switch (answer.kind) {
    case 'answer': {
      const { verdict } = answer;
      if (verdict.accepted) {
        await writeAudit(deps.db, [entryOf(deps, asked, ends.done, null, details)]);
        return done;
      }
      await writeAudit(deps.db, [entryOf(deps, asked, ends.refused, verdict.reason, details)]);
      return refusal('refused', { reason: verdict.reason, at: verdict.at });
    }
    case 'unknown':
      await writeAudit(deps.db, [entryOf(deps, asked, ends.unknown, null, details)]);
      return refusal('outcome-unknown');
    case 'not-found':
      return withoutRun(deps, asked);
    case 'unavailable':
      return refusal('engine-unavailable');
  }
}
