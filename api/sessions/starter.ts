import type { Session } from '../../db/tables.ts';
import type { OutsideEvent } from '../../workflows/contract/events.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';

/** What intake needs of Temporal. Both throw `CodedFailure`: `engine-unavailable` when nobody answered. */
export interface SessionStarter {
  /** Once per id, for ever: a second start of the same session is `already`. */
  start(session: Session): Promise<'started' | 'already'>;
  /** `not-found`: no open run has this session's id. */
  signal(key: SessionKey, events: readonly OutsideEvent[]): Promise<'delivered' | 'not-found'>;
}
