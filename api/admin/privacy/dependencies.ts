import type { Database } from '../../../db/connect.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { KeyRing } from '../../../platform/keys.ts';

export interface PrivacyDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** Certificates are signed with keys that are derived from it. */
  readonly linkKeys: KeyRing;
  /** Told when an erasure is owed a run. */
  readonly onOwed: () => void;
}
