import type { Instant } from '../../../contract/values.ts';
import type { NextDue } from '../../rules.ts';
import { askAboutHalf, openHalves } from '../../v1/facts.ts';
import type { BookingState } from '../state.ts';
import { courseOf } from './course.ts';
import { type Draft, emit, forgetKind, nextStep, patch } from './draft.ts';
import { deadlineOf, follow } from './follow.ts';
import { isReleasing } from './release.ts';

/** An instant that changes something by itself. `fire` makes it go away. */
interface Due {
  readonly at: Instant;
  /** What it is, for who reads a timer's title. */
  readonly what: string;
  readonly fire: (draft: Draft) => void;
}

function reachHalf(draft: Draft, half: ReturnType<typeof openHalves>[number]): void {
  const step = nextStep(draft, 'ask-provider');
  patch(draft, { appointments: askAboutHalf(draft.state.appointments, half.appointment, step) });
  emit(draft, step, { kind: 'ask-provider', appointment: half.appointment });
}

/** Nobody gives up before the provider was asked: a webhook may have been lost. */
function reachDeadline(draft: Draft, deadline: Instant): void {
  const step = nextStep(draft, 'ask-provider');
  patch(draft, { search: { deadline, step } });
  emit(draft, step, { kind: 'ask-provider', appointment: null });
}

function reachSettled(draft: Draft): void {
  forgetKind(draft, ['ask-provider', 'make-booking-link']);
  patch(draft, { ended: true, search: null });
}

/** Everything that the clock will do to this booking, as things stand. */
function duesOf(state: BookingState): readonly Due[] {
  const { status, appointments, search, settleUntil } = state;
  if (state.ended) return [];
  const dues: Due[] = openHalves(appointments)
    .filter(({ half }) => half.asked === null)
    .map((one) => ({
      at: one.half.askAt,
      what: 'half a reschedule is asked about',
      fire: (draft: Draft) => reachHalf(draft, one),
    }));
  const { standing } = courseOf(appointments);
  if (status === 'scheduled' && standing)
    dues.push({ at: standing.booked.endsAt, what: 'appointment is over', fire: follow });
  if (status === 'pending' && !search) {
    const at = deadlineOf(state);
    dues.push({ at, what: 'booking deadline', fire: (draft) => reachDeadline(draft, at) });
  }
  if (settleUntil !== null && !isReleasing(state))
    dues.push({ at: settleUntil, what: 'booking closes', fire: reachSettled });
  return dues;
}

function first(dues: readonly Due[]): Due | null {
  return dues.reduce<Due | null>((soonest, due) => (soonest && soonest.at <= due.at ? soonest : due), null);
}

export function nextInstant(state: BookingState): Instant | null {
  return first(duesOf(state))?.at ?? null;
}

/** The same, with what it changes. */
export function nextDue(state: BookingState): NextDue | null {
  const due = first(duesOf(state));
  return due && { at: due.at, what: due.what };
}

/** Applies everything that is due by `draft.now`, in its order. */
export function advance(draft: Draft): void {
  for (let due = first(duesOf(draft.state)); due && due.at <= draft.now; due = first(duesOf(draft.state)))
    due.fire(draft);
}
