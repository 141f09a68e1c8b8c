import type { BookingInput, BookingRecord, BookingVerdict } from '../../../contract/booking.ts';
import type { AppointmentEvent } from '../../../contract/events.ts';
import type { Instant, StepId } from '../../../contract/values.ts';
import { hear } from '../../v1/facts.ts';
import type { BookingDecision, BookingEvent, BookingRules } from '../rules.ts';
import type { BookingState } from '../state.ts';
import { advance, nextDue, nextInstant } from './clock.ts';
import { type Draft, emit, patch } from './draft.ts';
import { follow } from './follow.ts';
import { retry, skip, stop } from './operator.ts';
import { hearFailure, hearResult } from './outcomes.ts';
import { cancelAnswer } from './release.ts';
import { cancel, changeStatus } from './requests.ts';
import { linkAnswer, recordOf, viewOf } from './view.ts';

const RECORD = 'record-booking' as StepId;

/** What the row says when it is made. */
const untold: Omit<BookingRecord, 'version'> = {
  status: 'pending',
  reason: null,
  startsAt: null,
  endsAt: null,
  noShow: false,
  reschedules: 0,
  appointment: null,
  needsAttention: false,
  ended: false,
};

function initial(input: BookingInput): BookingState {
  return {
    rulesVersion: 1,
    input,
    appointments: {},
    status: 'pending',
    reason: null,
    link: 'none',
    search: null,
    givenUp: null,
    askedAtEnd: null,
    stopped: false,
    released: [],
    settleUntil: null,
    ended: false,
    steps: {},
    stepCount: 0,
    attention: [],
    version: 0,
    told: untold,
  };
}

function open(draft: Draft): void {
  if (draft.state.link !== 'none' || draft.state.ended) return;
  patch(draft, { link: 'running' });
  emit(draft, 'make-booking-link' as StepId, { kind: 'make-booking-link' });
}

function isWellFormed(event: AppointmentEvent): boolean {
  const times: readonly unknown[] =
    event.type === 'appointment.booked' || event.type === 'appointment.moved'
      ? [event.occurredAt, event.receivedAt, event.startsAt, event.endsAt]
      : [event.occurredAt, event.receivedAt];
  return typeof event.appointment === 'string' && times.every(Number.isFinite);
}

function hearAppointment(draft: Draft, event: AppointmentEvent): void {
  const { state, now } = draft;
  if (state.ended || !isWellFormed(event)) return;
  const { halfRescheduleMs } = state.input.policy;
  patch(draft, { appointments: hear(state.appointments, event, now, halfRescheduleMs) });
}

/** One event, whatever the status. The clock's part is already applied. */
function apply(draft: Draft, event: BookingEvent): BookingVerdict | null {
  switch (event.type) {
    case 'clock.opened':
      open(draft);
      return null;
    case 'clock.due':
      return null;
    case 'operator.cancel':
      stop(draft);
      return null;
    case 'request.cancel':
      return cancel(draft);
    case 'request.change-status':
      return changeStatus(draft, event);
    case 'operator.retry':
      return retry(draft, event.step);
    case 'operator.skip':
      return skip(draft, event.step);
    case 'effect.done':
      hearResult(draft, event.step, event.result);
      return null;
    case 'effect.failed':
      hearFailure(draft, event.step, event.code);
      return null;
    case 'appointment.booked':
    case 'appointment.moved':
    case 'appointment.cancelled':
    case 'appointment.reschedule-pending':
    case 'appointment.no-show':
    case 'appointment.no-show-cleared':
    case 'appointment.ended':
      hearAppointment(draft, event);
      return null;
    default:
      return null;
  }
}

/** Tells what changed, one record at a time: the newest follows when the one under way is written. */
function tell(draft: Draft): void {
  const { state, now } = draft;
  if (state.steps[RECORD]?.status === 'running') return;
  const record = recordOf(state);
  if (JSON.stringify(record) === JSON.stringify(state.told)) return;
  const version = Math.max(state.version + 1, now);
  patch(draft, { version, told: record });
  emit(draft, RECORD, { kind: 'record-booking', record: { ...record, version } });
}

function decide(state: BookingState, event: BookingEvent, now: Instant): BookingDecision {
  const draft: Draft = { now, state, effects: [] };
  advance(draft);
  const answer = apply(draft, event);
  follow(draft);
  advance(draft);
  tell(draft);
  return { state: draft.state, effects: draft.effects, answer };
}

/** The rules of version 1. */
export const rules: BookingRules = {
  initial,
  decide,
  nextInstant,
  nextDue,
  linkAnswer,
  cancelAnswer,
  wants: ({ steps }, step) => steps[step] !== undefined,
  hasEnded: ({ ended, steps }) => ended && Object.keys(steps).length === 0,
  viewOf,
};
