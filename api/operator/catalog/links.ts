import type { AnswerOf } from '../../../integrations/latchkey/client.ts';
import { html } from '../../../platform/html.ts';
import { operatorCatalogWords } from '../../pages/messages/operator-catalog.ts';
import { operatorListsWords } from '../../pages/messages/operator-lists.ts';
import { NothingToShow, toldOf } from '../answers.ts';
import { choiceField, folded, textField } from '../fields.ts';
import { cursorIn, type Filter, filteredBy, filterForm, listFoot, sendExport } from '../filters.ts';
import { form } from '../forms.ts';
import { badge, tableCard } from '../table.ts';
import { time } from '../times.ts';
import type { Told } from '../told.ts';
import type { OperatorPage, OperatorView, Visit } from '../visit.ts';
import { CATALOG_PATH } from './kinds.ts';

const PATH = `${CATALOG_PATH}/links`;

type Listed = Exclude<
  Extract<AnswerOf<'listBookingLinks'>, { readonly status: 200 }>['body'],
  string
>['data'];
type Link = Listed['items'][number];
type ListQuery = NonNullable<NonNullable<Parameters<Visit['api']['listBookingLinks']>[0]>['query']>;
type Wanted = Parameters<Visit['api']['createBookingLink']>[0]['body'];

async function asked(
  visit: Visit,
  query: Readonly<Record<string, string>>,
): Promise<{ readonly listed: Listed; readonly told?: Told }> {
  const cursor = cursorIn(visit);
  const answer = await visit.api.listBookingLinks({
    query: { ...query, ...(cursor === null ? {} : { cursor }) } as unknown as ListQuery,
  });
  if (answer.status === 200 && typeof answer.body !== 'string') return { listed: answer.body.data };
  const told = toldOf('listBookingLinks', answer);
  if (answer.status !== 400) throw new NothingToShow(answer.status, told.outcome);
  return { listed: { items: [], next_cursor: null }, told };
}

async function view(
  visit: Visit,
  again: { readonly typed: Readonly<Record<string, string>>; readonly told?: Told } = { typed: {} },
): Promise<OperatorView> {
  const words = operatorCatalogWords[visit.language];
  const filters: readonly Filter[] = [
    { kind: 'choice', name: 'state', label: words.state, options: Object.entries(words.linkStates) },
    { kind: 'text', name: 'template_id', label: words.template, hint: words.templateHint },
    { kind: 'text', name: 'client_id', label: words.client, hint: words.clientHint },
  ];
  const filtered = filteredBy(visit, filters);
  const { listed, told = again.told } = await asked(visit, filtered.query);
  const typed = (name: string): string => again.typed[name] ?? filtered.query[name] ?? '';
  const revoke = (link: Link) =>
    link.state === 'revoked'
      ? time(link.revoked_at, visit)
      : folded(
          words.revoke,
          html`<p>${words.revokeSure}</p>${form(
            visit,
            `${PATH}/revoke`,
            html`<input type="hidden" name="jti" value="${link.jti}"><button class="danger small" type="submit">${words.revoke}</button>`,
          )}`,
        );
  return {
    kind: 'view',
    title: words.links,
    place: 'catalog',
    ...(told === undefined ? {} : { told, status: 409 }),
    body: html`<p>${words.linksLead}</p>
${filterForm(visit, PATH, filters, filtered)}
${
  listed.items.length === 0
    ? html`<p class="notice">${operatorListsWords[visit.language].none}</p>`
    : tableCard<Link>(
        words.links,
        [
          {
            heading: words.state,
            cell: ({ state }) => badge(words.linkStates[state], state === 'active' ? 'ok' : 'plain'),
          },
          { heading: words.purpose, cell: ({ purpose }) => words.purposes[purpose] },
          {
            heading: words.client,
            cell: ({ client_id: id }) => html`<a href="${CATALOG_PATH}/clients/${id}">${id}</a>`,
          },
          {
            heading: words.template,
            cell: ({ template_id: id }) => html`<a href="${CATALOG_PATH}/templates/${id}">${id}</a>`,
          },
          { heading: words.created, cell: (one) => time(one.created_at, visit) },
          { heading: words.expires, cell: (one) => time(one.expires_at, visit) },
          { heading: words.uses, number: true, cell: ({ uses }) => uses },
          { heading: words.revoke, cell: revoke },
        ],
        listed.items,
      )
}
${listFoot(visit, PATH, { query: filtered.query, next: listed.next_cursor, csv: true })}
<section class="card">${folded(
      words.makeLink,
      form(
        visit,
        PATH,
        html`${textField({ name: 'template_id', id: 'new-template', type: 'number', label: words.template, hint: words.templateHint, value: typed('template_id'), required: true })}
${textField({ name: 'client_id', id: 'new-client', type: 'number', label: words.client, hint: words.clientHint, value: typed('client_id'), required: true })}
${choiceField({ name: 'purpose', label: words.purpose, value: typed('purpose'), options: Object.entries(words.purposes) })}
<p><button type="submit">${words.makeLink}</button></p>`,
      ),
      again.told !== undefined,
    )}</section>`,
  };
}

/** Booking links, and the form that makes one. Its token stands in the answer to the form alone. */
export const linksPage: OperatorPage = {
  path: PATH,
  show: (visit) => view(visit),
  async take(visit, sent) {
    const words = operatorCatalogWords[visit.language];
    const answer = await visit.api.createBookingLink({
      body: {
        template_id: Number(sent.text('template_id') || 'NaN'),
        client_id: Number(sent.text('client_id') || 'NaN'),
        token_purpose: sent.text('purpose') as Wanted['token_purpose'],
      },
    });
    if (answer.status !== 201)
      return view(visit, { typed: sent.fields, told: toldOf('createBookingLink', answer) });
    return {
      kind: 'view',
      title: words.linkMade,
      place: 'catalog',
      body: html`<section class="card"><h2>${words.link}</h2><p>${words.linkOnce}</p><pre>${answer.body.data.url}</pre>
<p><a class="button secondary" href="${PATH}">${words.all}</a></p></section>`,
    };
  },
};

export const linksExport: OperatorPage = {
  path: `${PATH}.csv`,
  show: (visit) => sendExport(visit, '/booking/link'),
};

/** Where a link is revoked. */
export const revokeLinkPage: OperatorPage = {
  path: `${PATH}/revoke`,
  async take({ api }, sent) {
    const answer = await api.revokeBookingLink({ body: { jti: sent.text('jti') } });
    return { kind: 'go', to: PATH, told: toldOf('revokeBookingLink', answer) };
  },
};
