import type { ForbiddenReason } from '../gate/decision.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { html } from '../../platform/html.ts';
import { type RenderedPage, renderPage } from './layout.ts';
import { timeInUtc } from './time.ts';

/** 410: the session is over, and its address with it. */
export function overPage(): RenderedPage {
  return renderPage({
    language: 'en',
    title: 'This session is over',
    body: html`<p>This address does not lead anywhere any more.</p>`,
  });
}

function whyNot(reason: ForbiddenReason, at: string | null): string {
  switch (reason) {
    case 'not-yours':
      return 'This address belongs to another session. Please use the link from the e-mail about this session.';
    case 'opening':
      return 'Your session is being prepared. Please try again in a minute.';
    case 'not-booked':
      return 'There is no time booked for this session yet. Please book one on the session’s page first.';
    case 'not-yet':
      return at === null ? 'It is too early.' : `It is too early. This opens on ${at}.`;
    case 'no-longer':
      return at === null ? 'It is too late.' : `It is too late. This was open until ${at}.`;
    case 'closed':
      return 'This session is closed at the moment. Please answer the e-mail about it, and we will look at it.';
  }
}

/** 403: known, but not now, or not yours. Times are in UTC: the gate knows no one's zone. */
export function forbiddenPage(reason: ForbiddenReason, at: Instant | null): RenderedPage {
  return renderPage({
    language: 'en',
    title: 'Not now',
    body: html`<p>${whyNot(reason, at === null ? null : timeInUtc(at))}</p>`,
  });
}

/** 503: neither store could tell. */
export function cannotTellPage(): RenderedPage {
  return renderPage({
    language: 'en',
    title: 'Please try again',
    body: html`<p>We cannot check your access at the moment. Please try again in a minute.</p>`,
  });
}

/** Anything that went wrong, with what to tell us. */
export function problemPage(title: string, words: string, requestId: string | null): RenderedPage {
  return renderPage({
    language: 'en',
    title: title,
    body: html`<p>${words}</p>
${requestId !== null && html`<p>If you write to us about it, please add this number: <code>${requestId}</code></p>`}`,
  });
}
