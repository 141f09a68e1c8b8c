import type { AppointmentTruth, SessionEvent } from '../../workflows/contract/events.ts';
import type { Phase } from '../../workflows/contract/session.ts';
import type { LinkId, StepId } from '../../workflows/contract/values.ts';
import type { Rules } from '../../workflows/policy/rules.ts';
import { at, DAY, HOUR, inputOf, MINUTE, PAID_AT, Simulation, uri } from './simulation.ts';

/** In the order of a life. A new phase is a type error here. */
const everyPhase: Readonly<Record<Phase, true>> = {
  opening: true,
  'awaiting-booking': true,
  scheduled: true,
  locked: true,
  settling: true,
  ended: true,
};
export const phases = Object.keys(everyPhase) as readonly Phase[];

const START = PAID_AT + 10 * DAY;

/** A session in the middle of each phase, by the most usual way there. */
export function sessionIn(phase: Phase, rules: Rules): Simulation {
  const session = new Simulation(rules, inputOf());
  session.send({ type: 'clock.opened' });
  if (phase === 'opening') return session;
  session.drain();
  session.now = at(PAID_AT + HOUR);
  if (phase === 'awaiting-booking') return session;
  session.hear(session.provider.book(session.now, START)).drain();
  session.now = at(session.now + HOUR);
  if (phase === 'scheduled') return session;
  session.passTo(START - 20 * HOUR);
  if (phase === 'locked') return session;
  session.passTo(START + 2 * HOUR);
  if (phase === 'settling') return session;
  return session.passTo(START + 5 * DAY);
}

/** The appointment that stands; where none does, one that was never heard of. */
function currentOf({ provider, now }: Simulation): AppointmentTruth {
  const [one] = provider.live();
  if (one) return one;
  return {
    appointment: uri('unheard'),
    createdAt: at(now - HOUR),
    startsAt: at(START),
    endsAt: at(START + HOUR),
    replaces: null,
    noShow: false,
    end: { kind: 'none' },
  };
}

type Make = (session: Simulation) => readonly SessionEvent[];

const heard = ({ now }: Simulation) => ({ occurredAt: now, receivedAt: now });

/** Every event in the forms that the rules tell apart. */
export const occasions: Readonly<Record<string, Make>> = {
  'appointment.booked': (session) => session.provider.book(session.now, START + 30 * DAY),
  'appointment.moved': (session) =>
    session.provider.move(currentOf(session), session.now, START + 30 * DAY).slice(1),
  'appointment.moved, made an hour after the payment': (session) =>
    session.provider.move(currentOf(session), PAID_AT + HOUR + MINUTE, START + 30 * DAY).slice(1),
  'appointment.cancelled by client': (session) =>
    session.provider.cancel(currentOf(session), session.now, 'client'),
  'appointment.cancelled by host': (session) =>
    session.provider.cancel(currentOf(session), session.now, 'host'),
  'appointment.cancelled, not current': (session) => [
    { type: 'appointment.cancelled', appointment: uri('other'), by: 'client', ...heard(session) },
  ],
  'appointment.reschedule-pending': (session) =>
    session.provider.move(currentOf(session), session.now, START + 30 * DAY).slice(0, 1),
  'appointment.reschedule-pending by host': (session) =>
    session.provider.askToMove(currentOf(session), session.now),
  'appointment.no-show': (session) => session.provider.noShow(currentOf(session), session.now, true),
  'appointment.no-show-cleared': (session) => [
    ...session.provider.noShow(currentOf(session), session.now - 1, true),
    ...session.provider.noShow(currentOf(session), session.now, false),
  ],
  'appointment.ended': (session) => [
    { type: 'appointment.ended', appointment: currentOf(session).appointment, ...heard(session) },
  ],
  'ticket.action cancel': (session) => [{ type: 'ticket.action', action: 'cancel', ...heard(session) }],
  'ticket.action cancel_no_refund': (session) => [
    { type: 'ticket.action', action: 'cancel_no_refund', ...heard(session) },
  ],
  'ticket.action approve_change': (session) => [
    { type: 'ticket.action', action: 'approve_change', ...heard(session) },
  ],
  'ticket.action decline_change': (session) => [
    { type: 'ticket.action', action: 'decline_change', ...heard(session) },
  ],
  'ticket.action resend_link': (session) => [
    { type: 'ticket.action', action: 'resend_link', ...heard(session) },
  ],
  'ticket.moved': (session) => [
    { type: 'ticket.moved', why: 'merged', ticketNumber: '53999', ...heard(session) },
  ],
  'payment.refunded order': (session) => [{ type: 'payment.refunded', scope: 'order', ...heard(session) }],
  'payment.refunded unit': (session) => [{ type: 'payment.refunded', scope: 'unit', ...heard(session) }],
  'payment.refunded unclear': (session) => [
    { type: 'payment.refunded', scope: 'unclear', ...heard(session) },
  ],
  'order.cancelled': (session) => [{ type: 'order.cancelled', ...heard(session) }],
  'request.reschedule': () => [{ type: 'request.reschedule', by: 'client' }],
  'request.reschedule, to a time, by operator': ({ now }) => [
    { type: 'request.reschedule', by: 'operator', startsAt: at(now + 20 * DAY) },
  ],
  'request.cancel by client': () => [{ type: 'request.cancel', by: 'client', refund: 'policy' }],
  'request.cancel by agent': () => [{ type: 'request.cancel', by: 'agent', refund: 'policy' }],
  'request.late-change': () => [{ type: 'request.late-change', by: 'client' }],
  'operator.decide-late-change': () => [
    { type: 'operator.decide-late-change', by: 'operator', approve: true },
  ],
  'operator.decide-late-change, one pending': () => [
    { type: 'request.late-change', by: 'client' },
    { type: 'operator.decide-late-change', by: 'operator', approve: true },
  ],
  'operator.decide-refund': () => [{ type: 'operator.decide-refund', approve: true }],
  'operator.decide-refund, one waiting': (session) => {
    session.limited = true;
    session.send({ type: 'request.cancel', by: 'agent', refund: 'full' });
    session.drain();
    return [{ type: 'operator.decide-refund', approve: true }];
  },
  'operator.decide-refund, one waiting and declined': (session) => {
    session.limited = true;
    session.send({ type: 'request.cancel', by: 'agent', refund: 'full' });
    session.drain();
    return [{ type: 'operator.decide-refund', approve: false }];
  },
  'operator.move-cutoff': () => [{ type: 'operator.move-cutoff', cutoffMs: HOUR }],
  'operator.move-cutoff, granted before': () => [
    { type: 'operator.move-cutoff', cutoffMs: HOUR },
    { type: 'operator.move-cutoff', cutoffMs: 2 * HOUR },
  ],
  'operator.hand-over': () => [{ type: 'operator.hand-over', provider: 'calcom', eventType: '7' }],
  'operator.correct-email': () => [{ type: 'operator.correct-email' }],
  'operator.reissue-link': () => [{ type: 'operator.reissue-link' }],
  'operator.resend-link': () => [{ type: 'operator.resend-link' }],
  'operator.revoke-link': ({ view }) => [
    { type: 'operator.revoke-link', linkId: view.linkId ?? ('none' as LinkId) },
  ],
  'operator.revoke-access': () => [{ type: 'operator.revoke-access' }],
  'operator.restore-access': () => [{ type: 'operator.restore-access' }],
  'operator.restore-access, revoked': () => [
    { type: 'operator.revoke-access' },
    { type: 'operator.restore-access' },
  ],
  'operator.retry, unknown step': () => [{ type: 'operator.retry', step: 'none' as StepId }],
  'operator.skip, unknown step': () => [{ type: 'operator.skip', step: 'none' as StepId }],
  'operator.retry-failed, nothing failed': () => [{ type: 'operator.retry-failed' }],
  'operator.retry-failed': (session) => {
    session.send({ type: 'operator.resend-link' });
    session.fail(session.pending.length - 1);
    return [{ type: 'operator.retry-failed' }];
  },
  'operator.adopt-rules': () => [{ type: 'operator.adopt-rules', rulesVersion: 1 }],
  'operator.cancel': () => [{ type: 'operator.cancel' }],
  'clock.opened': () => [{ type: 'clock.opened' }],
  'clock.due': (session) => {
    session.now = session.rules.nextInstant(session.state) ?? session.now;
    return [{ type: 'clock.due' }];
  },
  'effect.done, unknown step': () => [
    { type: 'effect.done', step: 'none' as StepId, result: { kind: 'write-ticket' } },
  ],
  'effect.failed, unknown step': () => [
    { type: 'effect.failed', step: 'none' as StepId, code: 'vendor-timeout', requestId: null },
  ],
};

/** What became of an occasion: the phase after it, whether it was accepted, and why. */
export function transition(rules: Rules, occasion: string, phase: Phase): string {
  const session = sessionIn(phase, rules);
  const make = occasions[occasion];
  const seq = session.state.seq;
  let verdict = '';
  for (const event of make?.(session) ?? []) {
    const answer = session.send(event);
    if (answer) verdict = answer.accepted ? 'yes, ' : 'no, ';
  }
  const reason = session.state.timeline.findLast((entry) => entry.seq > seq)?.reason ?? 'nothing';
  return `${session.phase}: ${verdict}${reason}`;
}
