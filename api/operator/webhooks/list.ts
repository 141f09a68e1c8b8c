import type { AnswerOf } from '../../../integrations/latchkey/client.ts';
import { type Html, html } from '../../../platform/html.ts';
import { subscriptionSchema } from '../../admin/webhooks/model.ts';
import type { OperatorWebhooksWords } from '../../pages/messages/operator-webhooks.en.ts';
import { operatorListsWords } from '../../pages/messages/operator-lists.ts';
import { operatorWebhooksWords } from '../../pages/messages/operator-webhooks.ts';
import { shown, toldOf } from '../answers.ts';
import { folded, textField, tick } from '../fields.ts';
import { cursorIn, listFoot } from '../filters.ts';
import { form } from '../forms.ts';
import { badge, tableCard } from '../table.ts';
import { time } from '../times.ts';
import type { Told } from '../told.ts';
import type { OperatorPage, OperatorView, SentForm, Visit } from '../visit.ts';

export const WEBHOOKS_PATH = '/admin/webhooks';

const SUBSCRIPTIONS = subscriptionSchema.options;

export type Endpoint = Extract<AnswerOf<'getWebhookEndpoint'>, { readonly status: 200 }>['body'];

export const stateOf = ({ state }: Pick<Endpoint, 'state'>, words: OperatorWebhooksWords): Html =>
  badge(words.states[state], state === 'enabled' ? 'ok' : 'warn');

/** The fields of an endpoint. @param typed of a form that is shown again. */
export function endpointFields(
  words: OperatorWebhooksWords,
  endpoint: Pick<Endpoint, 'url' | 'description' | 'events'> | null,
  typed: Readonly<Record<string, string>>,
): Html {
  const isTyped = 'url' in typed;
  const isTicked = (event: (typeof SUBSCRIPTIONS)[number]): boolean =>
    isTyped ? typed[`event-${event}`] === 'yes' : (endpoint?.events.includes(event) ?? false);
  return html`${textField({ name: 'url', type: 'url', label: words.url, hint: words.urlHint, value: typed['url'] ?? endpoint?.url ?? '', required: true })}
${textField({ name: 'description', label: words.description, value: typed['description'] ?? endpoint?.description ?? '' })}
<fieldset><legend>${words.events}</legend>${SUBSCRIPTIONS.map((event) => tick({ name: `event-${event}`, value: 'yes', label: event, ticked: isTicked(event) }))}</fieldset>`;
}

/** What was typed in them. */
export function endpointOf(sent: SentForm) {
  const description = sent.text('description');
  return {
    url: sent.text('url'),
    description: description === '' ? null : description,
    events: SUBSCRIPTIONS.filter((event) => sent.text(`event-${event}`) === 'yes'),
  };
}

/** A secret, which stands in the answer to a form alone. */
export function secretView(visit: Visit, id: string, secret: string, title: string): OperatorView {
  const words = operatorWebhooksWords[visit.language];
  return {
    kind: 'view',
    title,
    place: 'webhooks',
    body: html`<section class="card"><h2>${words.secretTitle}</h2><p>${words.secretOnce}</p><pre>${secret}</pre>
<p><a class="button secondary" href="${WEBHOOKS_PATH}/${id}">${words.open}</a></p></section>`,
  };
}

async function view(
  visit: Visit,
  again: { readonly typed: Readonly<Record<string, string>>; readonly told?: Told } = { typed: {} },
): Promise<OperatorView> {
  const words = operatorWebhooksWords[visit.language];
  const cursor = cursorIn(visit);
  const { items, next_cursor: next } = shown(
    await visit.api.listWebhookEndpoints({ query: cursor === null ? {} : { cursor } }),
  );
  return {
    kind: 'view',
    title: words.title,
    place: 'webhooks',
    ...(again.told === undefined ? {} : { told: again.told, status: 409 }),
    body: html`<p>${words.lead}</p>
${
  items.length === 0
    ? html`<p class="notice">${operatorListsWords[visit.language].none}</p>`
    : tableCard<Endpoint>(
        words.title,
        [
          { heading: words.url, cell: (one) => html`<a href="${WEBHOOKS_PATH}/${one.id}">${one.url}</a>` },
          { heading: words.state, cell: (one) => stateOf(one, words) },
          { heading: words.events, cell: (one) => one.events.join(', ') },
          { heading: words.description, cell: (one) => one.description },
          { heading: words.added, cell: (one) => time(one.created_at, visit) },
        ],
        items,
      )
}
${listFoot(visit, WEBHOOKS_PATH, { query: {}, next, csv: false })}
<section class="card">${folded(
      words.add,
      form(
        visit,
        WEBHOOKS_PATH,
        html`${endpointFields(words, null, again.typed)}<p><button type="submit">${words.add}</button></p>`,
      ),
      again.told !== undefined,
    )}</section>`,
  };
}

/** Where a tenant is told of events; one more is added here, and its secret shown. */
export const endpointsPage: OperatorPage = {
  path: WEBHOOKS_PATH,
  show: (visit) => view(visit),
  async take(visit, sent) {
    const { description, ...wanted } = endpointOf(sent);
    const answer = await visit.api.createWebhookEndpoint({
      body: { ...wanted, ...(description === null ? {} : { description }) },
    });
    if (answer.status !== 201)
      return view(visit, { typed: sent.fields, told: toldOf('createWebhookEndpoint', answer) });
    const { id, secret } = answer.body;
    return secretView(visit, id, secret, operatorWebhooksWords[visit.language].made);
  },
};
