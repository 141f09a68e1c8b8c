import type { LinkId, StepId } from '../../contract/values.ts';
import type { SessionState } from '../state.ts';
import { type Draft, emit, forgetKind, patch } from './draft.ts';
import { write } from './ticket.ts';

/** A new link, and with it the end of the one before. A revoked link never comes back. */
export function issueLink(draft: Draft, mail: NonNullable<SessionState['link']['mail']>): void {
  forgetKind(draft, ['issue-link']);
  const { link, input } = draft.state;
  const n = link.n + 1;
  const linkId = `${input.sessionKey}-${n}` as LinkId;
  patch(draft, {
    // A first mail that was never sent stays the first mail.
    link: { n, current: linkId, newest: linkId, step: 'running', mail: link.mail === 'link' ? 'link' : mail },
  });
  emit(draft, 'link', `issue-link:${n}` as StepId, { kind: 'issue-link', linkId, revokes: link.newest });
}

/** Mails the link as soon as everything that the mail promises is there. */
export function mailLink(draft: Draft): void {
  const { link, ticket, route, ending } = draft.state;
  if (link.mail === null) return;
  if (ending || link.current === null || link.step === 'skipped' || ticket.step === 'skipped') {
    patch(draft, { link: { ...link, mail: null } });
    return;
  }
  const reachable = route.step === 'done' || route.step === 'skipped';
  if (draft.state.access === 'revoked') return;
  if (link.step !== 'done' || ticket.step !== 'done' || !reachable) return;
  write(draft, link.mail, { toClient: true });
  if (link.mail === 'link' && draft.state.input.problems.length > 0)
    write(draft, 'attention', { reason: draft.state.input.problems[0]?.code ?? 'not-allowed' });
  patch(draft, { link: { ...draft.state.link, mail: null } });
}
