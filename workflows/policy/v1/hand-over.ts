import type { Provider, StepId } from '../../contract/values.ts';
import { makeBookingLink } from './booking-link.ts';
import { standingKey } from './course.ts';
import { type Draft, emit, forgetKind, nextStep, patch, runs } from './draft.ts';
import { openHalves } from './facts.ts';
import { liveAppointments } from './lives.ts';
import { bookedWith, providerOf } from './provider.ts';
import { write } from './ticket.ts';
import { accept, type Finding, refuse, refuseIfOver } from './verdicts.ts';

/**
 * From here on the session books with another provider. An appointment that stands goes on standing until the client
 * has made one there, for which the client has leave; then the old one is cancelled.
 */
export function handOver(draft: Draft, provider: Provider, eventType: string): Finding {
  const over = refuseIfOver(draft);
  if (over) return over;
  const { state, now } = draft;
  if (state.phase === 'opening') return refuse('opening');
  if (state.late) return refuse('late-change-pending', state.late.deadline);
  if (state.cancelPending) return refuse('cancel-pending', state.cancelPending.dueAt);
  if (openHalves(state.appointments).length > 0 || runs(state, 'move-appointment'))
    return refuse('move-pending');
  const { standing } = state;
  if (standing && now >= standing.startsAt) return refuse('started', standing.startsAt);

  patch(draft, { provider });
  emit(draft, 'provider', nextStep(draft, 'hand-over'), { kind: 'hand-over', provider, eventType });
  const of = standingKey(standing);
  const isBooked = standing !== null && standing.appointment !== null;
  const hasLink = !standing || isBooked || state.authorised.some((one) => one.of === of);
  // A link that is under way is the other provider's.
  forgetKind(draft, ['make-booking-link']);
  if (hasLink) makeBookingLink(draft);
  if (isBooked && providerOf(standing.appointment) !== provider) {
    const leave = { of, at: now, until: standing.startsAt, by: 'person' } as const;
    patch(draft, { authorised: [...draft.state.authorised, leave] });
    write(draft, 'provider-changed', { toClient: true });
  }
  return accept('handed-over', hasLink ? 'booking-link' : 'none');
}

/** The session was handed over and stands at its new provider: what the other one holds must not keep a slot. */
export function leaveOtherProvider(draft: Draft): void {
  const { standing, provider } = draft.state;
  const current = standing?.appointment ?? null;
  if (provider === undefined || current === null || providerOf(current) !== provider) return;
  for (const { appointment, booked } of liveAppointments(draft.state)) {
    if (providerOf(appointment) === provider || booked.startsAt <= draft.now) continue;
    if (draft.state.released.includes(appointment)) continue;
    patch(draft, { released: [...draft.state.released, appointment] });
    const step = `cancel-appointment:${appointment}` as StepId;
    emit(draft, 'provider', step, { kind: 'cancel-appointment', appointment });
  }
}

/** The appointment that stands is not with whom the session books: the client is to book anew. */
export function isToRebook(state: Draft['state']): boolean {
  const current = state.standing?.appointment ?? null;
  return state.provider !== undefined && current !== null && providerOf(current) !== bookedWith(state);
}
