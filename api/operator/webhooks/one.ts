import type { AnswerOf } from '../../../integrations/latchkey/client.ts';
import { readInstant } from '../../../integrations/saleor/instant.ts';
import { type Html, html } from '../../../platform/html.ts';
import { operatorListsWords } from '../../pages/messages/operator-lists.ts';
import { operatorWebhooksWords } from '../../pages/messages/operator-webhooks.ts';
import type { OperatorWebhooksWords } from '../../pages/messages/operator-webhooks.en.ts';
import { begunOf, shown, toldOf } from '../answers.ts';
import { folded, textField, tick } from '../fields.ts';
import { cursorIn, type Filter, filteredBy, filterForm, listFoot } from '../filters.ts';
import { form } from '../forms.ts';
import { badge, facts, table, tableCard, type Tone } from '../table.ts';
import { localInput, time } from '../times.ts';
import type { Told } from '../told.ts';
import type { OperatorPage, OperatorView, PageAnswer, SentForm, Visit } from '../visit.ts';
import { type Endpoint, endpointFields, endpointOf, secretView, stateOf, WEBHOOKS_PATH } from './list.ts';

type Listed = Extract<AnswerOf<'listWebhookDeliveries'>, { readonly status: 200 }>['body'];
export type Delivery = Listed['items'][number];

const DAY_MS = 24 * 60 * 60 * 1000;

const tones: Readonly<Record<Delivery['status'], Tone>> = {
  pending: 'plain',
  delivered: 'ok',
  failed: 'danger',
};

export const deliveryStatus = ({ status }: Pick<Delivery, 'status'>, words: OperatorWebhooksWords): Html =>
  badge(words.statuses[status], tones[status]);

const idOf = ({ req }: Visit): string => String(req.params['id']);
const pathOf = (id: string): string => `${WEBHOOKS_PATH}/${id}`;

/** A form with nothing but a button. */
function act(visit: Visit, id: string, name: string, words: string, lead: string | null = null): Html {
  return form(
    visit,
    pathOf(id),
    html`${lead !== null && html`<p>${lead}</p>`}<p><button class="secondary" type="submit" name="do" value="${name}">${words}</button></p>`,
  );
}

function removal(visit: Visit, endpoint: Endpoint, words: OperatorWebhooksWords): Html {
  return folded(
    operatorListsWords[visit.language].dangerous,
    html`<p>${words.removeLead}</p>${form(
      visit,
      pathOf(endpoint.id),
      html`${tick({ name: 'sure', value: 'yes', label: words.removeSure })}<p><button class="danger" type="submit" name="do" value="delete">${words.remove}</button></p>`,
    )}`,
  );
}

function deliveries(
  visit: Visit,
  id: string,
  { items, next_cursor: next }: Listed,
  filters: readonly Filter[],
): Html {
  const words = operatorWebhooksWords[visit.language];
  const filtered = filteredBy(visit, filters);
  return html`<section><h2>${words.deliveries}</h2>
${filterForm(visit, pathOf(id), filters, filtered)}
${
  items.length === 0
    ? html`<p class="notice">${operatorListsWords[visit.language].none}</p>`
    : tableCard<Delivery>(
        words.deliveries,
        [
          {
            heading: words.event,
            cell: (one) => html`<a href="${pathOf(id)}/deliveries/${one.id}">${one.event}</a>`,
          },
          { heading: words.status, cell: (one) => deliveryStatus(one, words) },
          { heading: words.attempts, number: true, cell: (one) => one.attempts },
          {
            heading: words.lastStatus,
            cell: (one) =>
              html`${one.last_status}${one.last_code !== null && html` <code>${one.last_code}</code>`}`,
          },
          { heading: words.created, cell: (one) => time(one.created_at, visit) },
        ],
        items,
      )
}
${listFoot(visit, pathOf(id), { query: filtered.query, next, csv: false })}</section>`;
}

type DeliveryQuery = NonNullable<Parameters<Visit['api']['listWebhookDeliveries']>[0]['query']>;

async function view(
  visit: Visit,
  again: { readonly typed: Readonly<Record<string, string>>; readonly told?: Told } = { typed: {} },
): Promise<OperatorView> {
  const words = operatorWebhooksWords[visit.language];
  const path = { id: idOf(visit) };
  const filters: readonly Filter[] = [
    { kind: 'choice', name: 'status', label: words.status, options: Object.entries(words.statuses) },
    { kind: 'text', name: 'event', label: words.event },
  ];
  const cursor = cursorIn(visit);
  const { query } = filteredBy(visit, filters);
  const read = await visit.api.getWebhookEndpoint({ path });
  const endpoint = shown(read);
  const sent = await visit.api.listWebhookDeliveries({
    path,
    query: { ...query, ...(cursor === null ? {} : { cursor }) } as DeliveryQuery,
  });
  const refused = sent.status === 400 ? toldOf('listWebhookDeliveries', sent) : undefined;
  const listed = refused === undefined ? shown(sent) : { items: [], next_cursor: null };
  const told = again.told ?? refused;
  const isEnabled = endpoint.state === 'enabled';
  return {
    kind: 'view',
    title: endpoint.description ?? endpoint.url,
    place: 'webhooks',
    ...(told === undefined ? {} : { told, status: 409 }),
    body: html`<div class="columns"><div>
<section class="card">${facts([
      [words.url, endpoint.url],
      [words.state, stateOf(endpoint, words)],
      [words.events, endpoint.events.join(', ')],
      [words.added, time(endpoint.created_at, visit)],
      [words.changed, time(endpoint.updated_at, visit)],
    ])}${isEnabled && act(visit, endpoint.id, 'test', words.test)}</section>
</div><div>
<section class="card"><h2>${words.change}</h2>${form(
      visit,
      pathOf(endpoint.id),
      html`<input type="hidden" name="tag" value="${read.headers.get('etag') ?? ''}">${endpointFields(words, endpoint, again.typed)}
${tick({ name: 'enabled', value: 'yes', label: words.states.enabled, ticked: 'url' in again.typed ? again.typed['enabled'] === 'yes' : isEnabled })}
<p><button type="submit" name="do" value="change">${words.save}</button></p>`,
    )}</section>
<section class="card"><h2>${words.secret}</h2>${act(visit, endpoint.id, 'secret', words.showSecret)}${act(visit, endpoint.id, 'rotate', words.rotate, words.rotateLead)}</section>
${
  isEnabled &&
  html`<section class="card"><h2>${words.replayFailed}</h2><p>${words.replayLead}</p>${form(
    visit,
    pathOf(endpoint.id),
    html`${textField({ name: 'since', type: 'datetime-local', label: words.replaySince, value: again.typed['since'] ?? localInput(new Date(visit.now - DAY_MS).toISOString(), visit.zone), required: true })}
<p><button type="submit" name="do" value="replay-failed">${words.replayFailed}</button></p>`,
  )}</section>`
}
<section class="card">${removal(visit, endpoint, words)}</section>
</div></div>
${deliveries(visit, endpoint.id, listed, filters)}`,
  };
}

async function change(visit: Visit, sent: SentForm): Promise<Told> {
  const tag = sent.text('tag');
  const answer = await visit.api.changeWebhookEndpoint({
    path: { id: idOf(visit) },
    headers: tag === '' ? {} : { 'If-Match': tag },
    body: { ...endpointOf(sent), state: sent.text('enabled') === 'yes' ? 'enabled' : 'disabled' },
  });
  return toldOf('changeWebhookEndpoint', answer);
}

async function replayFailed(visit: Visit, sent: SentForm): Promise<Told> {
  const act = 'replayFailedWebhookDeliveries';
  const since = readInstant(sent.text('since'), visit.zone);
  if (since === undefined) return { act, outcome: 'invalid-request' };
  const answer = await visit.api.replayFailedWebhookDeliveries({
    path: { id: idOf(visit) },
    body: { since: new Date(since).toISOString() },
  });
  return answer.status === 202 ? { act, outcome: 'done', count: answer.body.replayed } : toldOf(act, answer);
}

/** What each button of the page asks for. */
async function taken(visit: Visit, sent: SentForm): Promise<PageAnswer> {
  const path = { id: idOf(visit) };
  const words = operatorWebhooksWords[visit.language];
  const here = pathOf(path.id);
  const orAgain = async (told: Told): Promise<PageAnswer> =>
    told.outcome === 'done' ? { kind: 'go', to: here, told } : view(visit, { typed: sent.fields, told });
  switch (sent.text('do')) {
    case 'test':
      return {
        kind: 'go',
        to: here,
        told: begunOf('testWebhookEndpoint', await visit.api.testWebhookEndpoint({ path })),
      };
    case 'secret': {
      const answer = await visit.api.getWebhookSecret({ path });
      if (answer.status !== 200) return orAgain(toldOf('getWebhookSecret', answer));
      return secretView(visit, path.id, answer.body.secret, words.secretTitle);
    }
    case 'rotate': {
      const answer = await visit.api.rotateWebhookSecret({ path });
      if (answer.status !== 200) return orAgain(toldOf('rotateWebhookSecret', answer));
      return secretView(visit, path.id, answer.body.secret, words.secretTitle);
    }
    case 'replay-failed':
      return orAgain(await replayFailed(visit, sent));
    case 'delete': {
      if (sent.text('sure') !== 'yes')
        return orAgain({ act: 'deleteWebhookEndpoint', outcome: 'refused', reason: 'not-sure' });
      const told = toldOf('deleteWebhookEndpoint', await visit.api.deleteWebhookEndpoint({ path }));
      return told.outcome === 'done' ? { kind: 'go', to: WEBHOOKS_PATH, told } : orAgain(told);
    }
    default:
      return orAgain(await change(visit, sent));
  }
}

/** One endpoint: what was sent to it, and what can be done about it. */
export const endpointPage: OperatorPage = {
  path: `${WEBHOOKS_PATH}/:id`,
  show: (visit) => view(visit),
  take: taken,
};

/** One message with every attempt. */
export const deliveryPage: OperatorPage = {
  path: `${WEBHOOKS_PATH}/:id/deliveries/:delivery`,
  async show(visit) {
    const words = operatorWebhooksWords[visit.language];
    const id = idOf(visit);
    const delivery = shown(
      await visit.api.getWebhookDelivery({ path: { id, delivery_id: String(visit.req.params['delivery']) } }),
    );
    return {
      kind: 'view',
      title: delivery.event,
      place: 'webhooks',
      body: html`<section class="card">${facts([
        [words.url, html`<a href="${pathOf(id)}">${words.open}</a>`],
        [words.status, deliveryStatus(delivery, words)],
        [words.message, html`<code>${delivery.message_id}</code>`],
        [words.created, time(delivery.created_at, visit)],
        [words.settled, time(delivery.settled_at, visit)],
      ])}${
        delivery.status !== 'pending' &&
        form(
          visit,
          `${pathOf(id)}/deliveries/${delivery.id}`,
          html`<p><button type="submit">${words.replay}</button></p>`,
        )
      }</section>
<section class="card"><h2>${words.log}</h2>${
        delivery.log.length === 0
          ? html`<p>${words.noAttempt}</p>`
          : table(
              words.log,
              [
                { heading: words.attempts, number: true, cell: ({ n }) => n },
                { heading: words.created, cell: ({ at }) => time(at, visit) },
                {
                  heading: words.lastStatus,
                  cell: ({ status, code }) => html`${status}${code !== null && html` <code>${code}</code>`}`,
                },
                { heading: words.duration, number: true, cell: (one) => `${one.duration_ms} ms` },
              ],
              delivery.log,
            )
      }</section>
<section class="card"><h2>${words.payload}</h2><pre>${JSON.stringify(delivery.payload, null, 2)}</pre></section>`,
    };
  },
  async take(visit) {
    const path = { id: idOf(visit), delivery_id: String(visit.req.params['delivery']) };
    const answer = await visit.api.replayWebhookDelivery({ path });
    const to = `${pathOf(path.id)}/deliveries/${path.delivery_id}`;
    return { kind: 'go', to, told: begunOf('replayWebhookDelivery', answer) };
  },
};
