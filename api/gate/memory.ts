import type { Gate } from '../../workflows/contract/session.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { GateReading } from './decision.ts';

/** What this process knows of one session's URL. Replaced as a whole, never changed. */
export interface Snapshot {
  readonly slug: string;
  readonly sessionKey: SessionKey;
  readonly tenantId: number;
  readonly clientId: number;
  readonly gate: Gate;
}

/** What a slow look found. */
export type Look =
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'session';
      readonly sessionKey: SessionKey;
      readonly tenantId: number;
      readonly clientId: number;
      readonly reading: GateReading;
      /** Access was revoked, and the workflow has not published it yet. */
      readonly held: boolean;
      /** Of the links and logins that were asked about, those that are revoked or not this session's. */
      readonly dead: ReadonlySet<string>;
    }
  | { readonly kind: 'unavailable' };

/** The gates that this process answers from. */
export interface GateMemory {
  /**
   * The session of this slug as the newest notification left it; undefined when it is not in memory, or when memory
   * may be behind: no heartbeat was heard for two seconds. No I/O, no promise.
   */
  hit(slug: string): Snapshot | undefined;
  /** Whether this link or login is revoked, by memory alone. Only meaningful beside a hit. */
  isRevoked(id: string): boolean;
  /** Whether the session's access was revoked and its workflow is yet to publish that. Only meaningful beside a hit. */
  isHeld(key: SessionKey): boolean;
  /**
   * Asks the stores: one look at a time per slug. What it finds becomes a hit, unless something newer was heard
   * meanwhile. Never throws.
   *
   * @param ids the links and logins that the request speaks with.
   */
  look(slug: string, ids: readonly string[]): Promise<Look>;
}
