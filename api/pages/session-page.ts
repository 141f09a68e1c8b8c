import { pageMark } from '../../db/queries/session-page.ts';
import { type Html, html } from '../../platform/html.ts';
import { sessionPath } from '../gate/paths.ts';
import { type BookingOrigins, bookingWidget } from './booking-widget.ts';
import type { RenderedPage } from './layout.ts';
import { sessionWords } from './messages/session.ts';
import type { SessionNotice } from './session-notice.ts';
import { lengthInWords, remainingInWords } from './remaining.ts';
import type { SessionFacts } from './session-facts.ts';
import { sessionFrame, type SessionPlace, timeOf, timeText } from './session-frame.ts';
import { sessionScript } from './session-script.ts';
import { nextTurn, type SessionWays, waysOf } from './session-ways.ts';

export interface SessionPage extends SessionPlace {
  readonly facts: SessionFacts;
  readonly now: number;
  /** What the client is told on coming back after acting. */
  readonly notice: SessionNotice | null;
  /** Where the appointment is moved at its provider; shown where `notice` says so. */
  readonly rescheduleUrl: string | null;
  readonly bookingOrigins: BookingOrigins;
}

interface State {
  readonly badge: string;
  readonly tone: 'ok' | 'warn' | '';
  readonly text: string;
}

function stateOf(page: SessionPage, ways: SessionWays): State {
  const { facts, row, reader, now } = page;
  const words = sessionWords[reader.language];
  const at = (instant: number | null): string | null => (instant === null ? null : timeText(instant, page));
  const { phase, outcome, cutoffAt, moveUntil } = facts;
  switch (phase) {
    case 'opening':
      return { badge: words.badge.opening, tone: '', text: words.opening };
    case 'awaiting-booking':
      return {
        badge: words.badge['awaiting-booking'],
        tone: 'warn',
        text: `${words.toBook(at(facts.bookingDeadline))}${row.bookingUrl === null ? ` ${words.linkComing}` : ''}`,
      };
    case 'scheduled':
    case 'locked': {
      if (facts.lateChangePending)
        return {
          badge: words.badge.lateChange,
          tone: 'warn',
          text: words.lateChange(at(facts.lateDeadline)),
        };
      const badge = ways.joinUntil === null ? words.badge[phase] : words.badge.open;
      if (ways.book && facts.rebook) return { badge, tone: 'warn', text: words.rebook };
      if (phase === 'locked' && ways.reschedule && moveUntil !== null)
        return { badge, tone: 'ok', text: words.lateApproved(timeText(moveUntil, page)) };
      const isOver = cutoffAt !== null && (phase === 'locked' || now >= cutoffAt);
      return {
        badge: isOver && ways.joinUntil === null ? words.badge.locked : badge,
        tone: 'ok',
        text: isOver ? words.locked(timeText(cutoffAt, page)) : words.booked(at(cutoffAt)),
      };
    }
    case 'settling':
    case 'ended':
      return {
        badge: words.badge[outcome ?? phase],
        tone: '',
        text: outcome === null ? words.timePassed : words.over[outcome],
      };
  }
}

/** An instant that is waited for, and how far away it is; the script counts on. */
function ahead(page: SessionPage, at: number): Html {
  const { now, reader } = page;
  return html`${timeOf(at, page)} <span class="muted">(${
    at > now
      ? html`<span data-until="${new Date(at).toISOString()}">${remainingInWords(at - now, reader.language)}</span>`
      : sessionWords[reader.language].passed
  })</span>`;
}

const fact = (name: string, value: Html | string): Html => html`<dt>${name}</dt><dd>${value}</dd>`;

function factsList(page: SessionPage, ways: SessionWays): Html {
  const { facts, row, reader } = page;
  const words = sessionWords[reader.language];
  const held = facts.phase === 'scheduled' || facts.phase === 'locked';
  const length =
    facts.startsAt === null || facts.endsAt === null ? row.durationMs : facts.endsAt - facts.startsAt;
  return html`<dl class="facts">
${row.variantName !== '' && row.variantName !== row.productName && fact(words.what, row.variantName)}
${facts.startsAt !== null && fact(words.when, ahead(page, facts.startsAt))}
${facts.endsAt !== null && fact(words.until, timeOf(facts.endsAt, page))}
${length !== null && length > 0 && fact(words.length, lengthInWords(length, reader.language))}
${facts.cutoffAt !== null && held && fact(words.changesUntil, ahead(page, facts.cutoffAt))}
${facts.bookingDeadline !== null && fact(words.bookBefore, ahead(page, facts.bookingDeadline))}
${
  held &&
  fact(
    words.where,
    ways.joinUntil !== null
      ? words.openNow(timeText(ways.joinUntil, page))
      : ways.joinFrom !== null
        ? words.opensAt(timeText(ways.joinFrom, page))
        : words.place,
  )
}
</dl>`;
}

const way = (href: string, label: string, kind: '' | 'secondary' | 'danger'): Html =>
  html`<a class="${`button ${kind}`.trim()}" href="${href}">${label}</a>`;

function changes(page: SessionPage, ways: SessionWays): Html | null {
  const words = sessionWords[page.reader.language];
  const own = sessionPath(page.row.slug);
  const shown = [
    ways.reschedule && way(`${own}/reschedule`, words.reschedule, 'secondary'),
    ways.askLate && way(`${own}/late-change`, words.askLate, 'secondary'),
    ways.cancel && way(`${own}/cancel`, words.cancel, 'danger'),
  ].filter((one) => one !== false);
  if (shown.length === 0) return null;
  return html`<section class="card"><h2>${words.actionsHeading}</h2><p class="actions">${shown}</p></section>`;
}

/** The way in, while it is open; where nobody could say whether it is, the gate does. */
function joinOf({ facts, row, reader }: SessionPage, { joinUntil }: SessionWays): Html | null {
  const held = facts.phase === 'scheduled' || facts.phase === 'locked';
  if (!held || (joinUntil === null && facts.current)) return null;
  return html`<p>${way(`${sessionPath(row.slug)}/join`, sessionWords[reader.language].join, '')}</p>`;
}

function noticeOf(page: SessionPage, ways: SessionWays): Html | null {
  const { notice, rescheduleUrl, reader } = page;
  if (notice === null) return null;
  // Answered meanwhile; what the answer was, the state says.
  if (notice === 'late-asked' && page.facts.current && !page.facts.lateChangePending) return null;
  const words = sessionWords[reader.language];
  const onward = notice === 'choose-time' && ways.reschedule ? rescheduleUrl : null;
  return html`<div class="notice ok" role="status" data-passing><p>${words.notice[notice]}</p>${
    onward !== null &&
    html`<p><a class="button" href="${onward}" rel="noreferrer">${words.chooseTime}</a></p>`
  }</div>`;
}

/** The client's page of one session. */
export function sessionPage(page: SessionPage): RenderedPage {
  const { facts, row, reader, zone, now } = page;
  const words = sessionWords[reader.language];
  const own = sessionPath(row.slug);
  const ways = waysOf(facts, now);
  const state = stateOf(page, ways);
  const widget = ways.book
    ? bookingWidget(row.provider, row.bookingUrl, page.bookingOrigins, words.calendarTitle)
    : null;
  const turn = nextTurn(facts, now);
  const inCalendar = facts.startsAt !== null;
  return sessionFrame(
    page,
    row.productName,
    html`<div id="live" data-events="${own}/events" data-mark="${pageMark(row)}" data-now="${new Date(now).toISOString()}" data-next="${turn === null ? '' : new Date(turn).toISOString()}" data-time="${facts.phase} ${facts.startsAt}${facts.lateChangePending && ' late'}" data-said="${words.updated}"></div>
<p id="said" class="hidden-words" role="status"></p>
${noticeOf(page, ways)}
<section class="card" id="state" data-live>
<p><span class="${`badge ${state.tone}`.trim()}">${state.badge}</span></p>
<p>${state.text}</p>
${factsList(page, ways)}
${joinOf(page, ways)}
${!facts.current && html`<p class="muted">${words.stale}</p>`}
</section>
${
  widget !== null &&
  html`<section class="card" id="booking" data-url="${widget.link}">
<h2>${words.bookHeading}</h2>
${
  widget.frame === null
    ? html`<p><a class="button" href="${widget.link}" rel="noreferrer">${words.book}</a></p>`
    : html`<p>${words.bookHint} <span class="scripted">${words.bookFollows}</span></p>
${widget.frame.body}
<p><a href="${widget.link}" rel="noreferrer">${words.openCalendar}</a></p>`
}
</section>`
}
<div id="changes" data-live>${changes(page, ways)}</div>
<section class="card no-print"><h2>${words.moreHeading}</h2>
<ul id="more" class="bar" data-live>
${inCalendar && html`<li><a href="${own}/calendar.ics">${words.calendarFile}</a></li>`}
<li><a href="${own}/receipt">${words.receipt}</a></li>
<li><a href="${own}/history">${words.history}</a></li>
</ul>
<noscript><p class="hint">${words.withoutScripts}</p></noscript>
<p>${words.zone(zone)} <a href="${own}/time-zone">${words.changeZone}</a></p>
<form id="zone-offer" method="post" action="${own}/time-zone" data-shown="${zone}" hidden><input type="hidden" name="zone" value="${zone}"><button class="secondary" type="submit">${words.useZone} <b>${zone}</b></button></form>
</section>`,
    { ...widget?.frame?.needs, scripts: [sessionScript], asksUs: true },
  );
}
