import type {
  BulkReply,
  Operations,
  SessionFilter,
} from '../../../integrations/latchkey/operations.generated.ts';
import { calls } from '../../../integrations/latchkey/operations.generated.ts';
import { type Html, html } from '../../../platform/html.ts';
import { type BulkActionName, bulkActions } from '../../admin/sessions/bulk-actions.ts';
import { operatorFrameWords } from '../../pages/messages/operator-frame.ts';
import { operatorOutcomeWords } from '../../pages/messages/operator-outcomes.ts';
import { operatorSessionsWords } from '../../pages/messages/operator-sessions.ts';
import { operatorStartWords } from '../../pages/messages/operator-start.ts';
import { shown, toldOf } from '../answers.ts';
import { choiceField, textField } from '../fields.ts';
import { addressOf, filteredBy, type Filter as ListFilter } from '../filters.ts';
import { form } from '../forms.ts';
import { facts, table } from '../table.ts';
import { locales, shortTime } from '../times.ts';
import type { Told } from '../told.ts';
import type { OperatorPage, OperatorView, SentForm, Visit } from '../visit.ts';
import {
  type ActionField,
  bodyOf,
  isSessionAction,
  sessionActions,
  type SessionActionId,
} from './actions.ts';
import { SESSIONS, sessionFilters } from './list.ts';
import { reasonInWords } from './story.ts';

const PATH = `${SESSIONS}/bulk`;
const AT_ONCE = 50;
const ONE = '/api/v1/admin/sessions/{id}/';

type Filter = Readonly<Record<string, string>>;
type BulkBody = Operations['actOnSessions']['request']['body'];

/** The actions that can be done to many, by the operations that do them to one. */
const bulkActs: readonly (readonly [SessionActionId, BulkActionName])[] = Object.keys(sessionActions)
  .filter(isSessionAction)
  .flatMap((id) => {
    const name = calls[id].path.slice(ONE.length);
    return Object.hasOwn(bulkActions, name) ? [[id, name as BulkActionName] as const] : [];
  });

/** The filter as it stands in the body; the API checks it again. */
function filterOf(query: Filter): SessionFilter {
  const { attention, late_change: late, ...texts } = query;
  return {
    ...(texts as SessionFilter),
    ...(attention !== undefined && { attention: attention === 'true' }),
    ...(late !== undefined && { late_change: late === 'true' }),
  };
}

const FILTER = 'filter.';

const filterIn = ({ fields }: SentForm): Filter =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      name.startsWith(FILTER) ? [[name.slice(FILTER.length), value]] : [],
    ),
  );

const hidden = (values: Filter, prefix = ''): readonly Html[] =>
  Object.entries(values).map(
    ([name, value]) => html`<input type="hidden" name="${prefix}${name}" value="${value}">`,
  );

function argumentFields(visit: Visit, fields: Filter): Html {
  const { fields: words } = operatorSessionsWords[visit.language].actions;
  const { usual } = operatorStartWords[visit.language];
  const about = (name: ActionField, label: string) => ({
    name,
    id: `bulk-${name}`,
    label,
    ...(fields[name] !== undefined && { value: fields[name] }),
  });
  const choice = (name: ActionField, label: string, names: Readonly<Record<string, string>>): Html =>
    choiceField({ ...about(name, label), options: [['', usual], ...Object.entries(names)] });
  return html`<div class="filters">
${choice('refund', words.refund, words.refunds)}
${choice('approve', words.approve, words.approves)}
${textField({ ...about('cutoff', words.cutoff), hint: words.cutoffHint })}
${textField({ ...about('step', words.step), hint: words.stepHint })}
${choice('provider', words.provider, { calendly: 'Calendly', calcom: 'Cal.com' })}
${textField(about('event_type', words.event_type))}
</div>`;
}

function resultsTable(visit: Visit, { results }: BulkReply): Html {
  const { bulk } = operatorStartWords[visit.language];
  const planned = results.every(({ state }) => state === 'planned');
  return html`<div class="card"><h2>${planned ? bulk.planned : bulk.results}</h2>${table(
    planned ? bulk.planned : bulk.results,
    [
      {
        heading: bulk.session,
        cell: ({ id }) => html`<a href="${SESSIONS}/${id}"><code>${id}</code></a>`,
      },
      {
        heading: bulk.state,
        cell: ({ state, code, reason }) =>
          html`${bulk.states[state]}${(reason ?? code) !== undefined && html`: ${reasonInWords(visit.language, reason ?? code ?? '')}`}`,
      },
    ],
    results,
  )}</div>`;
}

/** What a filter asks for, as its field shows it. */
function valueInWords(visit: Visit, filter: ListFilter, value: string): string {
  switch (filter.kind) {
    case 'text':
      return value;
    case 'choice':
      return filter.options.find(([one]) => one === value)?.[1] ?? value;
    case 'instant':
      return shortTime(value, visit);
  }
}

interface Done {
  readonly reply: BulkReply;
  readonly sent: SentForm;
  readonly preview: boolean;
}

/** @param done what the form before this page did, or would do. */
async function view(
  visit: Visit,
  query: Filter,
  done: Done | null,
  refused: { readonly told: Told; readonly status: number; readonly sent: SentForm } | null = null,
): Promise<OperatorView> {
  const { bulk } = operatorStartWords[visit.language];
  const frame = operatorFrameWords[visit.language];
  const { acts } = operatorOutcomeWords[visit.language];
  const { sure } = operatorSessionsWords[visit.language].actions;
  const { total } = shown(await visit.api.countSessions({ query }));
  const typed = done?.sent.fields ?? refused?.sent.fields ?? {};
  const filters = sessionFilters(visit).filter(({ name }) => query[name] !== undefined);
  // What was done began a page; the next one begins where it ended, until there is none.
  const cursor = done === null || done.preview ? (typed['cursor'] ?? '') : (done.reply.next_cursor ?? '');
  const isOver = done !== null && !done.preview && done.reply.next_cursor === null;
  const many = new Intl.NumberFormat(locales[visit.language]).format(total);
  return {
    kind: 'view',
    ...(refused !== null && { told: refused.told, status: refused.status }),
    ...(done !== null &&
      !done.preview && {
        told: {
          act: 'actOnSessions',
          outcome: 'done',
          count: done.reply.results.filter(({ state }) => state !== 'refused').length,
        },
      }),
    title: bulk.title,
    place: 'sessions',
    body: html`<div class="card"><p><strong>${total === 0 ? bulk.none : bulk.these(many, total)}</strong> ${bulk.filter}</p>
${facts(filters.map((filter) => [filter.label, valueInWords(visit, filter, query[filter.name] ?? '')] as const))}
<p><a href="${addressOf(SESSIONS, query)}">${bulk.back}</a></p></div>
${done !== null && resultsTable(visit, done.reply)}
${isOver && html`<p>${bulk.over}</p>`}
${
  !isOver &&
  form(
    visit,
    PATH,
    html`${hidden(query, FILTER)}${cursor !== '' && html`<input type="hidden" name="cursor" value="${cursor}">`}
${choiceField({
  name: 'act',
  id: 'bulk-act',
  label: bulk.action,
  options: bulkActs.map(([id]) => [id, acts[id]] as const),
  ...(typed['act'] !== undefined && { value: typed['act'] }),
})}
<details${['refund', 'approve', 'cutoff', 'step', 'provider'].some((name) => (typed[name] ?? '') !== '') && html` open`}><summary>${bulk.arguments}</summary>${argumentFields(visit, typed)}</details>
${textField({
  name: 'reason',
  id: 'bulk-reason',
  label: `${frame.reason} (${frame.optional})`,
  hint: frame.reasonHint,
  ...(typed['reason'] !== undefined && { value: typed['reason'] }),
})}
<p class="hint">${bulk.page(AT_ONCE)}</p>
<p class="actions"><button class="secondary" type="submit" name="do" value="preview">${bulk.preview}</button></p>
<fieldset><legend>${sure}</legend><p class="actions"><button class="danger" type="submit" name="do" value="act">${cursor === '' ? bulk.do : bulk.next}</button></p></fieldset>`,
  )
}`,
  };
}

/** The same action on every session that fits a filter, page by page, as the API does it. */
export const bulkPage: OperatorPage = {
  path: PATH,
  async show(visit) {
    const { query } = filteredBy(visit, sessionFilters(visit));
    if (Object.keys(query).length === 0) return { kind: 'go', to: SESSIONS };
    return view(visit, query, null);
  },
  async take(visit, sent) {
    const query = filterIn(sent);
    const found = bulkActs.find(([id]) => id === sent.text('act'));
    const preview = sent.text('do') !== 'act';
    const cursor = sent.text('cursor');
    if (found === undefined) return { kind: 'go', to: addressOf(PATH, query) };
    const [id, action] = found;
    const { reason, ...given } = bodyOf(id, sent, visit.zone);
    // A preview needs no arguments, and is refused without those that the action must have.
    const body: BulkBody = {
      action,
      arguments: given,
      filter: filterOf(query),
      dry_run: preview,
      limit: AT_ONCE,
      ...(typeof reason === 'string' && { reason }),
      ...(cursor !== '' && { cursor }),
    };
    const answer = await visit.api.actOnSessions({ headers: { 'Idempotency-Key': sent.key }, body });
    if (answer.status === 200) return view(visit, query, { reply: answer.body, sent, preview });
    return view(visit, query, null, { told: toldOf(id, answer), status: answer.status, sent });
  },
};
