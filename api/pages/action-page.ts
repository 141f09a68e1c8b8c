import type { RefusalReason } from '../../workflows/contract/messages.ts';
import { type Html, html } from '../../platform/html.ts';
import { sessionPath } from '../gate/paths.ts';
import type { ClientAction } from './client-action.ts';
import type { RenderedPage } from './layout.ts';
import { actionWords } from './messages/actions.ts';
import { sessionWords } from './messages/session.ts';
import { amountInWords } from '../../platform/money.ts';
import type { SessionFacts } from './session-facts.ts';
import { sessionFrame, type SessionPlace, sidePage, timeText } from './session-frame.ts';
import { waysOf } from './session-ways.ts';
import { localStart, offsetsOf, type StartInput, type StartProblem } from './start-input.ts';

/** What is asked before a client acts. */
export interface Question extends SessionPlace {
  readonly facts: SessionFacts;
  readonly now: number;
  /** Goes into each form, so that sending one twice acts once. */
  readonly nonce: string;
  /** What was entered for a new start, and what is wrong with it. */
  readonly wrong?: { readonly input: StartInput; readonly problem: StartProblem };
}

type Line = string | null | false;

const list = (lines: readonly Line[]): Html =>
  html`<ul>${lines.map((line) => typeof line === 'string' && html`<li>${line}</li>`)}</ul>`;

function form(page: Question, action: ClientAction, fields: Html | null, label: string, kind = ''): Html {
  return html`<form method="post" action="${sessionPath(page.row.slug)}/${action}">
<input type="hidden" name="nonce" value="${page.nonce}-${action}">
${fields}<button type="submit"${kind === '' ? null : html` class="${kind}"`}>${label}</button>
</form>`;
}

/** What becomes of the payment, by the deal that was bought. */
function refundNotice({ row, reader }: SessionPlace): Html {
  const words = actionWords[reader.language].cancel;
  if (row.policy === null || !row.paidInShop)
    return html`<div class="notice"><p>${words.unknownRefund}</p></div>`;
  const amount = amountInWords(row.amount, row.currency, reader.language);
  return row.policy.refund === 'full'
    ? html`<div class="notice ok"><p>${words.refund(amount)}</p></div>`
    : html`<div class="notice warn"><p>${words.noRefund(amount)}</p></div>`;
}

function cancelQuestion(page: Question): Html {
  const words = actionWords[page.reader.language];
  const { startsAt, cutoffAt } = page.facts;
  return html`<div class="card">${list([
    words.cancel.whole,
    startsAt === null ? words.cancel.unbooked : words.cancel.booked(timeText(startsAt, page)),
    cutoffAt !== null && words.cancel.until(timeText(cutoffAt, page)),
    words.cancel.final,
  ])}</div>
${refundNotice(page)}
${form(page, 'cancel', null, words.press.cancel, 'danger')}`;
}

function startField(page: Question): Html {
  const words = actionWords[page.reader.language];
  const { wrong, zone, facts } = page;
  const value = wrong?.input.local ?? (facts.startsAt === null ? '' : localStart(facts.startsAt, zone));
  const [earlier = '', later = ''] =
    wrong?.problem === 'twice' ? offsetsOf(wrong.input.local, wrong.input.zone) : [];
  return html`<div class="field"><label for="start">${words.reschedule.newStart}</label>
<input id="start" name="start" type="datetime-local" required value="${value}" aria-describedby="start-hint${wrong && ' start-error'}"${wrong && html` aria-invalid="true"`}>
<p class="hint" id="start-hint">${words.reschedule.newStartHint(zone)}</p>
${wrong && html`<p class="error" id="start-error" role="alert">${words.startError[wrong.problem]}</p>`}
<input type="hidden" name="zone" value="${zone}"></div>
${
  wrong?.problem === 'twice' &&
  html`<fieldset><legend>${words.reschedule.which}</legend>
<label class="choice"><input type="radio" name="which" value="first" required> ${words.reschedule.earlier(earlier)}</label>
<label class="choice"><input type="radio" name="which" value="second"> ${words.reschedule.later(later)}</label></fieldset>`
}`;
}

function rescheduleQuestion(page: Question): Html {
  const words = actionWords[page.reader.language];
  const { startsAt, cutoffAt, moveUntil, appointment, rebook, phase } = page.facts;
  const { nameStart } = waysOf(page.facts, page.now);
  const until =
    phase === 'locked' && moveUntil !== null
      ? words.reschedule.approvedUntil(timeText(moveUntil, page))
      : cutoffAt !== null && words.reschedule.until(timeText(cutoffAt, page));
  const next = nameStart
    ? words.reschedule.here
    : appointment === null || rebook
      ? words.reschedule.byLink
      : words.reschedule.atProvider;
  return html`<div class="card">${list([
    startsAt !== null && words.reschedule.now(timeText(startsAt, page)),
    until,
    words.reschedule.stands,
    next,
  ])}</div>
${
  nameStart
    ? html`${form(page, 'reschedule', startField(page), words.reschedule.ask)}
<p>${words.reschedule.orCalendar}</p>
${form({ ...page, nonce: `${page.nonce}-calendar` }, 'reschedule', null, words.reschedule.goToCalendar, 'secondary')}`
    : form(page, 'reschedule', null, words.press.reschedule)
}`;
}

function lateQuestion(page: Question): Html {
  const words = actionWords[page.reader.language].late;
  const { cutoffAt, startsAt } = page.facts;
  const { policy } = page.row;
  const deadline =
    policy === null || startsAt === null ? null : Math.min(page.now + policy.lateDeadlineMs, startsAt);
  return html`<div class="card">${list([
    cutoffAt !== null && words.closed(timeText(cutoffAt, page)),
    words.person,
    deadline !== null && words.answerBy(timeText(deadline, page)),
    policy !== null && words.byDefault[policy.lateDefault],
    policy?.lateGrace === 'once' && words.grace,
    words.stands,
  ])}</div>
${form(page, 'late-change', null, actionWords[page.reader.language].press['late-change'])}`;
}

/** Whether this action would be accepted now; else the reason that the page gives. */
function refusalOf(
  page: Question,
  action: ClientAction,
): { reason: RefusalReason; at: number | null } | null {
  const { facts, now } = page;
  const ways = waysOf(facts, now);
  const may = { cancel: ways.cancel, reschedule: ways.reschedule, 'late-change': ways.askLate }[action];
  if (may) return null;
  if (facts.phase === 'opening') return { reason: 'opening', at: null };
  if (facts.phase === 'settling' || facts.phase === 'ended') return { reason: 'ended', at: null };
  if (facts.lateChangePending) return { reason: 'late-change-pending', at: null };
  if (facts.startsAt === null) return { reason: 'not-booked', at: null };
  if (action === 'late-change')
    return now >= facts.startsAt ? { reason: 'started', at: null } : { reason: 'before-cutoff', at: null };
  return { reason: 'after-cutoff', at: facts.cutoffAt };
}

/** What an action means for the client, before it is done; or why it cannot be. */
export function questionPage(page: Question, action: ClientAction): RenderedPage {
  const words = actionWords[page.reader.language];
  const refused = refusalOf(page, action);
  if (refused !== null) return refusedPage(refused.reason, refused.at, page, page.facts);
  const body = {
    cancel: cancelQuestion,
    reschedule: rescheduleQuestion,
    'late-change': lateQuestion,
  }[action](page);
  return sessionFrame(
    page,
    words.title[action],
    html`<p class="muted">${page.row.productName}</p>
${body}
<p><a href="${sessionPath(page.row.slug)}">${words.keep}</a></p>`,
  );
}

/**
 * The session is cancelled, and its address with it: what is said of it is said here, and the calendar's file, which
 * takes the time out, comes along.
 */
export function cancelledPage(place: SessionPlace, file: string | null): RenderedPage {
  const words = actionWords[place.reader.language];
  const { policy, paidInShop } = place.row;
  const amount = amountInWords(place.row.amount, place.row.currency, place.reader.language);
  return sessionFrame(
    place,
    words.cancelled,
    html`<div class="card"><p>${place.row.productName}</p>
${
  policy !== null &&
  paidInShop &&
  html`<p>${policy.refund === 'full' ? words.cancelledRefund(amount) : words.cancelledNoRefund}</p>`
}
<p>${words.written}</p></div>
${
  file !== null &&
  html`<p><a class="button secondary" download="session.ics" href="data:text/calendar;charset=utf-8;base64,${Buffer.from(file).toString('base64')}">${words.cancelledFile}</a></p>`
}`,
  );
}

/** 409: the rules say no. Where a person may still be asked, the way there. */
export function refusedPage(
  reason: RefusalReason,
  at: number | null,
  place: SessionPlace & { readonly now: number },
  facts: SessionFacts | null,
): RenderedPage {
  const { language } = place.reader;
  const words = actionWords[language];
  const mayAsk = facts !== null && waysOf(facts, place.now).askLate;
  return sidePage(
    place,
    words.refused,
    html`<div class="notice warn"><p>${
      at !== null && (reason === 'after-cutoff' || reason === 'cutoff-passed')
        ? words.refusedSince(timeText(at, place))
        : words.refusal[reason]
    }</p></div>
${
  mayAsk &&
  html`<p><a class="button secondary" href="${sessionPath(place.row.slug)}/late-change">${sessionWords[language].askLate}</a></p>`
}`,
  );
}

/** 202: nobody answered in time. The form repeats the same request, which acts at most once. */
export function unknownOutcomePage(
  action: ClientAction,
  fields: Readonly<Record<string, string>>,
  place: SessionPlace,
): RenderedPage {
  const words = actionWords[place.reader.language];
  return sidePage(
    place,
    words.unknown,
    html`<div class="notice warn"><p>${words.unknownText}</p></div>
<form method="post" action="${sessionPath(place.row.slug)}/${action}">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button type="submit">${words.again}</button>
</form>`,
  );
}

/** Where the session takes place, when that is not an address a browser can follow. */
export function placePage(text: string | null, place: SessionPlace): RenderedPage {
  const words = actionWords[place.reader.language];
  return sidePage(
    place,
    words.place,
    text === null
      ? html`<p>${words.placeMailed}</p>`
      : html`<p>${words.placeHere}</p><p class="notice">${text}</p>`,
  );
}
