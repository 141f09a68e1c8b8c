import type { RefusalReason, Verdict } from '../../workflows/contract/messages.ts';
import { sessionPath } from '../gate/paths.ts';
import { html } from '../../platform/html.ts';
import { type RenderedPage, renderPage } from './layout.ts';
import { timeInWords } from './time.ts';

export type ClientAction = 'reschedule' | 'cancel' | 'late-change';

interface Place {
  readonly slug: string;
  readonly timeZone: string;
}

const back = (place: Place) => html`<p><a href="${sessionPath(place.slug)}">Back to the session</a></p>`;

/** The request was accepted; `url` is where the client goes on. */
export function acceptedPage(
  action: ClientAction,
  next: Extract<Verdict, { accepted: true }>['next'],
  url: string | null,
  place: Place,
): RenderedPage {
  if (action === 'cancel')
    return renderPage({
      language: 'en',
      title: 'Your session is cancelled',
      body: html`<p>We have written to you about what happens to your payment.</p>`,
    });
  if (action === 'late-change')
    return renderPage({
      language: 'en',
      title: 'We have your request',
      body: html`<p>A person looks at it, and we will answer by e-mail. Until then your session stays as it is.</p>${back(place)}`,
    });
  switch (next) {
    case 'provider-page':
      return renderPage({
        language: 'en',
        title: 'Choose a new time',
        body:
          url === null
            ? html`<p>You may reschedule. Please use the link in the calendar’s e-mail.</p>${back(place)}`
            : html`<p>You may reschedule. Please go on in the calendar:</p>
<p><a href="${url}" rel="noreferrer">Choose a new time</a></p>${back(place)}`,
      });
    case 'booking-link':
      return renderPage({
        language: 'en',
        title: 'Choose a new time',
        body: html`<p>You may reschedule. A booking link will be on your session’s page in a moment.</p>${back(place)}`,
      });
    case 'moving':
      return renderPage({
        language: 'en',
        title: 'Your session is being moved',
        body: html`<p>We have asked the calendar for that time, and write to you as soon as it has answered.</p>${back(place)}`,
      });
    case 'none':
      return renderPage({ language: 'en', title: 'Done', body: back(place) });
  }
}

function refusalInWords(reason: RefusalReason, at: string | null): string {
  switch (reason) {
    case 'after-cutoff':
    case 'cutoff-passed':
      return at === null
        ? 'The last moment for changes has passed.'
        : `The last moment for changes was ${at}.`;
    case 'started':
      return 'The session has already started.';
    case 'opening':
      return 'Your session is still being prepared. Please try again in a minute.';
    case 'ended':
    case 'settling':
      return 'This session is over.';
    case 'not-booked':
      return 'There is no time booked yet.';
    case 'move-pending':
      return 'You are already moving this session. Please finish in the calendar.';
    case 'in-the-past':
      return 'That time has passed.';
    case 'late-change-pending':
      return 'A change is already being looked at. We will answer by e-mail.';
    case 'cancel-pending':
      return 'This session is already being cancelled.';
    case 'access-revoked':
    case 'already-revoked':
      return 'Access to this session is suspended.';
    case 'before-cutoff':
    case 'no-late-change':
    case 'no-refund-to-decide':
    case 'not-revoked':
    case 'unknown-link':
    case 'unknown-step':
    case 'step-running':
    case 'unknown-rules':
    case 'already-granted':
    case 'not-movable':
      return 'This is not possible now.';
  }
}

/** 409: the rules say no. */
export function refusedPage(reason: RefusalReason, at: number | null, place: Place): RenderedPage {
  return renderPage({
    language: 'en',
    title: 'This is not possible',
    body: html`<p>${refusalInWords(reason, at === null ? null : timeInWords(at, place.timeZone))}</p>${back(place)}`,
  });
}

/** 202: nobody answered in time. The form repeats the same request, which acts at most once. */
export function unknownOutcomePage(action: ClientAction, nonce: string, place: Place): RenderedPage {
  return renderPage({
    language: 'en',
    title: 'We do not know yet',
    body: html`<p>Your request may have arrived, but there was no answer in time. Asking again is safe.</p>
<form method="post" action="${sessionPath(place.slug)}/${action}">
<input type="hidden" name="nonce" value="${nonce}">
<button type="submit">Ask again</button>
</form>${back(place)}`,
  });
}

/** Where the session takes place, when that is not an address a browser can follow. */
export function placePage(text: string | null, place: Place): RenderedPage {
  return renderPage({
    language: 'en',
    title: 'Your session',
    body:
      text === null
        ? html`<p>The place of your session is in the calendar’s e-mail.</p>${back(place)}`
        : html`<p>Your session takes place here:</p><p class="notice">${text}</p>${back(place)}`,
  });
}
