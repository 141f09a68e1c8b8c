import type { Instant } from '../../contract/values.ts';
import type { NextDue } from '../rules.ts';
import type { SessionState } from '../state.ts';
import { close, settle } from './closing.ts';
import { cutoffOf, timeKey } from './course.ts';
import { type Draft, emit, nextStep, patch, record } from './draft.ts';
import { askAboutHalf, openHalves } from './facts.ts';
import { bookingDeadlineOf, cutoffAtOf, overAtOf } from './gate.ts';
import { decideLate, remindOfLate } from './late-change.ts';
import { phaseOf } from './phase.ts';
import { refundIsOpen } from './refund.ts';
import { inWords } from '../length.ts';
import { followCourse } from './sync.ts';
import { askAbout, remind, write } from './ticket.ts';

/** An instant that changes something by itself. `fire` makes it go away. */
interface Due {
  readonly at: Instant;
  /** What it is, for who reads a timer's title. */
  readonly what: string;
  readonly fire: (draft: Draft) => void;
}

/** At the cutoff the provider is asked for the truth; a reminder at the same instant asks it anyway. */
function reachCutoff(draft: Draft): void {
  const { state } = draft;
  const from = state.phase;
  patch(draft, { phase: 'locked' });
  const { standing } = state;
  if (standing && state.cutoffChecked !== timeKey(standing)) {
    patch(draft, { cutoffChecked: timeKey(standing) });
    const at = cutoffOf(state, standing);
    if (!state.reminders.some((reminder) => reminder.at === at)) {
      write(draft, 'locked');
      askAbout(draft, standing);
    }
  }
  record(draft, 'clock.cutoff', from, 'locked', true);
}

function sendReminder(draft: Draft, reminder: SessionState['reminders'][number]): void {
  const { state } = draft;
  patch(draft, { reminders: state.reminders.filter((one) => one !== reminder) });
  if (!state.standing) return;
  const { phase, standing } = state;
  const askedByRemind = remind(draft, standing, reminder.beforeMs);
  // A ticket that is held up must not keep the session from the truth.
  if (!askedByRemind) askAbout(draft, standing);
  record(draft, 'clock.reminder', phase, 'reminded', false);
}

function reachOver(draft: Draft): void {
  const from = draft.state.phase;
  settle(draft);
  record(draft, 'clock.over', from, 'gate-over', true);
}

function reachSettled(draft: Draft): void {
  const from = draft.state.phase;
  close(draft);
  record(draft, 'clock.settled', from, draft.state.ending?.outcome ?? 'completed', true);
}

function reachDeadline(draft: Draft): void {
  const { phase } = draft.state;
  const step = nextStep(draft, 'ask-provider');
  patch(draft, { expiry: { step } });
  emit(draft, 'provider', step, { kind: 'ask-provider', appointment: null });
  record(draft, 'clock.booking-deadline', phase, 'searching-provider', true);
}

function reachLateDeadline(draft: Draft): void {
  const { phase, late, input } = draft.state;
  if (!late) return;
  const approve = input.policy.lateDefault === 'approve';
  const reason = approve ? 'approved-by-default' : 'declined-by-default';
  decideLate(draft, late, approve, reason);
  followCourse(draft);
  patch(draft, { phase: phaseOf(draft.state, draft.now) });
  record(draft, 'clock.late-deadline', phase, reason, true);
}

function reachLateReminder(draft: Draft): void {
  const { phase, late } = draft.state;
  if (!late) return;
  remindOfLate(draft, late);
  record(draft, 'clock.late-reminder', phase, 'late-change-reminded', false);
}

function reachRefund(draft: Draft): void {
  const { phase, cancelPending } = draft.state;
  if (!cancelPending) return;
  const step = nextStep(draft, 'ask-provider');
  patch(draft, { cancelPending: { ...cancelPending, step } });
  emit(draft, 'provider', step, { kind: 'ask-provider', appointment: cancelPending.appointment });
  record(draft, 'clock.cancel-settled', phase, 'asking-provider', true);
}

function reachHalf(draft: Draft, half: ReturnType<typeof openHalves>[number]): void {
  const { phase, appointments } = draft.state;
  const step = nextStep(draft, 'ask-provider');
  patch(draft, { appointments: askAboutHalf(appointments, half.appointment, step) });
  emit(draft, 'provider', step, { kind: 'ask-provider', appointment: half.appointment });
  record(draft, 'clock.half-reschedule', phase, 'asking-provider', true);
}

/** Everything that the clock will do to this session, as things stand. */
function duesOf(state: SessionState): readonly Due[] {
  const { phase, ending, standing, late, cancelPending, input } = state;
  if (phase === 'ended') return [];
  if (ending) {
    return refundIsOpen(state)
      ? []
      : [{ at: ending.settleUntil, what: 'session closes', fire: reachSettled }];
  }
  if (phase === 'opening') return [];
  const dues: Due[] = openHalves(state.appointments)
    .filter(({ half }) => half.asked === null)
    .map((one) => ({
      at: one.half.askAt,
      what: 'half a reschedule is asked about',
      fire: (draft: Draft) => reachHalf(draft, one),
    }));
  if (late) {
    if (late.remindAt !== null)
      dues.push({ at: late.remindAt, what: 'late change is remembered', fire: reachLateReminder });
    dues.push({
      at: late.deadline,
      what: `late change: ${input.policy.lateDefault} by default`,
      fire: reachLateDeadline,
    });
  }
  if (cancelPending?.step === null)
    dues.push({ at: cancelPending.dueAt, what: 'cancellation is made sure of', fire: reachRefund });
  if (!standing) {
    if (!cancelPending && !state.expiry)
      dues.push({ at: bookingDeadlineOf(state), what: 'booking deadline', fire: reachDeadline });
    return dues;
  }
  const cutoffAt = cutoffAtOf(state);
  if (phase === 'scheduled' && cutoffAt !== null)
    dues.push({ at: cutoffAt, what: 'reschedule cutoff', fire: reachCutoff });
  for (const one of state.reminders)
    dues.push({
      at: one.at,
      what: `reminder ${inWords(one.beforeMs)} before`,
      fire: (draft) => sendReminder(draft, one),
    });
  dues.push({ at: overAtOf(state, standing), what: 'gate shuts', fire: reachOver });
  return dues;
}

function first(dues: readonly Due[]): Due | null {
  return dues.reduce<Due | null>((soonest, due) => (soonest && soonest.at <= due.at ? soonest : due), null);
}

/** When the clock next changes something by itself. */
export function nextInstant(state: SessionState): Instant | null {
  return first(duesOf(state))?.at ?? null;
}

/** The same, with what it changes. */
export function nextDue(state: SessionState): NextDue | null {
  const due = first(duesOf(state));
  return due && { at: due.at, what: due.what };
}

/** Applies everything that is due by `draft.now`, in its order. */
export function advance(draft: Draft): void {
  for (let due = first(duesOf(draft.state)); due && due.at <= draft.now; due = first(duesOf(draft.state))) {
    due.fire(draft);
  }
}
