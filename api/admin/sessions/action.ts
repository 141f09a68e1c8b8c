import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Database } from '../../../db/connect.ts';
import type { AuditEntry } from '../../../db/queries/audit.ts';
import { type AccessSubject, doneByRequest, findAccessSubject } from '../../../db/queries/session-access.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Provider, SessionKey } from '../../../workflows/contract/values.ts';
import { actorOf, type Caller } from '../../auth/caller.ts';
import { type SessionEngine, updateIdOf } from '../../gate/engine.ts';
import type { Revocations } from '../../gate/revocations.ts';
import { type Refusal, refusal } from '../../operations/routes.ts';
import type { ActionName } from './action-name.ts';

export interface ActionDependencies {
  readonly db: Database;
  readonly engine: Pick<SessionEngine, 'update' | 'view'>;
  readonly revocations: Revocations;
  readonly clock: Clock;
  /** That are set up. */
  readonly providers: readonly Provider[];
}

/** One request, about one session, that got as far as acting. */
export interface Asked {
  readonly caller: Caller;
  readonly session: AccessSubject;
  /** Why, in the operator's own words: kept in the audit's rows and nowhere else. */
  readonly reason: string | undefined;
  /** The same for each repeat of the request with the same idempotency key. */
  readonly requestId: string;
}

/** `unconfirmed`: it is written, and a replica has yet to say that it knows. */
type DoneState = 'done' | 'confirmed' | 'unconfirmed';

export type Outcome = { readonly kind: 'done'; readonly state: DoneState } | Refusal;

export const done: Outcome = { kind: 'done', state: 'done' };

/** Something that an operator does about one session, alone or as one of many. */
export interface Action<Body extends { readonly reason?: string | undefined }> {
  readonly name: ActionName;
  /** In the documentation. */
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly body: z.ZodType<Body>;
  readonly bodyExample: unknown;
  /** What the audit calls it when it was done. */
  readonly doneAs: string;
  /** It may be wanted when the gate is over, until the run has ended: closing has steps that fail too. */
  readonly afterTheEnd: boolean;
  readonly act: (deps: ActionDependencies, asked: Asked, body: Body) => Promise<Outcome>;
}

/** The audit's row about what was done, or refused. */
export function entryOf(
  deps: Pick<ActionDependencies, 'clock'>,
  { caller, session, reason, requestId }: Asked,
  action: string,
  refused: string | null,
  details: Readonly<Record<string, string>> = {},
): AuditEntry {
  return {
    at: new Date(deps.clock()),
    tenantId: caller.tenantId,
    actor: actorOf(caller),
    action,
    subject: session.sessionKey,
    reason: refused,
    details: {
      request: requestId,
      ...details,
      ...(caller.via === undefined ? {} : { via: caller.via }),
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

/**
 * Who asks, as a run's history keeps it. An issuer may put an address into `sub`, so of that only as much as tells two
 * callers apart; the audit has the whole of it.
 */
export function identityOf(caller: Caller): string {
  if (caller.userId !== null) return `user:${caller.userId}`;
  const mark = createHash('sha256').update(caller.subject).digest('hex').slice(0, 8);
  return `${caller.role}:${mark}`;
}

/** Of a revocation the audit keeps whether it was confirmed. */
function stateIn(details: NonNullable<AuditEntry['details']>): DoneState {
  const state = details['state'];
  return state === 'confirmed' || state === 'unconfirmed' ? state : 'done';
}

/**
 * Acts on one session of the caller's tenant. What is another's is answered like what is not there.
 *
 * @param asked.key the caller's idempotency key: the same action on the same session under it is done once.
 */
export async function perform<Body extends { readonly reason?: string | undefined }>(
  deps: ActionDependencies,
  action: Action<Body>,
  asked: { readonly caller: Caller; readonly id: SessionKey; readonly key: string },
  body: Body,
): Promise<Outcome> {
  const { caller, id, key } = asked;
  const session = await findAccessSubject(deps.db, caller.tenantId, id);
  if (session === undefined) return refusal('not-found');
  const requestId = updateIdOf(session.sessionKey, action.name, key);
  const over = action.afterTheEnd ? session.startState === 'ended' : session.over;
  if (over) {
    // A repeat of the very request that ended it, or was done before the end, is answered like the first.
    const before = await doneByRequest(deps.db, session.sessionKey, action.doneAs, requestId);
    return before === undefined ? refusal('session-over') : { kind: 'done', state: stateIn(before) };
  }
  return action.act(deps, { caller, session, reason: body.reason, requestId }, body);
}
