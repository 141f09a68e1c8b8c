import type { AnswerOf } from '../../../integrations/latchkey/client.ts';
import { type Html, html } from '../../../platform/html.ts';
import { operatorBookingsWords } from '../../pages/messages/operator-bookings.ts';
import type { OperatorBookingsWords } from '../../pages/messages/operator-bookings.en.ts';
import { operatorListsWords } from '../../pages/messages/operator-lists.ts';
import { NothingToShow, toldOf } from '../answers.ts';
import { tick } from '../fields.ts';
import {
  cursorIn,
  type Filter,
  type Filtered,
  filteredBy,
  filterForm,
  listFoot,
  sendExport,
} from '../filters.ts';
import { frameFields } from '../forms.ts';
import { badge, tableCard, type Tone } from '../table.ts';
import { time } from '../times.ts';
import type { Told } from '../told.ts';
import { viewsBar } from '../views-bar.ts';
import type { OperatorPage, Visit } from '../visit.ts';

export const BOOKINGS_PATH = '/admin/bookings';
const PER_PAGE = 25;

export type ShownBooking = Extract<
  AnswerOf<'getBookingAsAdmin'>,
  { readonly status: 200 }
>['body']['results']['booking'];

const tones: Readonly<Record<ShownBooking['status'], Tone>> = {
  pending: 'plain',
  scheduled: 'ok',
  completed: 'ok',
  cancelled: 'plain',
};

/** Where a booking stands, and what a person should know of that at once. */
export function bookingState(booking: ShownBooking, words: OperatorBookingsWords): Html {
  return html`${badge(words.statuses[booking.status], tones[booking.status])}${
    booking.needsAttention && html` ${badge(words.attention, 'danger')}`
  }${booking.degraded && html` ${badge(words.degraded, 'warn')}`}${
    booking.noShow && html` ${badge(words.noShow, 'warn')}`
  }${!booking.isRead && html` ${badge(words.unread, 'plain')}`}`;
}

/** Nobody has a name once the booking was erased. */
export const nameOf = ({ firstName, lastName, _id: id }: ShownBooking): string =>
  `${firstName} ${lastName}`.trim() || id;

function filtersOf(words: OperatorBookingsWords): readonly Filter[] {
  const options = <Values extends Readonly<Record<string, string>>>(values: Values) => Object.entries(values);
  return [
    { kind: 'text', name: 'term', label: words.term, hint: words.termHint },
    { kind: 'choice', name: 'status', label: words.status, options: options(words.statuses) },
    {
      kind: 'choice',
      name: 'isRead',
      label: words.isRead,
      options: [
        ['false', words.unread],
        ['true', words.read],
      ],
    },
    { kind: 'choice', name: 'sortBy', label: words.sortBy, options: options(words.sorts), always: true },
    {
      kind: 'choice',
      name: 'sortDirection',
      label: words.sortDirection,
      options: options(words.directions),
      always: true,
    },
  ];
}

/** What is the order anyhow is no filter. */
function withoutUsual({ query, errors }: Filtered): Filtered {
  const { sortBy, sortDirection, ...rest } = query;
  return {
    errors,
    query: {
      ...rest,
      ...(sortBy === undefined || sortBy === 'createdAt' ? {} : { sortBy }),
      ...(sortDirection === undefined || sortDirection === 'desc' ? {} : { sortDirection }),
    },
  };
}

type ListQuery = NonNullable<NonNullable<Parameters<Visit['api']['listBookings']>[0]>['query']>;

async function asked(visit: Visit, query: Filtered['query']) {
  const cursor = cursorIn(visit);
  const answer = await visit.api.listBookings({
    // What does not fit is the API's to refuse.
    query: { ...query, limit: PER_PAGE, ...(cursor === null ? {} : { cursor }) } as ListQuery,
  });
  if (answer.status === 200 && typeof answer.body !== 'string')
    return { results: answer.body.results, told: undefined };
  if (answer.status !== 400) throw new NothingToShow(answer.status, toldOf('listBookings', answer).outcome);
  return { results: null, told: toldOf('listBookings', answer) };
}

/** Visitors' bookings, searched, filtered and sorted as REST does it. */
export const bookingsPage: OperatorPage = {
  path: BOOKINGS_PATH,
  async show(visit) {
    const words = operatorBookingsWords[visit.language];
    const lists = operatorListsWords[visit.language];
    const filters = filtersOf(words);
    const filtered = withoutUsual(filteredBy(visit, filters));
    const { results, told } = await asked(visit, filtered.query);
    const bookings = results?.bookings ?? [];
    const list = html`<form method="post" action="${BOOKINGS_PATH}/delete">${frameFields(visit.operator)}
${tableCard<ShownBooking>(
  words.title,
  [
    {
      heading: words.who,
      cell: (one) =>
        html`<a href="${BOOKINGS_PATH}/${one._id}">${nameOf(one)}</a>${one.companyName !== '' && html`<br>${one.companyName}`}`,
    },
    { heading: words.status, cell: (one) => bookingState(one, words) },
    { heading: words.appointment, cell: (one) => time(one.scheduledAt, visit) },
    { heading: words.askedFor, cell: (one) => time(one.createdAt, visit) },
    {
      heading: words.deleteTitle,
      cell: (one) =>
        html`<label class="choice"><input type="checkbox" name="id-${one._id}" value="yes"> <span class="hidden-words">${lists.choose(nameOf(one))}</span></label>`,
    },
  ],
  bookings,
)}
<details><summary>${words.deleteMany}</summary>
<p>${words.deleteLead}</p>
${tick({ name: 'sure', value: 'yes', label: words.deleteManySure })}
<p><button class="danger" type="submit">${words.deleteMany}</button></p></details>
</form>`;
    return {
      kind: 'view',
      title: words.title,
      place: 'bookings',
      ...(told === undefined ? {} : { told, status: 400 }),
      body: html`<p>${words.lead}</p>
${await viewsBar(visit, 'bookings', filtered.query)}
${filterForm(visit, BOOKINGS_PATH, filters, filtered)}
${results !== null && html`<p class="muted">${lists.total(results.pagination.total)}</p>`}
${bookings.length === 0 ? html`<p class="notice">${lists.none}</p>` : list}
${listFoot(visit, BOOKINGS_PATH, { query: filtered.query, next: results?.pagination.nextCursor ?? null, csv: true })}
<p><a href="/admin/calendly">${words.account}</a></p>`,
    };
  },
};

/** The whole list as a file. */
export const bookingsExport: OperatorPage = {
  path: `${BOOKINGS_PATH}.csv`,
  show: (visit) => sendExport(visit, '/api/v1/admin/booking'),
};

/** Where those that are ticked are deleted. */
export const deleteBookingsPage: OperatorPage = {
  path: `${BOOKINGS_PATH}/delete`,
  async take({ api }, sent) {
    const ids = Object.keys(sent.fields)
      .filter((name) => name.startsWith('id-'))
      .map((name) => name.slice(3));
    const act = 'deleteBookings';
    const to = BOOKINGS_PATH;
    if (ids.length === 0)
      return { kind: 'go', to, told: { act, outcome: 'refused', reason: 'nothing-ticked' } };
    if (sent.text('sure') !== 'yes')
      return { kind: 'go', to, told: { act, outcome: 'refused', reason: 'not-sure' } };
    const answer = await api.deleteBookings({
      path: { id: ids.join(',') },
      headers: { 'Idempotency-Key': sent.key },
    });
    if (answer.status !== 200 && answer.status !== 207) return { kind: 'go', to, told: toldOf(act, answer) };
    const failed = answer.body.results.outcomes.find(({ outcome }) => outcome === 'failed');
    const told: Told =
      failed === undefined
        ? { act, outcome: 'done', count: ids.length }
        : { act, outcome: failed.code ?? 'internal', detail: failed._id };
    return { kind: 'go', to, told };
  },
};
