import type { LinkId, Millis, StepId } from '../../contract/values.ts';
import { lookedAt } from './attention.ts';
import { endNow } from './closing.ts';
import { type Draft, emit, forget, patch } from './draft.ts';
import { giveUpHalf } from './facts.ts';
import { issueLink } from './link.ts';
import { openDoors } from './opening.ts';
import { shift, write } from './ticket.ts';
import { accept, type Finding, refuse, refuseIfOver, told } from './verdicts.ts';

/**
 * Gives this session a cutoff other than that of its deal: once, because a client who is given more time again and again
 * has no cutoff at all.
 */
export function moveCutoff(draft: Draft, ms: Millis): Finding {
  const over = refuseIfOver(draft);
  if (over) return over;
  const { state, now } = draft;
  const { standing } = state;
  const granted = state.cutoffs.at(-1);
  if (granted) return refuse('already-granted', granted.since);
  if (standing && now >= standing.startsAt) return refuse('started', standing.startsAt);
  const cutoffAt = standing ? standing.startsAt - ms : null;
  if (standing && cutoffAt !== null && cutoffAt <= now) {
    // It would have passed before it was set.
    return refuse('cutoff-passed', (standing.startsAt - ms) as typeof now);
  }
  patch(draft, { cutoffs: [...state.cutoffs, { since: now, ms }], cutoffChecked: null });
  return accept('cutoff-moved');
}

/**
 * The address was corrected in the rows. Whoever has the wrong one was mailed a link that opens the session: it ends,
 * and the right address gets a new one.
 */
export function correctEmail(draft: Draft): Finding {
  return reissueLink(draft);
}

export function reissueLink(draft: Draft): Finding {
  const over = refuseIfOver(draft);
  if (over) return over;
  const { access, payment } = draft.state;
  if (payment !== 'paid') return refuse('opening');
  if (access === 'revoked') return refuse('access-revoked');
  issueLink(draft, 'link-reissued');
  return accept('link-reissued');
}

export function revokeLink(draft: Draft, linkId: LinkId): Finding {
  const over = refuseIfOver(draft);
  if (over) return over;
  const { link, input } = draft.state;
  if (linkId === link.current) {
    patch(draft, { link: { ...link, current: null } });
    return accept('link-revoked');
  }
  const prefix = `${input.sessionKey}-`;
  const n = linkId.startsWith(prefix) ? Number(linkId.slice(prefix.length)) : 0;
  const wasIssued = Number.isInteger(n) && n >= 1 && n <= link.n;
  return refuse(wasIssued ? 'already-revoked' : 'unknown-link');
}

export function revokeAccess(draft: Draft): Finding {
  const over = refuseIfOver(draft);
  if (over) return over;
  const { state } = draft;
  if (state.access === 'revoked') return refuse('already-revoked');
  patch(draft, { access: 'revoked', link: { ...state.link, current: null } });
  write(draft, 'access-revoked');
  return accept('access-revoked');
}

/** A revoked link never comes back, so restoring issues a new one. */
export function restoreAccess(draft: Draft): Finding {
  const over = refuseIfOver(draft);
  if (over) return over;
  const { state } = draft;
  if (state.access === 'granted') return refuse('not-revoked');
  patch(draft, { access: 'granted' });
  if (state.payment === 'paid') issueLink(draft, 'access-restored');
  return accept('access-restored');
}

/** Sends the same effect on its way again. */
export function retry(draft: Draft, step: StepId): Finding {
  const { state } = draft;
  const known = state.steps[step];
  if (!known) return refuse('unknown-step');
  if (known.status === 'running') return refuse('step-running');
  const { lane, call } = known;
  if (call.kind === 'publish') {
    forget(draft, step);
    return accept('step-retried');
  }
  emit(draft, lane, step, call);
  switch (call.kind) {
    case 'open-ticket':
      patch(draft, { ticket: { ...state.ticket, step: 'running' } });
      break;
    case 'issue-link':
      patch(draft, { link: { ...state.link, step: 'running' } });
      break;
    case 'put-route':
      patch(draft, { route: { ...state.route, step: 'running' } });
      break;
    case 'delete-route':
      patch(draft, { route: { ...state.route, removal: 'running' } });
      break;
    case 'refund':
      patch(draft, { refund: 'requested' });
      break;
    default:
      break;
  }
  return accept('step-retried');
}

/** Repeats every failed step: a vendor that was away answers again. */
export function retryFailed(draft: Draft): Finding {
  const failed = Object.entries(draft.state.steps).filter(([, { status }]) => status === 'failed');
  if (failed.length === 0) return told('nothing-failed', false);
  for (const [step] of failed) retry(draft, step as StepId);
  return told('steps-retried');
}

function skipAsk(draft: Draft, step: StepId): void {
  const { state } = draft;
  if (state.expiry?.step === step) endNow(draft, 'expired', state.input.policy.refund, 'not-booked');
  else if (state.cancelPending?.step === step)
    endNow(draft, 'cancelled', state.input.policy.refund, 'cancelled-at-provider');
  for (const { appointment, half } of Object.values(state.appointments)) {
    if (half?.asked === step)
      patch(draft, { appointments: giveUpHalf(draft.state.appointments, appointment) });
  }
}

/** Goes on as if a failed step were done; or takes note of a fact, named by its code. */
export function skip(draft: Draft, step: StepId): Finding {
  const { state } = draft;
  const known = state.steps[step];
  if (!known) return lookedAt(draft, step) ? accept('noted') : refuse('unknown-step');
  if (known.status === 'running') return refuse('step-running');
  forget(draft, step);
  switch (known.call.kind) {
    case 'confirm-payment':
      openDoors(draft);
      break;
    case 'issue-link':
      patch(draft, { link: { ...draft.state.link, step: 'skipped' } });
      break;
    case 'open-ticket':
      patch(draft, { ticket: { ...draft.state.ticket, step: 'skipped' } });
      break;
    case 'put-route':
      patch(draft, { route: { ...draft.state.route, step: 'skipped' } });
      break;
    case 'delete-route':
      patch(draft, { route: { ...draft.state.route, removal: 'skipped' } });
      break;
    case 'write-ticket':
    case 'remind':
      shift(draft, step);
      break;
    case 'publish':
      patch(draft, { publishedVersion: draft.state.version });
      break;
    case 'ask-provider':
      skipAsk(draft, step);
      break;
    case 'refund':
      patch(draft, { refund: 'skipped' });
      break;
    case 'make-booking-link':
    case 'cancel-appointment':
    case 'move-appointment':
    case 'hand-over':
    case 'claim-grace':
      break;
  }
  return accept('step-skipped');
}

/** Sends the link once more, for an agent or an operator who was asked for it. */
export function resendLink(draft: Draft): Finding {
  const over = refuseIfOver(draft);
  if (over) return over;
  const { link } = draft.state;
  if (link.current === null) return refuse(link.n === 0 ? 'opening' : 'access-revoked');
  write(draft, 'link', { toClient: true });
  return accept('link-mailed-again');
}
