import type { Session } from '../../db/tables.ts';
import type { AppointmentEvent, OutsideEvent } from '../../workflows/contract/events.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';

/** What intake needs of Temporal. Each throws `CodedFailure`: `engine-unavailable` when nobody answered. */
export interface SessionStarter {
  /** Once per id, for ever: a second start of the same session is `already`. */
  start(session: Session): Promise<'started' | 'already'>;
  /** `not-found`: no open run has this session's id. */
  signal(key: SessionKey, events: readonly OutsideEvent[]): Promise<'delivered' | 'not-found'>;
  /** The same for a booking, whose row keeps the id of its workflow. */
  signalBooking(workflowId: string, events: readonly AppointmentEvent[]): Promise<'delivered' | 'not-found'>;
}
