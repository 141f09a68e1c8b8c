import { html, type Html } from '../../platform/html.ts';
import { languageForm, languageSwitch, type Reader } from './language-choice.ts';
import { type RenderedPage, renderPage } from './layout.ts';
import { bookingWords } from './messages/booking.ts';
import type { BookingWords } from './messages/booking.en.ts';

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
export function bookingPage(reader: Reader, offer: BookingOffer, form: BookingForm): RenderedPage {
  const { templateName, durationMinutes, firstName } = offer;
  const words = bookingWords[reader.language];
  return renderPage({
    language: reader.language,
    title: words.bookTitle,
    body: html`<p>${words.hello(firstName)}</p>
<p>${words.youCan}</p>
<dl class="card facts">
<dt>${words.what}</dt><dd>${templateName}</dd>
<dt>${words.howLong}</dt><dd>${words.minutes(durationMinutes)}</dd>
</dl>
<p>${words.nextIsCalendar}</p>
${formOf(form, words.chooseTime)}`,
    formTargets: form.schedulingOrigins,
    foot: languageForm(reader, 'get', '/booking/book', { token: form.token }),
  });
}

/** 202: the calendar, or what stands before it, did not answer in time. */
export function bookingWaitPage(reader: Reader, form: BookingForm): RenderedPage {
  const words = bookingWords[reader.language];
  return renderPage({
    language: reader.language,
    title: words.waitTitle,
    body: html`<p class="notice">${words.wait}</p>
${formOf(form, words.goOn)}`,
    formTargets: form.schedulingOrigins,
    foot: languageSwitch(reader),
  });
}

type Over = 'expired' | 'revoked' | 'spent';

function whyOver(reason: Over, words: BookingWords): { readonly why: string; readonly next: string } {
  switch (reason) {
    case 'spent':
      return { why: words.spent, next: words.spentNext };
    case 'expired':
      return { why: words.expired, next: words.expiredNext };
    case 'revoked':
      return { why: words.revoked, next: words.revokedNext };
  }
}

/** 410: it was a link once. */
export function bookingLinkOverPage(reader: Reader, reason: Over): RenderedPage {
  const words = bookingWords[reader.language];
  const { why, next } = whyOver(reason, words);
  return renderPage({
    language: reader.language,
    title: words.overTitle,
    body: html`<p class="notice">${why}</p>
<p>${next}</p>`,
    foot: languageSwitch(reader),
  });
}

/** 400 or 401: it is no link of ours, or not a whole one. */
export function badBookingLinkPage(reader: Reader): RenderedPage {
  const words = bookingWords[reader.language];
  return renderPage({
    language: reader.language,
    title: words.badTitle,
    body: html`<p class="notice warn">${words.bad}</p>
<p>${words.badNext}</p>`,
    foot: languageSwitch(reader),
  });
}
