import type { Provider, StepId } from '../../contract/values.ts';
import { makeBookingLink } from './booking-link.ts';
import { standingKey } from './course.ts';
import { type Draft, emit, forgetKind, nextStep, patch, runs } from './draft.ts';
import { openHalves } from './facts.ts';
import { liveAppointments } from './lives.ts';
import { bookedWith, providerOf } from './provider.ts';
import { write } from './ticket.ts';
import { accept, type Finding, refuse, refuseIfOver, silent } from './verdicts.ts';

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
  // A link that is under way is the other provider's.
  forgetKind(draft, ['make-booking-link']);
  emit(draft, 'provider', nextStep(draft, 'hand-over'), { kind: 'hand-over', provider, eventType });
  if (standing !== null && standing.appointment !== null && providerOf(standing.appointment) !== provider) {
    const leave = { of: standingKey(standing), at: now, until: standing.startsAt, by: 'person' } as const;
    patch(draft, { authorised: [...draft.state.authorised, leave] });
    write(draft, 'provider-changed', { toClient: true });
  }
  return accept('handed-over', offersTimes(draft.state) ? 'booking-link' : 'none');
}

/** Whether the session's page has a link to book with: nothing is booked, or the client may choose another time. */
function offersTimes({ standing, authorised }: Draft['state']): boolean {
  if (standing === null || standing.appointment !== null) return true;
  return authorised.some(({ of }) => of === standingKey(standing));
}

/** The row names the new provider: only now is a link its own. */
export function handedOver(draft: Draft): Finding {
  if (!draft.state.ending && offersTimes(draft.state)) makeBookingLink(draft);
  return silent('done');
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
