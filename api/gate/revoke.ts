import type { Database } from '../../db/connect.ts';
import { type NewRevocation, writeRevocation } from '../../db/queries/revocations.ts';
import type { Acknowledgements } from './acknowledge.ts';
import type { RevocationOrder, Revocations } from './revocations.ts';

function rowOf(order: RevocationOrder, actor: string): NewRevocation {
  const { kind } = order;
  switch (kind) {
    case 'link':
      return { kind, subject: order.linkId, sessionKey: order.sessionKey, actor, keepUntil: order.keepUntil };
    case 'access':
      return { kind, subject: order.sessionKey, sessionKey: order.sessionKey, actor, keepUntil: null };
    case 'login':
      return { kind, subject: order.loginId, sessionKey: null, actor, keepUntil: order.keepUntil };
  }
}

/** Writes revocations and waits for every live replica, each for itself: a slow one keeps nobody from writing. */
export function createRevocations(deps: {
  readonly db: Database;
  readonly acknowledgements: Pick<Acknowledgements, 'confirmed'>;
  /** A workflow is owed something. */
  readonly onWritten: () => void;
}): Revocations {
  return {
    async revoke(order, actor) {
      const { seq, fresh } = await writeRevocation(deps.db, rowOf(order, actor));
      deps.onWritten();
      const confirmed = await deps.acknowledgements.confirmed(seq);
      return { fresh, state: confirmed ? 'confirmed' : 'unconfirmed' };
    },
  };
}
