import type { Operations, Session } from '../../../integrations/latchkey/operations.generated.ts';
import { type Html, html } from '../../../platform/html.ts';
import { OUTCOMES, PHASES } from '../../admin/sessions/filter.ts';
import { operatorSessionsWords } from '../../pages/messages/operator-sessions.ts';
import { shown } from '../answers.ts';
import {
  addressOf,
  cursorIn,
  type Filter,
  filteredBy,
  filterForm,
  listFoot,
  sendExport,
} from '../filters.ts';
import { type Column, table } from '../table.ts';
import { time } from '../times.ts';
import { viewsBar } from '../views-bar.ts';
import type { OperatorPage, Visit } from '../visit.ts';
import { sessionBadges } from './badges.ts';

export const SESSIONS = '/admin/sessions';
const PER_PAGE = 50;

/** What the list is asked for, as the API writes it. */
type SessionQuery = NonNullable<Operations['listSessions']['request']['query']>;

/** The fields that sessions are filtered by: those of the API. */
export function sessionFilters({ language, zone }: Visit): readonly Filter[] {
  const { list, phases, outcomes } = operatorSessionsWords[language];
  const yesOrNo = [
    ['true', list.yes],
    ['false', list.no],
  ] as const;
  const time = (name: string, label: string) =>
    ({ kind: 'instant', name, label: `${label} (${zone})` }) as const;
  return [
    { kind: 'text', name: 'term', label: list.term, hint: list.termHint },
    { kind: 'choice', name: 'phase', label: list.phase, options: PHASES.map((one) => [one, phases[one]]) },
    {
      kind: 'choice',
      name: 'outcome',
      label: list.outcome,
      options: OUTCOMES.map((one) => [one, outcomes[one]]),
    },
    { kind: 'choice', name: 'attention', label: list.attention, options: yesOrNo },
    { kind: 'choice', name: 'late_change', label: list.lateChange, options: yesOrNo },
    time('starts_from', list.startsFrom),
    time('starts_to', list.startsTo),
    time('created_from', list.createdFrom),
    time('created_to', list.createdTo),
  ];
}

/** The order is no filter: it narrows nothing. */
function orderFilter({ language }: Visit): Filter {
  const { list } = operatorSessionsWords[language];
  return {
    kind: 'choice',
    name: 'order',
    label: list.order,
    always: true,
    options: [
      ['created', list.orders.created],
      ['starts', list.orders.starts],
    ],
  };
}

const nameOf = ({ first_name, last_name }: Session): string => `${first_name} ${last_name}`.trim();

/** A table of sessions, each row leading to its session. */
export function sessionsTable(visit: Visit, caption: string, sessions: readonly Session[]): Html {
  const { list } = operatorSessionsWords[visit.language];
  const columns: readonly Column<Session>[] = [
    {
      heading: list.client,
      cell: (one) =>
        html`<a href="${SESSIONS}/${one.id}">${nameOf(one) || list.noName}</a><br><span class="muted">${one.email}</span>`,
    },
    {
      heading: list.product,
      cell: ({ product, variant }) =>
        html`${product}${variant !== '' && variant !== product && html`<br><span class="muted">${variant}</span>`}`,
    },
    {
      heading: list.starts,
      cell: (one) => time(one.starts_at, visit) ?? html`<span class="muted">${list.notBooked}</span>`,
    },
    { heading: list.state, cell: (one) => sessionBadges(visit, one) },
    { heading: list.orderNumber, cell: (one) => one.order_number },
    { heading: list.takenIn, cell: (one) => time(one.created_at, visit) },
  ];
  return table(caption, columns, sessions);
}

export const sessionsPage: OperatorPage = {
  path: SESSIONS,
  async show(visit) {
    const { list } = operatorSessionsWords[visit.language];
    const filters = [...sessionFilters(visit), orderFilter(visit)];
    const filtered = filteredBy(visit, filters);
    const { query } = filtered;
    const { order, ...narrowing } = query;
    const cursor = cursorIn(visit);
    // What is not one of the API's own words is refused by the API itself.
    const asked: SessionQuery = { ...query, limit: PER_PAGE, ...(cursor !== null && { cursor }) };
    const [page, count] = await Promise.all([
      visit.api.listSessions({ query: asked }),
      visit.api.countSessions({ query: narrowing }),
    ]);
    const { items, next_cursor: next } = shown(page);
    const { total } = shown(count);
    const many = list.count(new Intl.NumberFormat(visit.language).format(total), total);
    const isNarrowed = Object.keys(narrowing).length > 0 && total > 0;
    return {
      kind: 'view',
      ...(Object.keys(filtered.errors).length > 0 && { status: 400 }),
      title: list.title,
      place: 'sessions',
      body: html`${await viewsBar(visit, 'sessions', order === 'starts' ? query : narrowing)}
${filterForm(visit, SESSIONS, filters, filtered)}
<p class="actions"><strong>${total === 0 ? list.none : many}</strong>
${isNarrowed && html`<a class="button secondary small" href="${addressOf(`${SESSIONS}/bulk`, narrowing)}">${list.bulk}</a>`}
<a class="button secondary small" href="${SESSIONS}/start">${list.start}</a></p>
${total > 0 && html`<div class="card">${sessionsTable(visit, many, items)}</div>`}
${listFoot(visit, SESSIONS, { query, next, csv: true })}`,
    };
  },
};

/** The same list as a file. */
export const sessionsExport: OperatorPage = {
  path: `${SESSIONS}.csv`,
  show: (visit) => sendExport(visit, '/api/v1/admin/sessions'),
};
