import type { AnswerOf } from '../../../integrations/latchkey/client.ts';
import { type Html, html } from '../../../platform/html.ts';
import type { OperatorCatalogWords } from '../../pages/messages/operator-catalog.en.ts';
import { operatorCatalogWords } from '../../pages/messages/operator-catalog.ts';
import { operatorListsWords } from '../../pages/messages/operator-lists.ts';
import { shown, toldOf } from '../answers.ts';
import { choiceField, folded, textField } from '../fields.ts';
import { cursorIn, listFoot, sendExport } from '../filters.ts';
import { form } from '../forms.ts';
import { type Column, facts, tableCard } from '../table.ts';
import { time } from '../times.ts';
import type { Told } from '../told.ts';
import type { OperatorPage, OperatorView, SentForm, Visit } from '../visit.ts';

export const CATALOG_PATH = '/admin/catalog';

type ItemOf<Id extends 'listCalendars' | 'listTemplates' | 'listClients'> = Exclude<
  Extract<AnswerOf<Id>, { readonly status: 200 }>['body'],
  string
>['items'][number];
type Calendar = ItemOf<'listCalendars'>;
type Template = ItemOf<'listTemplates'>;
export type Client = ItemOf<'listClients'>;

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

interface Page<Row> {
  readonly items: readonly Row[];
  readonly next_cursor: string | null;
}

type Typed = Readonly<Record<string, string>>;

/** One kind of things in the catalog, over its three operations. */
interface Kind<Row extends { readonly id: number }> {
  readonly name: 'calendars' | 'templates' | 'clients';
  readonly list: (visit: Visit, query: { readonly cursor?: string }) => Promise<Page<Row>>;
  readonly columns: (words: OperatorCatalogWords) => readonly Column<Row>[];
  readonly fields: (words: OperatorCatalogWords, typed: Typed) => Html;
  /** The id of its operation, and its answer. */
  readonly add: (visit: Visit, sent: SentForm) => Promise<readonly [string, Answer]>;
}

const lead = { calendars: 'calendarsLead', templates: 'templatesLead', clients: 'clientsLead' } as const;

async function view<Row extends { readonly id: number }>(
  visit: Visit,
  kind: Kind<Row>,
  again: { readonly typed: Typed; readonly told?: Told } = { typed: {} },
): Promise<OperatorView> {
  const words = operatorCatalogWords[visit.language];
  const path = `${CATALOG_PATH}/${kind.name}`;
  const cursor = cursorIn(visit);
  const { items, next_cursor: next } = await kind.list(visit, cursor === null ? {} : { cursor });
  return {
    kind: 'view',
    title: words[kind.name],
    place: 'catalog',
    ...(again.told === undefined ? {} : { told: again.told, status: 409 }),
    body: html`<p>${words[lead[kind.name]]}</p>
${items.length === 0 ? html`<p class="notice">${operatorListsWords[visit.language].none}</p>` : tableCard<Row>(words[kind.name], kind.columns(words), items)}
${listFoot(visit, path, { query: {}, next, csv: true })}
<section class="card">${folded(
      words.add,
      form(
        visit,
        path,
        html`${kind.fields(words, again.typed)}<p><button type="submit">${words.save}</button></p>`,
      ),
      again.told !== undefined,
    )}</section>`,
  };
}

/** The list of one kind with the form that adds to it, and the list as a file. */
function pagesOf<Row extends { readonly id: number }>(kind: Kind<Row>): readonly OperatorPage[] {
  const path = `${CATALOG_PATH}/${kind.name}`;
  return [
    {
      path,
      show: (visit) => view(visit, kind),
      async take(visit, sent) {
        const [act, answer] = await kind.add(visit, sent);
        const told = toldOf(act, answer);
        return told.outcome === 'done'
          ? { kind: 'go', to: path, told }
          : view(visit, kind, { typed: sent.fields, told });
      },
    },
    { path: `${path}.csv`, show: (visit) => sendExport(visit, `/api/v1/admin/${kind.name}`) },
  ];
}

const linkTo = (name: Kind<Calendar>['name'], id: number, words: string | number): Html =>
  html`<a href="${CATALOG_PATH}/${name}/${id}">${words}</a>`;

const valueOf = (typed: Typed, name: string): { readonly value: string } => ({ value: typed[name] ?? '' });

/** Digits as the number that they are; anything else goes on as it is, and the API says what is wrong with it. */
const numberIn = (sent: SentForm, name: string): number => Number(sent.text(name) || 'NaN');

export const calendarPages = pagesOf<Calendar>({
  name: 'calendars',
  list: async ({ api }, query) => shown(await api.listCalendars({ query })),
  columns: (words) => [
    { heading: 'ID', number: true, cell: ({ id }) => id },
    { heading: words.name, cell: ({ id, name }) => linkTo('calendars', id, name) },
    { heading: words.provider, cell: ({ provider }) => provider },
    { heading: words.eventType, cell: (one) => html`<code>${one.event_type}</code>` },
    { heading: words.owner, number: true, cell: (one) => one.user_id },
  ],
  fields: (
    words,
    typed,
  ) => html`${textField({ name: 'name', label: words.name, required: true, ...valueOf(typed, 'name') })}
${textField({ name: 'user_id', type: 'number', label: words.owner, required: true, ...valueOf(typed, 'user_id') })}
${choiceField({
  name: 'provider',
  label: words.provider,
  ...valueOf(typed, 'provider'),
  options: [
    ['calendly', 'Calendly'],
    ['calcom', 'Cal.com'],
  ],
})}
${textField({ name: 'event_type', label: words.eventType, hint: words.eventTypeHint, required: true, ...valueOf(typed, 'event_type') })}`,
  add: async ({ api }, sent) => [
    'createCalendar',
    await api.createCalendar({
      body: {
        name: sent.text('name'),
        user_id: numberIn(sent, 'user_id'),
        provider: sent.text('provider') === 'calcom' ? 'calcom' : 'calendly',
        event_type: sent.text('event_type'),
      },
    }),
  ],
});

export const templatePages = pagesOf<Template>({
  name: 'templates',
  list: async ({ api }, query) => shown(await api.listTemplates({ query })),
  columns: (words) => [
    { heading: 'ID', number: true, cell: ({ id }) => id },
    { heading: words.name, cell: ({ id, name }) => linkTo('templates', id, name) },
    { heading: words.minutes, number: true, cell: (one) => one.duration_minutes },
    { heading: words.calendar, cell: (one) => linkTo('calendars', one.calendar_id, one.calendar_id) },
    {
      heading: words.product,
      cell: ({ saleor_product_id: product }) => (product === null ? null : html`<code>${product}</code>`),
    },
  ],
  fields: (
    words,
    typed,
  ) => html`${textField({ name: 'name', label: words.name, required: true, ...valueOf(typed, 'name') })}
${textField({ name: 'calendar_id', type: 'number', label: words.calendar, hint: words.calendarHint, required: true, ...valueOf(typed, 'calendar_id') })}
${textField({ name: 'duration_minutes', type: 'number', label: words.minutes, required: true, ...valueOf(typed, 'duration_minutes') })}`,
  add: async ({ api }, sent) => [
    'createTemplate',
    await api.createTemplate({
      body: {
        name: sent.text('name'),
        calendar_id: numberIn(sent, 'calendar_id'),
        duration_minutes: numberIn(sent, 'duration_minutes'),
      },
    }),
  ],
});

export const clientPages = pagesOf<Client>({
  name: 'clients',
  list: async ({ api }, query) => shown(await api.listClients({ query })),
  columns: (words) => [
    { heading: 'ID', number: true, cell: ({ id }) => id },
    {
      heading: words.name,
      cell: (one) => linkTo('clients', one.id, `${one.first_name} ${one.last_name}`.trim() || one.id),
    },
    { heading: words.email, cell: ({ email }) => email },
    { heading: words.language, cell: ({ language }) => language },
  ],
  fields: (
    words,
    typed,
  ) => html`${textField({ name: 'email', type: 'email', label: words.email, required: true, ...valueOf(typed, 'email') })}
${textField({ name: 'first_name', label: words.firstName, required: true, ...valueOf(typed, 'first_name') })}
${textField({ name: 'last_name', label: words.lastName, required: true, ...valueOf(typed, 'last_name') })}
${textField({ name: 'language', label: words.language, hint: words.languageHint, value: typed['language'] ?? 'en', required: true })}`,
  add: async ({ api }, sent) => [
    'createClient',
    await api.createClient({
      body: {
        email: sent.text('email'),
        first_name: sent.text('first_name'),
        last_name: sent.text('last_name'),
        language: sent.text('language'),
      },
    }),
  ],
});

const paramId = ({ req }: Visit): { readonly id: number } => ({ id: Number(req.params['id']) });

/** One calendar. */
export const calendarPage: OperatorPage = {
  path: `${CATALOG_PATH}/calendars/:id`,
  async show(visit) {
    const words = operatorCatalogWords[visit.language];
    const one = shown(await visit.api.getCalendar({ path: paramId(visit) }));
    return {
      kind: 'view',
      title: one.name,
      place: 'catalog',
      body: html`<section class="card">${facts([
        ['ID', one.id],
        [words.provider, one.provider],
        [words.eventType, html`<code>${one.event_type}</code>`],
        [words.owner, one.user_id],
        [words.created, time(one.created_at, visit)],
      ])}</section><p><a href="${CATALOG_PATH}/calendars">${words.calendars}</a></p>`,
    };
  },
};

/** One template. */
export const templatePage: OperatorPage = {
  path: `${CATALOG_PATH}/templates/:id`,
  async show(visit) {
    const words = operatorCatalogWords[visit.language];
    const one = shown(await visit.api.getTemplate({ path: paramId(visit) }));
    return {
      kind: 'view',
      title: one.name,
      place: 'catalog',
      body: html`<section class="card">${facts([
        ['ID', one.id],
        [words.minutes, one.duration_minutes],
        [words.calendar, linkTo('calendars', one.calendar_id, one.calendar_id)],
        [words.product, one.saleor_product_id],
        [words.created, time(one.created_at, visit)],
      ])}</section>
<p class="actions"><a class="button secondary" href="${CATALOG_PATH}/links?template_id=${one.id}">${words.links}</a> <a href="${CATALOG_PATH}/templates">${words.templates}</a></p>`,
    };
  },
};

/** Where the catalog begins. */
export const catalogPage: OperatorPage = {
  path: CATALOG_PATH,
  async show({ language }) {
    const words = operatorCatalogWords[language];
    const parts = [
      ['calendars', words.calendars, words.calendarsLead],
      ['templates', words.templates, words.templatesLead],
      ['clients', words.clients, words.clientsLead],
      ['links', words.links, words.linksLead],
    ] as const;
    return {
      kind: 'view',
      title: words.title,
      place: 'catalog',
      body: html`<p>${words.lead}</p>${parts.map(
        ([name, title, about]) =>
          html`<section class="card"><h2><a href="${CATALOG_PATH}/${name}">${title}</a></h2><p>${about}</p></section>`,
      )}`,
    };
  },
};
