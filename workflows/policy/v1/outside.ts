import type { AppointmentEvent, OutsideEvent, ShopEvent, TicketEvent } from '../../contract/events.ts';
import type { SessionState } from '../state.ts';
import { look } from './attention.ts';
import { endNow, releaseAppointments } from './closing.ts';
import { type Draft, forgetKind, patch } from './draft.ts';
import { hear } from './facts.ts';
import { liveAppointments } from './lives.ts';
import { resendLink } from './operator.ts';
import { refundIsOpen } from './refund.ts';
import { cancel, decideLateChange } from './requests.ts';
import { followCourse } from './sync.ts';
import { followTicket, write } from './ticket.ts';
import { type Finding, told } from './verdicts.ts';

/** How many of the ticket's actions are remembered, so that one delivered twice is answered once. */
const REMEMBERED_ACTIONS = 20;

function isWellFormed(event: AppointmentEvent): boolean {
  const times: readonly unknown[] =
    event.type === 'appointment.booked' || event.type === 'appointment.moved'
      ? [event.occurredAt, event.receivedAt, event.startsAt, event.endsAt]
      : [event.occurredAt, event.receivedAt];
  return typeof event.appointment === 'string' && times.every(Number.isFinite);
}

/** A fact heard when the gate is over: it is kept, and changes nothing about the time that stood. */
function hearAfterEnd(draft: Draft, event: AppointmentEvent, before: SessionState): Finding {
  const alive = liveAppointments(draft.state).some(
    ({ appointment, booked }) =>
      appointment === event.appointment &&
      appointment !== before.standing?.appointment &&
      booked.startsAt > draft.now,
  );
  const isNew = JSON.stringify(before.appointments) !== JSON.stringify(draft.state.appointments);
  if (!alive || !isNew) return told(isNew ? 'after-end' : 'repeated', false);
  if (draft.state.ending?.outcome === null) look(draft, 'appointment-after-end');
  else releaseAppointments(draft);
  return told('appointment-after-end');
}

function hearNoShow(draft: Draft, event: AppointmentEvent, before: SessionState): Finding {
  const { standing, appointments, phase } = draft.state;
  const was = before.appointments[event.appointment]?.noShow?.set ?? false;
  const is = appointments[event.appointment]?.noShow?.set ?? false;
  if (was === is) return told('repeated', false);
  if (standing?.appointment !== event.appointment) return told('not-current', false);
  if (phase === 'ended') return told('after-end', false);
  write(draft, is ? 'no-show' : 'no-show-cleared');
  return told(is ? 'no-show' : 'no-show-cleared');
}

function hearAppointment(draft: Draft, event: AppointmentEvent): Finding {
  if (!isWellFormed(event)) return told('malformed', false);
  const before = draft.state;
  const { halfRescheduleMs } = before.input.policy;
  patch(draft, { appointments: hear(before.appointments, event, draft.now, halfRescheduleMs) });
  if (event.type === 'appointment.no-show' || event.type === 'appointment.no-show-cleared')
    return hearNoShow(draft, event, before);
  if (event.type === 'appointment.ended') return told('noted', false);
  if (draft.state.ending) return hearAfterEnd(draft, event, before);

  const change = followCourse(draft);
  if (change !== 'none') return told(change);
  if (JSON.stringify(before.appointments) === JSON.stringify(draft.state.appointments))
    return told('repeated', false);
  if (event.type === 'appointment.reschedule-pending' && event.replacedBy !== null)
    return told('awaiting-other-half', false);
  return told('not-current', false);
}

/**
 * The field still shows a choice whose answer waits for its turn on the ticket: whoever writes to the ticket meanwhile
 * makes it look chosen anew.
 */
function isAnswerOnItsWay({ ticket, answeredActions }: SessionState, { action }: TicketEvent): boolean {
  const waits = ticket.queue.some(({ call }) => call.kind === 'write-ticket' && call.note.clearAction);
  return waits && answeredActions.at(-1)?.startsWith(`${action}@`) === true;
}

function hearAction(draft: Draft, event: TicketEvent): Finding {
  const id = `${event.action}@${event.occurredAt}`;
  const { answeredActions } = draft.state;
  if (answeredActions.includes(id) || isAnswerOnItsWay(draft.state, event)) return told('repeated', false);
  patch(draft, { answeredActions: [...answeredActions, id].slice(-REMEMBERED_ACTIONS) });
  draft.clearAction = true;
  const finding = act(draft, event);
  followCourse(draft);
  // Every action is answered on the ticket: by its own note, or by the reason why there is none.
  if (draft.clearAction && draft.state.phase !== 'ended')
    write(draft, 'attention', { reason: finding.reason });
  return { ...finding, answer: null };
}

function act(draft: Draft, { action }: TicketEvent): Finding {
  switch (action) {
    case 'cancel':
      return cancel(draft, 'agent', 'policy');
    case 'cancel_no_refund':
      return cancel(draft, 'agent', 'none');
    case 'approve_change':
      return decideLateChange(draft, true);
    case 'decline_change':
      return decideLateChange(draft, false);
    case 'resend_link':
      return resendLink(draft);
    default:
      return told('unknown-action', false);
  }
}

function hearShop(draft: Draft, event: ShopEvent): Finding {
  const { state } = draft;
  const unclear = event.type === 'payment.refunded' && event.scope === 'unclear';
  if (state.phase === 'ended') return told('after-end', false);
  if (state.ending?.outcome) {
    if (unclear || !refundIsOpen(state)) return told('after-end', false);
    // The money is back, by the shop's own hand or by our attempt, whose answer may come later than this.
    forgetKind(draft, ['refund']);
    patch(draft, { refund: 'done' });
    write(draft, 'refund', { toClient: true, reason: 'refund-done' });
    return told('refunded-by-shop');
  }
  if (unclear) {
    look(draft, 'refund-unclear');
    return told('refund-unclear');
  }
  endNow(
    draft,
    'refunded',
    'none',
    event.type === 'order.cancelled' ? 'order-cancelled' : 'refunded-by-shop',
  );
  return told('refunded-by-shop');
}

/** Decides what was told from outside. */
export function hearOutside(draft: Draft, event: OutsideEvent): Finding {
  switch (event.type) {
    case 'ticket.action':
      return hearAction(draft, event);
    case 'ticket.moved':
      return followTicket(draft, event) ? told(`ticket-${event.why}`) : told('repeated', false);
    case 'payment.refunded':
    case 'order.cancelled':
      return hearShop(draft, event);
    default:
      return hearAppointment(draft, event);
  }
}
