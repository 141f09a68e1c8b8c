import type { BookingInput, BookingStatus, BookingVerdict, BookingView } from '../../contract/booking.ts';
import type { AppointmentEvent, AppointmentTruth } from '../../contract/events.ts';
import type { Instant, StepId } from '../../contract/values.ts';
import type { NextDue } from '../rules.ts';
import type { BookingEffect, BookingResult, BookingState } from './state.ts';

/** What is asked of a booking, and answered. */
export type BookingRequest =
  | { readonly type: 'request.cancel' }
  | {
      readonly type: 'request.change-status';
      readonly status: BookingStatus;
      readonly appointment: AppointmentTruth | null;
    };

/** Everything that can happen to a booking. */
export type BookingEvent =
  | AppointmentEvent
  | { readonly type: 'clock.opened' }
  | { readonly type: 'clock.due' }
  /** The run was cancelled from Temporal UI. */
  | { readonly type: 'operator.cancel' }
  | BookingRequest
  | { readonly type: 'operator.retry'; readonly step: StepId }
  | { readonly type: 'operator.skip'; readonly step: StepId }
  | { readonly type: 'effect.done'; readonly step: StepId; readonly result: BookingResult }
  | { readonly type: 'effect.failed'; readonly step: StepId; readonly code: string };

export interface BookingDecision {
  readonly state: BookingState;
  readonly effects: readonly BookingEffect[];
  /** Null for what nobody waits for an answer to. */
  readonly answer: BookingVerdict | null;
}

/** One version of the rules of a booking: plain functions, total, without a clock of their own. */
export interface BookingRules {
  initial(input: BookingInput): BookingState;
  /** First applies everything that is due at or before `now`, then the event. */
  decide(state: BookingState, event: BookingEvent, now: Instant): BookingDecision;
  /** When the clock next changes something by itself. */
  nextInstant(state: BookingState): Instant | null;
  /** What `nextInstant` is the instant of. */
  nextDue(state: BookingState): NextDue | null;
  /** Whether who waits for the scheduling link can be answered, and how. */
  linkAnswer(state: BookingState): BookingVerdict | null;
  /** Null while the provider is still being told that the booking was cancelled. */
  cancelAnswer(state: BookingState): BookingVerdict | null;
  /** False for a step whose outcome would change nothing any more: an attempt under way may be called off. */
  wants(state: BookingState, step: StepId): boolean;
  /** Its last record is written, and nothing is under way. */
  hasEnded(state: BookingState): boolean;
  viewOf(state: BookingState): BookingView;
}
