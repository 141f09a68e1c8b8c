import type { ForbiddenReason } from '../gate/decision.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { html } from '../../platform/html.ts';
import type { Language } from '../../platform/language.ts';
import { loginPath } from '../gate/paths.ts';
import { languageSwitch, type Reader } from './language-choice.ts';
import { type RenderedPage, renderPage } from './layout.ts';
import { noticesWords } from './messages/notices.ts';
import type { NoticesWords } from './messages/notices.en.ts';
import { timeInUtc, timeInWords } from './time.ts';

/** 410: the session is over, and its address with it. */
export function overPage(reader: Reader): RenderedPage {
  const words = noticesWords[reader.language];
  return renderPage({
    language: reader.language,
    title: words.overTitle,
    body: html`<p class="notice">${words.over}</p>
<p>${words.overNext}</p>`,
    foot: languageSwitch(reader),
  });
}

function whyNot(
  reason: ForbiddenReason,
  at: string | null,
  words: NoticesWords,
): { readonly title: string; readonly why: string } {
  switch (reason) {
    case 'not-yours':
      return { title: words.notYoursTitle, why: words.notYours };
    case 'opening':
      return { title: words.openingTitle, why: words.opening };
    case 'not-booked':
      return { title: words.notBookedTitle, why: words.notBooked };
    case 'not-yet':
      return { title: words.notYetTitle, why: words.notYet(at) };
    case 'no-longer':
      return { title: words.noLongerTitle, why: words.noLonger(at) };
    case 'closed':
      return { title: words.closedTitle, why: words.closed };
  }
}

/** Where somebody goes on who was refused: the session's own page where it is open to them. */
function wayOn(reason: ForbiddenReason, page: string | null, words: NoticesWords) {
  switch (reason) {
    case 'not-yours':
      return html`<p><a class="button secondary" href="${loginPath(page)}">${words.toLogin}</a></p>`;
    case 'not-booked':
    case 'not-yet':
    case 'no-longer':
      return page === null ? null : html`<p><a class="button" href="${page}">${words.toSession}</a></p>`;
    case 'opening':
    case 'closed':
      return null;
  }
}

const instantInWords = (at: Instant, timeZone: string | null, language: Language): string =>
  timeZone === null ? timeInUtc(at, language) : timeInWords(at, timeZone, language);

export interface ForbiddenPage {
  readonly reason: ForbiddenReason;
  /** Since or until when. */
  readonly at: Instant | null;
  /** Null: nobody's is known, and times are in UTC. */
  readonly timeZone: string | null;
  /** The path of the session's page; null where it was asked for itself. */
  readonly page: string | null;
}

/** 403: known, but not now, or not yours. */
export function forbiddenPage(reader: Reader, { reason, at, timeZone, page }: ForbiddenPage): RenderedPage {
  const { language } = reader;
  const words = noticesWords[language];
  const { title, why } = whyNot(reason, at === null ? null : instantInWords(at, timeZone, language), words);
  return renderPage({
    language,
    title,
    body: html`<p class="notice warn">${why}</p>
${wayOn(reason, page, words)}`,
    foot: languageSwitch(reader),
  });
}

/** 503: neither store could tell. */
export function cannotTellPage(reader: Reader): RenderedPage {
  const words = noticesWords[reader.language];
  return renderPage({
    language: reader.language,
    title: words.tryAgainTitle,
    body: html`<p class="notice warn">${words.cannotTell}</p>`,
    foot: languageSwitch(reader),
  });
}

/** What can go wrong with a page that has no page of its own for it. */
export type Trouble = 'failed' | 'failed-nothing-lost' | 'not-found' | 'not-now' | 'incomplete' | 'too-many';

function troubleInWords(
  trouble: Trouble,
  words: NoticesWords,
): { readonly title: string; readonly why: string } {
  switch (trouble) {
    case 'failed':
      return { title: words.tryAgainTitle, why: words.failed };
    case 'failed-nothing-lost':
      return { title: words.tryAgainTitle, why: words.failedNothingLost };
    case 'not-found':
      return { title: words.notFoundTitle, why: words.notFound };
    case 'not-now':
      return { title: words.notNowTitle, why: words.notNow };
    case 'incomplete':
      return { title: words.incompleteTitle, why: words.incomplete };
    case 'too-many':
      return { title: words.tooManyTitle, why: words.tooMany };
  }
}

/** Anything that went wrong, with what to tell us. */
export function problemPage(reader: Reader, trouble: Trouble, requestId: string | null): RenderedPage {
  const words = noticesWords[reader.language];
  const { title, why } = troubleInWords(trouble, words);
  return renderPage({
    language: reader.language,
    title,
    body: html`<p class="notice warn">${why}</p>
${requestId !== null && html`<p class="muted">${words.requestNumber} <code>${requestId}</code></p>`}`,
    foot: languageSwitch(reader),
  });
}
