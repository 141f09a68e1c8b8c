import { type Html, html } from '../../../platform/html.ts';
import { operatorInboxWords } from '../../pages/messages/operator-inbox.ts';
import { operatorListsWords } from '../../pages/messages/operator-lists.ts';
import { shown, toldOf } from '../answers.ts';
import { auditList } from '../audit/list.ts';
import { choiceField, reasonField, textField } from '../fields.ts';
import { form } from '../forms.ts';
import { facts } from '../table.ts';
import { time } from '../times.ts';
import type { Told } from '../told.ts';
import type { OperatorPage, OperatorView, SentForm, Visit } from '../visit.ts';
import { INBOX_PATH, sourceOf, statusOf, type Webhook, whyOf } from './list.ts';

const idOf = ({ req }: Visit): string => String(req.params['id']);

/** Whom it belongs to, with a way to there. */
function ownerOf({ correlation }: Webhook, visit: Visit): Html {
  const words = operatorInboxWords[visit.language];
  const [kind, id = ''] = correlation.split('|', 2);
  const code = html`<code>${correlation}</code>`;
  if (kind === 'session')
    return html`<a href="/admin/sessions/${encodeURIComponent(id)}">${words.session}</a> ${code}`;
  if (kind === 'booking')
    return html`<a href="/admin/bookings/${encodeURIComponent(id)}">${words.booking}</a> ${code}`;
  return code;
}

type Typed = Readonly<Record<string, string>>;

function replayForm(visit: Visit, webhook: Webhook, typed: Typed): Html | null {
  if (webhook.status === 'stored' || webhook.pruned_at !== null) return null;
  const words = operatorInboxWords[visit.language];
  return html`<section class="card"><h2>${words.replayTitle}</h2><p>${words.replayLead}</p>
${form(
  visit,
  `${INBOX_PATH}/${webhook.id}`,
  html`${reasonField(visit, 'replay-reason', typed['do'] === 'replay' ? typed['reason'] : '')}
<p><button type="submit" name="do" value="replay">${words.replay}</button></p>`,
)}</section>`;
}

function adoptForm(visit: Visit, webhook: Webhook, typed: Typed): Html | null {
  const isAppointment = webhook.source === 'calendly' || webhook.source === 'calcom';
  if (!isAppointment || webhook.status === 'done' || webhook.pruned_at !== null) return null;
  const words = operatorInboxWords[visit.language];
  return html`<section class="card"><h2>${words.adoptTitle}</h2><p>${words.adoptLead}</p>
${form(
  visit,
  `${INBOX_PATH}/${webhook.id}`,
  html`${choiceField({
    name: 'kind',
    label: words.adoptKind,
    value: typed['kind'] ?? 'session',
    options: [
      ['session', words.adoptSession],
      ['booking', words.adoptBooking],
    ],
  })}
${textField({ name: 'owner', label: words.adoptId, hint: words.adoptIdHint, value: typed['owner'] ?? '', required: true })}
${reasonField(visit, 'adopt-reason', typed['do'] === 'adopt' ? typed['reason'] : '')}
<p><button type="submit" name="do" value="adopt">${words.adopt}</button></p>`,
)}</section>`;
}

async function view(
  visit: Visit,
  again: { readonly typed: Typed; readonly told?: Told } = { typed: {} },
): Promise<OperatorView> {
  const words = operatorInboxWords[visit.language];
  const id = idOf(visit);
  const [found, audit] = await Promise.all([
    visit.api.getInboxEntry({ path: { id } }),
    visit.api.listAudit({ query: { subject: `inbox:${id}`, limit: 20 } }),
  ]);
  const { body, ...webhook } = shown(found);
  const { items } = shown(audit);
  return {
    kind: 'view',
    title: `${sourceOf(webhook)}: ${webhook.event}`,
    place: 'inbox',
    ...(again.told === undefined ? {} : { told: again.told, status: 409 }),
    body: html`${webhook.pruned_at !== null && html`<div class="notice warn"><p>${words.prunedWords}</p></div>`}
<div class="columns"><div>
<section class="card">${facts([
      [words.status, statusOf(webhook, words)],
      [words.reason, whyOf(webhook, words)],
      [words.correlation, ownerOf(webhook, visit)],
      [words.received, time(webhook.received_at, visit)],
      [words.attempts, webhook.attempts],
      [words.next, time(webhook.next_attempt_at, visit)],
      [words.settled, time(webhook.settled_at, visit)],
      [words.pruned, time(webhook.pruned_at, visit)],
      [words.deliveryKey, html`<code>${webhook.delivery_key}</code>`],
    ])}</section>
<section class="card"><h2>${words.body}</h2><p class="hint">${words.bodyLead}</p>${
      body === null || body === undefined
        ? html`<p>${words.noBody}</p>`
        : html`<pre>${JSON.stringify(body, null, 2)}</pre>`
    }</section>
</div><div>
${replayForm(visit, webhook, again.typed)}
${adoptForm(visit, webhook, again.typed)}
${items.length > 0 && html`<section class="card"><h2>${operatorListsWords[visit.language].actions}</h2>${auditList(visit, items)}</section>`}
</div></div>`,
  };
}

async function done(visit: Visit, sent: SentForm): Promise<Told> {
  const path = { id: idOf(visit) };
  const text = sent.text('reason');
  const reason = text === '' ? {} : { reason: text };
  if (sent.text('do') === 'replay')
    return toldOf('replayInboxEntry', await visit.api.replayInboxEntry({ path, body: reason }));
  const owner = sent.text('owner');
  const body =
    sent.text('kind') === 'booking' ? { booking_id: owner, ...reason } : { session_key: owner, ...reason };
  return toldOf('adoptAppointment', await visit.api.adoptAppointment({ path, body }));
}

/** One webhook, why it waits, and what can be done about it. */
export const webhookInPage: OperatorPage = {
  path: `${INBOX_PATH}/:id`,
  show: (visit) => view(visit),
  async take(visit, sent) {
    const told = await done(visit, sent);
    return told.outcome === 'done'
      ? { kind: 'go', to: `${INBOX_PATH}/${idOf(visit)}`, told }
      : view(visit, { typed: sent.fields, told });
  },
};
