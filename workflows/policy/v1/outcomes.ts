import type { EffectEvent, EffectResult, ProviderTruth, TicketMove } from '../../contract/events.ts';
import type { StepId } from '../../contract/values.ts';
import type { SessionState } from '../state.ts';
import { failStep } from './attention.ts';
import { endNow, releaseAppointments } from './closing.ts';
import { type Draft, forget, patch } from './draft.ts';
import { giveUpHalf, hearTruth } from './facts.ts';
import { handedOver } from './hand-over.ts';
import { decideLate } from './late-change.ts';
import { moveFailed } from './move.ts';
import { openDoors } from './opening.ts';
import { hearRefund } from './refund.ts';
import { followCourse } from './sync.ts';
import { followTicket, shift } from './ticket.ts';
import { type Finding, silent, told } from './verdicts.ts';

function learn(draft: Draft, truth: ProviderTruth): Finding {
  const { state, now } = draft;
  const known = truth.appointments.filter(({ createdAt, startsAt, endsAt }) =>
    [createdAt, startsAt, endsAt].every(Number.isFinite),
  );
  const { halfRescheduleMs } = state.input.policy;
  patch(draft, {
    appointments: hearTruth(state.appointments, { ...truth, appointments: known }, now, halfRescheduleMs),
  });
  const change = followCourse(draft);
  releaseAppointments(draft);
  return change === 'none' ? silent('provider-agrees') : told(`provider-says-${change}`);
}

/** The answer to a question that something waited for. */
function answered(draft: Draft, step: StepId, truth: ProviderTruth, asked: SessionState): Finding {
  const learned = learn(draft, truth);
  if (draft.state.ending) return learned;
  for (const { appointment, half } of Object.values(asked.appointments)) {
    if (half?.asked !== step) continue;
    patch(draft, { appointments: giveUpHalf(draft.state.appointments, appointment) });
    const change = followCourse(draft);
    if (change !== 'none') return told(`half-reschedule-${change}`);
  }
  const { standing, cancelPending, expiry, input } = draft.state;
  if (expiry?.step === step && !standing) {
    endNow(draft, 'expired', input.policy.refund, 'not-booked');
    return told('expired');
  }
  if (cancelPending?.step !== step || standing) return learned;
  const said = truth.appointments.find(({ appointment }) => appointment === cancelPending.appointment);
  if (said?.end.kind !== 'cancelled') {
    // Money does not come back: without the provider's own word a person decides.
    patch(draft, { steps: { ...draft.state.steps, ...pick(asked, step) } });
    failStep(draft, step, 'provider-disagrees', null);
    return told('provider-disagrees');
  }
  endNow(draft, 'cancelled', input.policy.refund, 'cancelled-at-provider');
  return told('session-cancelled');
}

function pick({ steps }: SessionState, step: StepId): SessionState['steps'] {
  const known = steps[step];
  return known ? { [step]: known } : {};
}

function hearPayment(
  draft: Draft,
  step: StepId,
  verdict: 'paid' | 'not-paid' | 'cancelled',
  asked: SessionState,
): Finding {
  switch (verdict) {
    case 'paid':
      openDoors(draft);
      return told('paid');
    case 'cancelled':
      endNow(draft, 'refunded', 'none', 'order-cancelled');
      return told('order-cancelled');
    case 'not-paid':
      patch(draft, { payment: 'not-paid', steps: { ...draft.state.steps, ...pick(asked, step) } });
      failStep(draft, step, 'order-not-paid', null);
      return told('order-not-paid');
  }
}

/** The client's grace stands for a person's yes. One that nobody waits for any more is spent all the same. */
function hearGrace(
  draft: Draft,
  granted: boolean,
  asked: SessionState['steps'][string] | undefined,
): Finding {
  const { late } = draft.state;
  if (!granted) return told('no-grace-left', false);
  if (!late || !asked) return told('grace-unused', false);
  decideLate(draft, late, true, 'grace');
  followCourse(draft);
  return told('approved-by-grace');
}

function hearMove(draft: Draft, move: TicketMove | undefined): Finding | null {
  return move && followTicket(draft, move) ? told(`ticket-${move.why}`) : null;
}

function heed(draft: Draft, step: StepId, result: EffectResult, asked: SessionState): Finding {
  const { state } = draft;
  switch (result.kind) {
    case 'confirm-payment':
      return hearPayment(draft, step, result.verdict, asked);
    case 'issue-link':
      patch(draft, { link: { ...state.link, step: 'done' } });
      return silent('link-issued');
    case 'open-ticket':
      patch(draft, { ticket: { ...state.ticket, step: 'done', number: result.ticketNumber } });
      return silent('ticket-opened');
    case 'put-route':
      patch(draft, { route: { ...state.route, step: 'done', leaseUntil: result.leaseUntil } });
      return silent('route-put');
    case 'delete-route':
      patch(draft, { route: { ...state.route, removal: 'done' } });
      return silent('route-deleted');
    case 'write-ticket':
      shift(draft, step);
      return hearMove(draft, result.moved) ?? silent('ticket-written');
    case 'remind': {
      shift(draft, step);
      const moved = hearMove(draft, result.moved);
      const learned = learn(draft, result.truth);
      return learned.silent && moved ? moved : learned;
    }
    case 'move-appointment':
      return learn(draft, result.truth);
    case 'ask-provider':
      return answered(draft, step, result.truth, asked);
    case 'claim-grace':
      return hearGrace(draft, result.granted, asked.steps[step]);
    case 'refund':
      return hearRefund(draft, result.status, asked);
    case 'publish':
      patch(draft, {
        publishedVersion: Math.max(state.publishedVersion, result.version),
        publishedSeq: Math.min(state.seq, Math.max(state.publishedSeq, result.seq)),
      });
      return silent('published');
    case 'make-booking-link':
    case 'cancel-appointment':
      return silent('done');
    case 'hand-over':
      return handedOver(draft);
  }
}

function failed(draft: Draft, step: StepId, code: string, requestId: string | null): Finding {
  const { state } = draft;
  const known = state.steps[step];
  if (!known) return silent('unknown-step');
  failStep(draft, step, code, requestId);
  switch (known.call.kind) {
    case 'issue-link':
      patch(draft, { link: { ...state.link, step: 'failed' } });
      break;
    case 'open-ticket':
      patch(draft, { ticket: { ...state.ticket, step: 'failed' } });
      break;
    case 'put-route':
      patch(draft, { route: { ...state.route, step: 'failed' } });
      break;
    case 'delete-route':
      patch(draft, { route: { ...state.route, removal: 'failed' } });
      break;
    case 'refund':
      patch(draft, { refund: 'failed' });
      break;
    case 'publish':
      return silent(code);
    case 'move-appointment':
      return moveFailed(draft, step, known.call, code) ?? told(code);
    default:
      break;
  }
  return told(code);
}

/** Decides what became of an effect. */
export function hearOutcome(draft: Draft, event: EffectEvent): Finding {
  const { step } = event;
  if (event.type === 'effect.failed') return failed(draft, step, event.code, event.requestId);
  const asked = draft.state;
  const known = asked.steps[step];
  if (!known) {
    const { result } = event;
    // Nothing waits for it any more, but what the provider said stays true.
    if (result.kind === 'ask-provider' || result.kind === 'remind' || result.kind === 'move-appointment')
      return learn(draft, result.truth);
    if (result.kind === 'publish' || result.kind === 'claim-grace') return heed(draft, step, result, asked);
    return silent('unknown-step');
  }
  if (known.call.kind !== event.result.kind) return told('malformed', false);
  // An older gate was published while a newer one is on its way: the step is not over.
  if (event.result.kind === 'publish' && event.result.version < asked.version && known.status === 'running')
    return heed(draft, step, event.result, asked);
  const recovered = asked.attention.some((one) => one.step === step);
  forget(draft, step);
  const finding = heed(draft, step, event.result, asked);
  return finding.silent && recovered ? told('step-recovered') : finding;
}
