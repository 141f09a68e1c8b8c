import type { Instant, LinkId, SessionKey } from '../../workflows/contract/values.ts';

/** What is to pass no more. */
export type RevocationOrder =
  | {
      readonly kind: 'link';
      readonly linkId: LinkId;
      /** Null for a link of the Booking Link API. */
      readonly sessionKey: SessionKey | null;
      /** When the link itself runs out, or null. */
      readonly keepUntil: Instant | null;
    }
  | { readonly kind: 'access'; readonly sessionKey: SessionKey }
  | { readonly kind: 'login'; readonly loginId: string; readonly keepUntil: Instant };

export interface RevocationReceipt {
  /** False: it had been revoked before; it is confirmed all the same. */
  readonly fresh: boolean;
  /**
   * `confirmed`: every live replica refuses it from here on. `unconfirmed`: it is written and will be, but a replica
   * with a running lease has not said so in time.
   */
  readonly state: 'confirmed' | 'unconfirmed';
}

/** Writes a revocation first, then waits for every live replica. What the workflow is owed is delivered later. */
export interface Revocations {
  /** @throws when PostgreSQL cannot be reached: nothing was revoked. */
  revoke(order: RevocationOrder, actor: string): Promise<RevocationReceipt>;
}
