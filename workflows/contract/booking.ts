import type { AppointmentEvent, AppointmentTruth, ProviderTruth } from './events.ts';
import type { RefusalReason } from './messages.ts';
import type { RulesVersion } from './session.ts';
import type { AppointmentUri, BookingKey, Instant, Millis, Provider } from './values.ts';

/** How long a booking waits, frozen when it is made. */
export interface BookingPolicy {
  /** A booking without an appointment is given up this long after it was asked for. */
  readonly bookingDeadlineMs: Millis;
  /**
   * After its end a no-show may still be set or cleared for this long. One that was given up listens as long to
   * webhooks when its provider could not be searched.
   */
  readonly settleMs: Millis;
  /** Half a reschedule waits this long for its other half before the provider is asked. */
  readonly halfRescheduleMs: Millis;
}

/** The input of `bookingWorkflow`. Ids and instants only. */
export interface BookingInput {
  readonly rulesVersion: RulesVersion;
  readonly bookingKey: BookingKey;
  readonly tenantId: number;
  readonly provider: Provider;
  readonly requestedAt: Instant;
  readonly policy: BookingPolicy;
}

export type BookingStatus = 'pending' | 'scheduled' | 'completed' | 'cancelled';

/** What PostgreSQL keeps of a booking. `version` grows with each change, by the rule of the gate's. */
export interface BookingRecord {
  readonly version: number;
  readonly status: BookingStatus;
  readonly reason: 'cancelled-by-client' | 'cancelled-by-host' | 'not-booked' | 'operator' | null;
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
  readonly noShow: boolean;
  readonly reschedules: number;
  /** The appointment that it has, or last had. */
  readonly appointment: AppointmentUri | null;
  readonly needsAttention: boolean;
  /** True with the last record: no event can change it any more. */
  readonly ended: boolean;
}

/** What the `booking` query answers, all times ISO 8601 UTC. */
export interface BookingView {
  readonly bookingKey: BookingKey;
  readonly tenantId: number;
  readonly status: BookingStatus;
  readonly reason: BookingRecord['reason'];
  readonly linkReady: boolean;
  readonly appointment: AppointmentUri | null;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly noShow: boolean;
  readonly reschedules: number;
  readonly nextInstant: string | null;
  readonly attention: readonly { readonly step: string; readonly code: string; readonly since: string }[];
}

export const BOOKING_WORKFLOW = 'bookingWorkflow';
export const BOOKING_QUERY = 'booking';
/** The signal `outsideEvents`, for appointments only. */
export type BookingEventsArgs = [events: readonly AppointmentEvent[]];

/** Each Update's argument. */
export interface BookingUpdates {
  /** Answers once the scheduling link is stored, or cannot be made now. The link stands in the row, not in the history. */
  awaitLink: Record<string, never>;
  /**
   * The booking is given up. Answers when its appointment is cancelled at the provider, one included that was made
   * moments ago and never heard of, or when that failed: the booking is cancelled all the same. Its run ends once
   * nothing is left to do at the provider.
   */
  cancel: Record<string, never>;
  /**
   * Somebody other than the provider's webhook tells what became of it. `appointment` is what the provider answered
   * about the one that they named.
   */
  changeStatus: { readonly status: BookingStatus; readonly appointment: AppointmentTruth | null };
  retryStep: { readonly step: string };
  skipStep: { readonly step: string };
}

/** Why a booking refused: as for a session, or because its scheduling link could not be made. */
export type BookingRefusal =
  | Extract<RefusalReason, 'ended' | 'unknown-step' | 'step-running'>
  | 'link-unavailable'
  /** `allowed` has the statuses that it may go to. */
  | 'impossible-transition'
  /** The provider refused, or could not be reached for long: see the attention. */
  | 'provider-failed';

export type BookingVerdict =
  /** `booking-link`: the scheduling link is stored. */
  | { readonly accepted: true; readonly next: 'none' | 'booking-link' }
  | {
      readonly accepted: false;
      readonly reason: BookingRefusal;
      readonly at: Instant | null;
      readonly allowed?: readonly BookingStatus[];
    };

/** Effects of a booking; errors as in `SessionActivities`. */
export interface BookingActivities {
  /**
   * Makes the single-use scheduling link, prefilled and with the signed reference, and stores it. A booking that has
   * an appointment, or is over, needs none: that is a success too.
   */
  makeBookingLinkOf(input: { bookingKey: BookingKey }): Promise<{ readonly kind: 'make-booking-link' }>;
  /**
   * With an appointment: that one and what replaced it. With null: a search by the signed reference; of a deleted
   * booking nothing is found.
   */
  askProviderOf(input: {
    bookingKey: BookingKey;
    appointment: AppointmentUri | null;
  }): Promise<{ readonly kind: 'ask-provider'; readonly truth: ProviderTruth }>;
  /** An appointment of a booking that an operator cancelled keeps no slot. "Already cancelled" is success. */
  cancelAppointmentOf(input: {
    bookingKey: BookingKey;
    appointment: AppointmentUri;
  }): Promise<{ readonly kind: 'cancel-appointment' }>;
  /** Writes the record; a version that is not greater than the stored one changes nothing. */
  recordBooking(input: {
    bookingKey: BookingKey;
    record: BookingRecord;
  }): Promise<{ readonly kind: 'record-booking'; readonly version: number }>;
}
