import { html, type Html } from '../../platform/html.ts';
import { type RenderedPage, renderPage } from './layout.ts';

/** What the form carries back; the address of the page it is sent to has neither. */
export interface BookingForm {
  readonly token: string;
  /** A repeat of the same form is the same booking. */
  readonly nonce: string;
  /** Origins that the answer may redirect to. */
  readonly schedulingOrigins: readonly string[];
}

export interface BookingOffer {
  readonly templateName: string;
  readonly durationMinutes: number;
  /** The only personal datum shown: whoever has the link sees it. */
  readonly firstName: string;
}

const formOf = (
  { token, nonce }: BookingForm,
  label: string,
): Html => html`<form method="post" action="/booking/book">
<input type="hidden" name="token" value="${token}">
<input type="hidden" name="nonce" value="${nonce}">
<button type="submit">${label}</button>
</form>`;

/** What the link is for. Looking at it books nothing. */
export function bookingPage(offer: BookingOffer, form: BookingForm): RenderedPage {
  const { templateName, durationMinutes, firstName } = offer;
  return renderPage({
    language: 'en',
    title: 'Book an appointment',
    body: html`<p>${firstName === '' ? 'Hello,' : `Hello ${firstName},`}</p>
<p>you can book this appointment:</p>
<dl>
<dt>What</dt><dd>${templateName}</dd>
<dt>How long</dt><dd>${durationMinutes} minutes</dd>
</dl>
<p>The next page is the calendar: you choose a time there, and it confirms the appointment by e-mail. Nothing is
booked before that.</p>
${formOf(form, 'Choose a time')}`,
    formTargets: form.schedulingOrigins,
  });
}

/** 202: the calendar, or what stands before it, did not answer in time. */
export function bookingWaitPage(form: BookingForm): RenderedPage {
  return renderPage({
    language: 'en',
    title: 'Just a moment',
    body: html`<p>The calendar is still being prepared. Please try again in a few seconds: it stays one booking, however
often you ask.</p>
${formOf(form, 'Go on to the calendar')}`,
    formTargets: form.schedulingOrigins,
  });
}

function whyOver(reason: 'expired' | 'revoked' | 'spent'): Html {
  switch (reason) {
    case 'spent':
      return html`<p>Your appointment was booked with this link, so it has done its work.</p>
<p>The calendar’s e-mail has everything about the appointment, and how to move or cancel it. For another appointment
please ask for another link, or open your link again if it is one that lasts.</p>`;
    case 'expired':
      return html`<p>This link was good for a limited time, and that has passed.</p>
<p>Please ask whoever sent it to you for a new one.</p>`;
    case 'revoked':
      return html`<p>This link was withdrawn.</p>
<p>Please look for a newer one, or ask whoever sent it to you.</p>`;
  }
}

/** 410: it was a link once. */
export function bookingLinkOverPage(reason: 'expired' | 'revoked' | 'spent'): RenderedPage {
  return renderPage({ language: 'en', title: 'This link leads nowhere any more', body: whyOver(reason) });
}

/** 400 or 401: it is no link of ours, or not a whole one. */
export function badBookingLinkPage(): RenderedPage {
  return renderPage({
    language: 'en',
    title: 'This link does not work',
    body: html`<p>The address is not complete, or it is not one of ours. Mail programs sometimes cut a long address in two:
please copy all of it from the message.</p>
<p>If it still does not work, please ask whoever sent it to you for a new one.</p>`,
  });
}
