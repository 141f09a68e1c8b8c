import { remedyOf, stepInWords } from '../platform/attention-words.ts';
import type { TicketNote, TicketTopic } from '../workflows/contract/effects.ts';
import type { Instant, Millis } from '../workflows/contract/values.ts';
import { type Html, html } from '../platform/html.ts';
import type { Language } from '../platform/language.ts';
import { amountInWords } from '../platform/money.ts';
import { lateParagraphs } from './late-notices.ts';
import type { NoticeWords, Reason } from './messages/notices.en.ts';
import { noticeWords } from './messages/notices.ts';
import { type NoticeTopic, noticeTopics, reminderTopic, STOCK_AFTER_CANCEL } from './notice-topics.ts';
import { readableLength, readableTime, readableWait } from './times.ts';

/** What a notice may tell, from rows. */
export interface NoticeFacts {
  readonly product: string;
  readonly variant: string;
  readonly orderNumber: string;
  readonly firstName: string;
  /** The client's. Agents' notes are in English. */
  readonly language: Language;
  readonly timeZone: string;
  /** Decimal text. */
  readonly amount: string;
  readonly currency: string;
  /** The session's page, without a token. */
  readonly pageUrl: string;
  /** The page with a token in it; only in mails that stay out of everyone else's view. */
  readonly accessUrl: string | null;
  readonly workflowId: string;
  /** Its page in Temporal UI, or null. */
  readonly runUrl: string | null;
  /** In a shop that keeps its stock. */
  readonly soldInShop: boolean;
  /** Values of the shop's that were refused at intake. */
  readonly refused: readonly { readonly field: string; readonly value: string; readonly code: string }[];
}

/** A ticket's article before it is sent. */
export interface Notice {
  readonly subject: string;
  /** HTML. */
  readonly body: string;
}

/** Notes that name the price. */
const pricedTopics: ReadonlySet<TicketTopic> = new Set<TicketTopic>(['refund', 'refund-approval']);

type Times = Pick<TicketNote, 'startsAt' | 'endsAt' | 'cutoffAt'>;

/** One line, no control characters, at most `limit` characters: safe as a title and as a mail's subject. */
export function oneLine(text: string, limit = 250): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  // A cut must not leave half of a surrogate pair.
  return line.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '');
}

function isReason(code: string): code is Reason {
  return Object.hasOwn(noticeWords.en.reasons, code);
}

/** A stable code in the client's words; one without words is not for clients. */
function reasonForClient(reason: string | null, words: NoticeWords): readonly Html[] {
  return reason === null || !isReason(reason) ? [] : [html`<p>${words.reasons[reason]}</p>`];
}

/** A stable code in words; an unknown one is shown as it is. */
function reasonForAgents(reason: string | null): readonly Html[] {
  if (reason === null) return [];
  const words = isReason(reason) ? noticeWords.en.reasons[reason] : remedyOf(reason);
  return [html`<p>Reason: <code>${reason}</code>${words === null ? '' : html`. ${words}`}</p>`];
}

function timesTable(times: Times, timeZone: string, language: Language): readonly Html[] {
  const words = noticeWords[language];
  const rows: readonly (readonly [string, Instant | null])[] = [
    [words.start, times.startsAt],
    [words.end, times.endsAt],
    [words.changesUntil, times.cutoffAt],
  ];
  const known = rows.flatMap(([name, at]) =>
    at === null ? [] : [html`<li>${name}: ${readableTime(at, timeZone, language)}</li>`],
  );
  return known.length === 0 ? [] : [html`<ul>${known}</ul>`];
}

function refusedValues(facts: NoticeFacts): readonly Html[] {
  if (facts.refused.length === 0) return [];
  const items = facts.refused.map(
    ({ field, value, code }) => html`<li><code>${field}</code>: "${value}" (${code})</li>`,
  );
  return [html`<p>Values of the shop that were refused; the default was used instead:</p><ul>${items}</ul>`];
}

const freed: ReadonlySet<string | null> = new Set(['cancelled', 'expired', 'refunded']);

/** What is sold again, and what is not, is the shop's stock alone. */
function stock({ topic, reason }: TicketNote, { soldInShop }: NoticeFacts): readonly Html[] {
  return soldInShop && topic === 'closed' && freed.has(reason) ? [html`<p>${STOCK_AFTER_CANCEL}</p>`] : [];
}

/** What a mail says, in the client's language. */
interface MailText {
  readonly subject: string;
  readonly client: readonly string[];
}

function clientMail(
  { subject, client }: MailText,
  { showTimes, pageIsShut }: NoticeTopic,
  note: TicketNote,
  facts: NoticeFacts,
): Notice {
  const { language } = facts;
  const words = noticeWords[language];
  const url = facts.accessUrl ?? facts.pageUrl;
  const amount = amountInWords(facts.amount, facts.currency, language);
  const parts = [
    html`<p>${words.hello(facts.firstName)}</p>`,
    ...client.map((line) => html`<p>${line}</p>`),
    ...reasonForClient(note.reason, words),
    ...(showTimes ? timesTable(note, facts.timeZone, language) : []),
    ...(pricedTopics.has(note.topic) ? [html`<p>${words.amount}: ${amount}</p>`] : []),
    ...(pageIsShut ? [] : [html`<p>${words.page} <a href="${url}">${url}</a></p>`]),
    ...(facts.accessUrl === null ? [] : [html`<p>${words.yoursAlone}</p>`]),
    html`<p>${words.order(facts.product, facts.orderNumber)}</p>`,
  ];
  return { subject: oneLine(`${subject}: ${facts.product}`), body: html`${parts}`.text };
}

/** Where an operator sees what the session waits for. */
function run({ workflowId, runUrl }: NoticeFacts): Html {
  if (runUrl === null) return html`Run: <code>${workflowId}</code>`;
  return html`Run: <a href="${runUrl}">${workflowId}</a>`;
}

function agentNote(
  subject: string,
  { agent, showTimes }: NoticeTopic,
  note: TicketNote,
  facts: NoticeFacts,
): Notice {
  const { amount, currency } = facts;
  const parts = [
    html`<p>${agent}</p>`,
    ...(note.step === undefined
      ? []
      : [html`<p>What failed: ${stepInWords(note.step)} (<code>${note.step}</code>).</p>`]),
    ...reasonForAgents(note.reason),
    ...(showTimes ? timesTable(note, facts.timeZone, 'en') : []),
    ...lateParagraphs(note, facts.timeZone),
    ...(note.topic === 'attention' ? refusedValues(facts) : []),
    ...(pricedTopics.has(note.topic) ? [html`<p>Amount: ${amount} ${currency}</p>`] : []),
    ...stock(note, facts),
    html`<p>${run(facts)}</p>`,
  ];
  return { subject: oneLine(subject), body: html`${parts}`.text };
}

/** The article of a note: a mail to the client, or a note for agents. */
export function renderNotice(note: TicketNote, facts: NoticeFacts): Notice {
  const topic = noticeTopics[note.topic];
  return note.toClient
    ? clientMail(noticeWords[facts.language].topics[note.topic], topic, note, facts)
    : agentNote(noticeWords.en.topics[note.topic].subject, topic, note, facts);
}

/** The reminder `beforeMs` before the start. */
export function renderReminder(note: TicketNote, beforeMs: Millis, facts: NoticeFacts): Notice {
  const topic = reminderTopic(readableLength(beforeMs));
  const textIn = (language: Language) => noticeWords[language].reminder(readableWait(beforeMs, language));
  return note.toClient
    ? clientMail(textIn(facts.language), topic, note, facts)
    : agentNote(textIn('en').subject, topic, note, facts);
}

/** What agents need to find a session: product and order, no personal data. */
export function ticketTitle(facts: Pick<NoticeFacts, 'product' | 'orderNumber'>): string {
  const order = oneLine(` / order ${facts.orderNumber}`, 80);
  return `${oneLine(facts.product, 250 - order.length - 1)} ${order}`;
}

/**
 * The first, internal note of a ticket.
 *
 * @param before the number of the ticket whose place this one takes, or null.
 */
export function renderOpening(facts: NoticeFacts, before: string | null): Notice {
  const parts = [
    html`<p>A paid session. Latchkey runs it and writes every step here.</p>`,
    html`<ul>
<li>Product: ${facts.product}${facts.variant === '' ? '' : `, ${facts.variant}`}</li>
<li>Order: ${facts.orderNumber}</li>
<li>Amount: ${facts.amount} ${facts.currency}</li>
<li>Time zone: ${facts.timeZone}</li>
<li>Page: ${facts.pageUrl}</li>
<li>${run(facts)}</li>
</ul>`,
    ...(before === null
      ? []
      : [
          html`<p>The session had ticket ${before}, which was deleted, or merged where this session cannot follow it. Nothing is lost, and no mail was sent again; what was written there is not repeated here.</p>`,
        ]),
    ...refusedValues(facts),
  ];
  return { subject: 'Session opened', body: html`${parts}`.text };
}

/**
 * The note on a ticket that the session's own was merged into.
 *
 * @param before the number of that one.
 */
export function renderMovedHere(facts: NoticeFacts, before: string): Notice {
  const parts = [
    html`<p>The ticket ${before} of a paid session was merged into this one. The session goes on here: its fields are set, and an agent's session action is heard here.</p>`,
    html`<ul><li>Product: ${facts.product}</li><li>Order: ${facts.orderNumber}</li><li>${run(facts)}</li></ul>`,
  ];
  return { subject: 'Session goes on here', body: html`${parts}`.text };
}

/** The note on a ticket that was closed by hand, before it is opened again. */
export function renderReopening(): Notice {
  const text = html`<p>This ticket was closed, and its session goes on: it is open again. To end the session, set the session action to cancel.</p>`;
  return { subject: 'Opened again', body: text.text };
}
