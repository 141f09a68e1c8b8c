import type { AnswerOf } from '../../../integrations/latchkey/client.ts';
import { html } from '../../../platform/html.ts';
import { operatorCatalogWords } from '../../pages/messages/operator-catalog.ts';
import { operatorListsWords } from '../../pages/messages/operator-lists.ts';
import { operatorPrivacyWords } from '../../pages/messages/operator-privacy.ts';
import { begunOf, NothingToShow, shown, toldOf } from '../answers.ts';
import { choiceField, folded, reasonField, textField } from '../fields.ts';
import { form } from '../forms.ts';
import { badge, facts, table } from '../table.ts';
import { time } from '../times.ts';
import type { Told } from '../told.ts';
import type { OperatorPage, OperatorView, Visit } from '../visit.ts';
import { CATALOG_PATH } from './kinds.ts';

const PATH = `${CATALOG_PATH}/clients`;

type Erasure = Extract<AnswerOf<'getErasure'>, { readonly status: 200 }>['body'];

const idOf = ({ req }: Visit): number => Number(req.params['id']);

async function view(
  visit: Visit,
  again: {
    readonly typed: Readonly<Record<string, string>>;
    readonly told?: Told;
    readonly error?: string;
  } = { typed: {} },
): Promise<OperatorView> {
  const words = operatorCatalogWords[visit.language];
  const privacy = operatorPrivacyWords[visit.language];
  const path = { id: idOf(visit) };
  const client = shown(await visit.api.getClient({ path }));
  const { items } = shown(await visit.api.listErasures({ path }));
  const { typed, told, error } = again;
  return {
    kind: 'view',
    title: `${client.first_name} ${client.last_name}`.trim() || `${words.client} ${client.id}`,
    place: 'catalog',
    ...(told === undefined ? {} : { told }),
    ...(told === undefined && error === undefined ? {} : { status: 409 }),
    body: html`<section class="card">${facts([
      ['ID', client.id],
      [words.email, client.email],
      [words.language, client.language],
      [words.created, time(client.created_at, visit)],
    ])}<p class="actions"><a class="button secondary" href="${CATALOG_PATH}/links?client_id=${client.id}">${words.links}</a></p></section>
<section class="card"><h2>${privacy.export}</h2><p>${privacy.exportLead}</p>${form(
      visit,
      `${PATH}/${client.id}/export`,
      html`<p><button class="secondary" type="submit">${privacy.exportNow}</button></p>`,
    )}</section>
${
  items.length > 0 &&
  html`<section class="card"><h2>${privacy.erasures}</h2>${table<Erasure>(
    privacy.erasures,
    [
      {
        heading: privacy.asked,
        cell: (one) =>
          html`<a href="${PATH}/${client.id}/erasures/${one.id}">${time(one.created_at, visit)}</a>`,
      },
      {
        heading: privacy.status,
        cell: ({ status }) => badge(privacy.statuses[status], status === 'done' ? 'ok' : 'warn'),
      },
      { heading: privacy.by, cell: (one) => one.requested_by },
      { heading: privacy.finished, cell: (one) => time(one.finished_at, visit) },
    ],
    items,
  )}</section>`
}
<section class="card">${folded(
      privacy.erase,
      html`<p>${privacy.eraseLead}</p>${form(
        visit,
        `${PATH}/${client.id}`,
        html`${choiceField({
          name: 'running',
          label: privacy.running,
          value: typed['running'] ?? 'refuse',
          options: [
            ['refuse', privacy.refuse],
            ['end', privacy.end],
          ],
        })}
${textField({ name: 'sure', label: privacy.sure, required: true, value: typed['sure'] ?? '', ...(error === undefined ? {} : { error }) })}
${reasonField(visit, 'erase-reason', typed['reason'])}
<p><button class="danger" type="submit">${privacy.eraseNow}</button></p>`,
      )}`,
      told !== undefined || error !== undefined,
    )}</section>
<p><a href="${PATH}">${words.clients}</a></p>`,
  };
}

/** One client, their data handed out, and their erasure. */
export const clientPage: OperatorPage = {
  path: `${PATH}/:id`,
  show: (visit) => view(visit),
  async take(visit, sent) {
    const id = idOf(visit);
    if (sent.text('sure') !== String(id))
      return view(visit, { typed: sent.fields, error: operatorPrivacyWords[visit.language].notSure });
    const reason = sent.text('reason');
    const answer = await visit.api.eraseClient({
      path: { id },
      body: {
        running: sent.text('running') === 'end' ? 'end' : 'refuse',
        ...(reason === '' ? {} : { reason }),
      },
    });
    const told = begunOf('eraseClient', answer);
    if (answer.status !== 200 && answer.status !== 202) return view(visit, { typed: sent.fields, told });
    return { kind: 'go', to: `${PATH}/${id}/erasures/${answer.body.id}`, told };
  },
};

/** Where the document is handed out: a form, since the audit keeps each time. */
export const exportClientPage: OperatorPage = {
  path: `${PATH}/:id/export`,
  async take(visit) {
    const id = idOf(visit);
    const answer = await visit.api.exportClient({ path: { id } });
    if (answer.status !== 200) throw new NothingToShow(answer.status, toldOf('exportClient', answer).outcome);
    visit.res
      .type('application/json')
      .set('content-disposition', answer.headers.get('content-disposition') ?? 'attachment')
      .send(JSON.stringify(answer.body, null, 2));
    return { kind: 'sent' };
  },
};

/** One erasure with its certificate. */
export const erasurePage: OperatorPage = {
  path: `${PATH}/:id/erasures/:erasure`,
  async show(visit) {
    const words = operatorPrivacyWords[visit.language];
    const id = idOf(visit);
    const erasure = shown(
      await visit.api.getErasure({ path: { id, erasure_id: String(visit.req.params['erasure']) } }),
    );
    const { claims, certificate } = erasure;
    return {
      kind: 'view',
      title: words.erasure,
      place: 'catalog',
      body: html`<section class="card">${facts([
        [words.status, badge(words.statuses[erasure.status], erasure.status === 'done' ? 'ok' : 'warn')],
        [words.asked, time(erasure.created_at, visit)],
        [words.by, erasure.requested_by],
        [words.finished, time(erasure.finished_at, visit)],
        [operatorCatalogWords[visit.language].client, html`<a href="${PATH}/${id}">${id}</a>`],
      ])}${erasure.status === 'running' && html`<p>${words.stillRuns}</p>`}</section>
${
  claims !== null &&
  html`<section class="card"><h2>${words.done}</h2>${
    claims.done.length === 0
      ? html`<p>${operatorListsWords[visit.language].none}</p>`
      : table(
          words.done,
          [
            { heading: words.what, cell: ({ what }) => html`<code>${what}</code>` },
            { heading: words.count, number: true, cell: ({ count }) => count },
          ],
          claims.done,
        )
  }</section>
${
  claims.notDone.length > 0 &&
  html`<section class="card"><h2>${words.notDone}</h2>${table(
    words.notDone,
    [
      { heading: words.what, cell: ({ what }) => html`<code>${what}</code>` },
      { heading: words.count, number: true, cell: ({ count }) => count },
      { heading: words.why, cell: ({ reason }) => html`<code>${reason}</code>` },
    ],
    claims.notDone,
  )}</section>`
}`
}
${
  certificate !== null &&
  html`<section class="card"><h2>${words.certificate}</h2><p>${words.certificateLead}</p>${claims === null && html`<p>${words.unreadable}</p>`}<pre>${certificate}</pre></section>`
}`,
    };
  },
};
