import type { AnswerOf } from '../../../integrations/latchkey/client.ts';
import { type Html, html } from '../../../platform/html.ts';
import { operatorInboxWords } from '../../pages/messages/operator-inbox.ts';
import type { OperatorInboxWords } from '../../pages/messages/operator-inbox.en.ts';
import { operatorListsWords } from '../../pages/messages/operator-lists.ts';
import { shown, toldOf } from '../answers.ts';
import { folded, reasonField } from '../fields.ts';
import {
  addressOf,
  cursorIn,
  type Filter,
  filteredBy,
  filterForm,
  listFoot,
  sendExport,
} from '../filters.ts';
import { form } from '../forms.ts';
import { badge, tableCard, type Tone } from '../table.ts';
import { time } from '../times.ts';
import { viewsBar } from '../views-bar.ts';
import type { OperatorPage, SentForm, Visit } from '../visit.ts';

export const INBOX_PATH = '/admin/inbox';

export type Webhook = Exclude<
  Extract<AnswerOf<'listInbox'>, { readonly status: 200 }>['body'],
  string
>['items'][number];

const tones: Readonly<Record<Webhook['status'], Tone>> = {
  stored: 'warn',
  done: 'ok',
  quarantined: 'danger',
};
const FAILED = 'failed:';

export const statusOf = ({ status }: Webhook, words: OperatorInboxWords): Html =>
  badge(words.statuses[status], tones[status]);

/** Why it waits, or what became of it: in words, with its code beside them. */
export function whyOf({ reason }: Webhook, words: OperatorInboxWords): Html | null {
  if (reason === null) return null;
  const code = reason.startsWith(FAILED) ? reason.slice(FAILED.length) : reason;
  const { reasons } = words;
  const said = Object.hasOwn(reasons, code) ? reasons[code as keyof typeof reasons] : null;
  const prefix = code === reason ? '' : words.failedWith;
  return html`${prefix}${said !== null && html`${said} `}<code class="muted">${code}</code>`;
}

const SOURCES = { saleor: 'Saleor', calendly: 'Calendly', calcom: 'Cal.com', zammad: 'Zammad' } as const;
export const sourceOf = ({ source }: Webhook): string => SOURCES[source];

function filtersOf(words: OperatorInboxWords): readonly Filter[] {
  return [
    { kind: 'choice', name: 'status', label: words.status, options: Object.entries(words.statuses) },
    { kind: 'choice', name: 'source', label: words.source, options: Object.entries(SOURCES) },
    { kind: 'text', name: 'event', label: words.event },
    { kind: 'text', name: 'reason', label: words.reason, hint: words.reasonHint },
    { kind: 'text', name: 'correlation', label: words.correlation },
    { kind: 'instant', name: 'received_from', label: words.receivedFrom },
    { kind: 'instant', name: 'received_to', label: words.receivedTo },
  ];
}

type ListQuery = NonNullable<NonNullable<Parameters<Visit['api']['listInbox']>[0]>['query']>;

/** The quarantine is what one looks for here. */
const USUAL = { status: 'quarantined' } as const;

function tabs(query: Readonly<Record<string, string>>, words: OperatorInboxWords): Html {
  const tab = (name: string, filter: Readonly<Record<string, string>>): Html => {
    const current = query['status'] === filter['status'] && html` aria-current="page"`;
    return html`<li><a href="${addressOf(INBOX_PATH, filter)}"${current}>${name}</a></li>`;
  };
  return html`<nav aria-label="${words.status}"><ul class="bar">${tab(words.quarantine, USUAL)}${tab(words.waiting, { status: 'stored' })}${tab(words.everything, { all: '1' })}</ul></nav>`;
}

/** Everything of a filter that a replay takes, for a form. */
const replayFields = (query: Readonly<Record<string, string>>): readonly Html[] =>
  Object.entries(query).map(
    ([name, value]) => html`<input type="hidden" name="filter.${name}" value="${value}">`,
  );

/** Webhooks that came in, the quarantine first. */
export const inboxPage: OperatorPage = {
  path: INBOX_PATH,
  async show(visit) {
    const words = operatorInboxWords[visit.language];
    const lists = operatorListsWords[visit.language];
    const filters = filtersOf(words);
    const given = filteredBy(visit, filters);
    const isBare = Object.keys(visit.req.query).every((name) => name === 'lang');
    const filtered = isBare ? { ...given, query: USUAL } : given;
    const cursor = cursorIn(visit);
    const answer = await visit.api.listInbox({
      query: { ...filtered.query, limit: 50, ...(cursor === null ? {} : { cursor }) } as ListQuery,
    });
    const refused = answer.status === 400 ? toldOf('listInbox', answer) : undefined;
    const { items, next_cursor: next } =
      refused === undefined ? shown(answer) : { items: [], next_cursor: null };
    const { status } = filtered.query as Readonly<Record<string, string>>;
    const mayReplay = items.length > 0 && (status === 'quarantined' || status === 'done');
    return {
      kind: 'view',
      title: words.title,
      place: 'inbox',
      ...(refused === undefined ? {} : { told: refused, status: 400 }),
      body: html`<p>${words.lead}</p>
${tabs(filtered.query, words)}
${await viewsBar(visit, 'inbox', filtered.query)}
${filterForm(visit, INBOX_PATH, filters, filtered)}
${
  items.length === 0
    ? html`<p class="notice ok">${lists.none}</p>`
    : tableCard<Webhook>(
        words.title,
        [
          {
            heading: words.event,
            cell: (one) => html`<a href="${INBOX_PATH}/${one.id}">${sourceOf(one)}: ${one.event}</a>`,
          },
          { heading: words.status, cell: (one) => statusOf(one, words) },
          { heading: words.reason, cell: (one) => whyOf(one, words) },
          { heading: words.received, cell: (one) => time(one.received_at, visit) },
          { heading: words.attempts, number: true, cell: (one) => one.attempts },
        ],
        items,
      )
}
${listFoot(visit, INBOX_PATH, { query: filtered.query, next, csv: true })}
${
  mayReplay &&
  folded(
    words.replayManyTitle,
    html`<p>${words.replayManyLead} ${words.replayLead}</p>
${form(
  visit,
  `${INBOX_PATH}/replay`,
  html`${replayFields(filtered.query)}${reasonField(visit, 'replay-reason')}
<p><button type="submit">${words.replayMany}</button></p>`,
)}`,
  )
}`,
    };
  },
};

export const inboxExport: OperatorPage = {
  path: `${INBOX_PATH}.csv`,
  show: (visit) => sendExport(visit, '/api/v1/admin/inbox'),
};

const FILTER = 'filter.';

function filterIn({ fields }: SentForm): Record<string, string> {
  const filter: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields))
    if (name.startsWith(FILTER)) filter[name.slice(FILTER.length)] = value;
  return filter;
}

type ReplayBody = Parameters<Visit['api']['replayInbox']>[0]['body'];

/** Where what a filter finds is delivered again, a page of it; the next one is offered when there is one. */
export const replayInboxPage: OperatorPage = {
  path: `${INBOX_PATH}/replay`,
  async take(visit, sent) {
    const words = operatorInboxWords[visit.language];
    const filter = filterIn(sent);
    const reason = sent.text('reason');
    const cursor = sent.text('cursor');
    const answer = await visit.api.replayInbox({
      body: {
        filter,
        ...(reason === '' ? {} : { reason }),
        ...(cursor === '' ? {} : { cursor }),
      } as ReplayBody,
    });
    const act = 'replayInbox';
    const to = addressOf(INBOX_PATH, filter);
    if (answer.status !== 200) return { kind: 'go', to, told: toldOf(act, answer) };
    const { items, next_cursor: next } = answer.body;
    const told = {
      act,
      outcome: 'done',
      count: items.filter(({ outcome }) => outcome === 'replayed').length,
    };
    if (next === null) return { kind: 'go', to, told };
    return {
      kind: 'view',
      title: words.replayManyTitle,
      place: 'inbox',
      told,
      body: html`<p>${words.replayMore}</p>
${form(
  visit,
  `${INBOX_PATH}/replay`,
  html`${replayFields(filter)}<input type="hidden" name="cursor" value="${next}"><input type="hidden" name="reason" value="${reason}">
<p class="actions"><button type="submit">${words.replayMany}</button> <a class="button secondary" href="${to}">${words.title}</a></p>`,
)}`,
    };
  },
};
