import type { Database } from '../../db/connect.ts';
import type { CalendlyClient } from '../../integrations/calendly/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import type { BookingRuns } from '../booking/starts.ts';
import type { IntakeLog } from '../intake/log.ts';
import type { Shown } from './shown.ts';

export interface AdminBookingDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: IntakeLog;
  readonly runs: Pick<BookingRuns, 'start' | 'update'>;
  /** Null where it is not configured. */
  readonly calendly: Pick<CalendlyClient, 'readEvent' | 'readInvitee' | 'readAccount'> | null;
  readonly shown: Shown;
}
