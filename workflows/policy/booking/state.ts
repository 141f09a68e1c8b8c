import type {
  BookingActivities,
  BookingInput,
  BookingRecord,
  BookingStatus,
} from '../../contract/booking.ts';
import type { RulesVersion } from '../../contract/session.ts';
import type { AppointmentUri, Instant, StepId } from '../../contract/values.ts';
import type { AppointmentFacts } from '../state.ts';

/** What a booking asks of the outside. */
export type BookingCall =
  | { readonly kind: 'make-booking-link' }
  | { readonly kind: 'ask-provider'; readonly appointment: AppointmentUri | null }
  | { readonly kind: 'cancel-appointment'; readonly appointment: AppointmentUri }
  | { readonly kind: 'record-booking'; readonly record: BookingRecord };

export interface BookingEffect {
  /** Unique per booking. */
  readonly step: StepId;
  readonly call: BookingCall;
}

/** What an effect brought back. */
export type BookingResult = Awaited<ReturnType<BookingActivities[keyof BookingActivities]>>;

export interface BookingStep {
  readonly call: BookingCall;
  readonly status: 'running' | 'failed';
}

/** A failed step that a person must look at. */
export interface BookingAttention {
  readonly step: StepId;
  readonly code: string;
  readonly since: Instant;
}

/** Everything a booking knows; JSON-safe, replaced and never mutated. */
export interface BookingState {
  readonly rulesVersion: RulesVersion;
  readonly input: BookingInput;
  /** By `AppointmentUri`; grows only, so that order and repetition do not matter. */
  readonly appointments: Readonly<Record<string, AppointmentFacts>>;
  readonly status: BookingStatus;
  readonly reason: BookingRecord['reason'];
  readonly link: 'none' | 'running' | 'done' | 'failed' | 'skipped';
  /** The deadline at which the provider is being searched, and by which step. */
  readonly search: { readonly deadline: Instant; readonly step: StepId } | null;
  /** The deadline by which even the provider knew of no appointment. */
  readonly givenUp: Instant | null;
  /** The time at whose end the provider was asked whether it took place, as `<appointment>@<end>`. */
  readonly askedAtEnd: string | null;
  /** An operator has given it up. */
  readonly stopped: boolean;
  /** Appointments that are cancelled at the provider because the booking was. */
  readonly released: readonly AppointmentUri[];
  /** While completed or cancelled: until when what is heard may still change it. */
  readonly settleUntil: Instant | null;
  readonly ended: boolean;
  readonly steps: Readonly<Record<string, BookingStep>>;
  readonly stepCount: number;
  readonly attention: readonly BookingAttention[];
  /** Of the newest record that was sent on its way; 0 before the first. */
  readonly version: number;
  /** What that record said, but for its version. */
  readonly told: Omit<BookingRecord, 'version'>;
}
