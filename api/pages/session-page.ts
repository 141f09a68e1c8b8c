import type { PageRow } from '../../db/queries/gate.ts';
import type { Outcome } from '../../workflows/contract/session.ts';
import { sessionPath } from '../gate/paths.ts';
import { type Html, html } from '../../platform/html.ts';
import type { ClientAction } from './action-page.ts';
import { webAddress } from './web-address.ts';
import { type RenderedPage, renderPage } from './layout.ts';
import type { SessionFacts } from './session-facts.ts';
import { timeInWords } from './time.ts';

export interface SessionPage {
  readonly row: PageRow;
  readonly facts: SessionFacts;
  readonly now: number;
  /** Goes into each form, so that sending one twice acts once. */
  readonly nonce: string;
}

function outcomeInWords(outcome: Outcome | null): string {
  switch (outcome) {
    case 'completed':
      return 'This session has taken place.';
    case 'no-show':
      return 'This session’s time has passed without you.';
    case 'cancelled':
      return 'This session is cancelled.';
    case 'expired':
      return 'This session expired before a time was booked.';
    case 'refunded':
      return 'This session was refunded.';
    case null:
      return 'This session’s time has passed.';
  }
}

const beforeCutoff = ({ facts, now }: SessionPage): boolean =>
  facts.cutoffAt === null || now < facts.cutoffAt;

function stateInWords(page: SessionPage): string {
  const { facts, row } = page;
  const words = (instant: number): string => timeInWords(instant, row.timeZone);
  switch (facts.phase) {
    case 'opening':
      return 'Your payment has arrived and your session is being prepared. Please look again in a minute.';
    case 'awaiting-booking':
      return facts.bookingDeadline === null
        ? 'It is paid. Please book a time.'
        : `It is paid. Please book a time before ${words(facts.bookingDeadline)}.`;
    case 'scheduled':
    case 'locked':
      if (facts.lateChangePending)
        return 'A change was asked for after the last moment for changes. We will answer by e-mail.';
      if (facts.cutoffAt === null) return 'It is booked.';
      return beforeCutoff(page) && facts.phase === 'scheduled'
        ? `It is booked. You can reschedule or cancel it until ${words(facts.cutoffAt)}.`
        : `It is booked. It could be rescheduled or cancelled until ${words(facts.cutoffAt)}.`;
    case 'settling':
    case 'ended':
      return outcomeInWords(facts.outcome);
  }
}

function form(page: SessionPage, action: ClientAction, label: string): Html {
  return html`<form method="post" action="${sessionPath(page.row.slug)}/${action}">
<input type="hidden" name="nonce" value="${page.nonce}-${action}">
<button type="submit">${label}</button>
</form>`;
}

/** After the cutoff a person decides, before the start. */
function mayAskLate({ facts, now }: SessionPage): boolean {
  const { phase, current, lateChangePending, startsAt } = facts;
  return phase === 'locked' && current && !lateChangePending && startsAt !== null && now < startsAt;
}

/** The ways on: book, join, reschedule, cancel; each only while the rules would say yes. */
function actions(page: SessionPage): readonly (Html | null)[] {
  const { facts, row } = page;
  const held = facts.phase === 'scheduled' || facts.phase === 'locked';
  const changeable = facts.phase === 'scheduled' && beforeCutoff(page);
  const mayMove = held && facts.moveUntil !== null && page.now <= facts.moveUntil;
  const unbooked =
    facts.phase === 'awaiting-booking' ||
    ((facts.phase === 'scheduled' || mayMove) && facts.current && (!facts.appointment || facts.rebook));
  const booking = unbooked ? webAddress(row.bookingUrl) : null;
  const opens = facts.join.map(({ from }) => from).filter((from) => from > page.now);
  return [
    booking === null
      ? facts.phase === 'awaiting-booking'
        ? html`<p>The booking link is being made. Please look again in a minute.</p>`
        : null
      : html`<p><a href="${booking}" rel="noreferrer">Book a time</a></p>`,
    held
      ? html`<p><a href="${sessionPath(row.slug)}/join">Join the session</a>${
          opens.length > 0 && html`: opens on ${timeInWords(Math.min(...opens), row.timeZone)}`
        }</p>`
      : null,
    changeable || mayMove ? form(page, 'reschedule', 'Reschedule') : null,
    mayAskLate(page) && !mayMove ? form(page, 'late-change', 'Ask for another time') : null,
    changeable || facts.phase === 'awaiting-booking' ? form(page, 'cancel', 'Cancel the session') : null,
  ];
}

/** The client's page of one session. */
export function sessionPage(page: SessionPage): RenderedPage {
  const { facts, row } = page;
  return renderPage({
    language: 'en',
    title: row.productName,
    body: html`<dl>
${row.variantName !== '' && row.variantName !== row.productName && html`<dt>What</dt><dd>${row.variantName}</dd>`}
${
  facts.startsAt !== null &&
  html`<dt>When</dt><dd><time datetime="${new Date(facts.startsAt).toISOString()}">${timeInWords(facts.startsAt, row.timeZone)}</time></dd>`
}
${
  facts.endsAt !== null &&
  html`<dt>Until</dt><dd><time datetime="${new Date(facts.endsAt).toISOString()}">${timeInWords(facts.endsAt, row.timeZone)}</time></dd>`
}
${
  facts.cutoffAt !== null &&
  html`<dt>Changes until</dt><dd><time datetime="${new Date(facts.cutoffAt).toISOString()}">${timeInWords(facts.cutoffAt, row.timeZone)}</time></dd>`
}
</dl>
<p class="notice">${stateInWords(page)}</p>
${!facts.current && html`<p>This is what we last knew; it may be a moment old.</p>`}
${actions(page)}`,
  });
}
