import type { AnswerOf } from '../../../integrations/latchkey/client.ts';
import { type Html, html } from '../../../platform/html.ts';
import type { OperatorSchedulesWords } from '../../pages/messages/operator-schedules.en.ts';
import { operatorSchedulesWords } from '../../pages/messages/operator-schedules.ts';
import { begunOf, shown } from '../answers.ts';
import { folded, reasonField } from '../fields.ts';
import { form } from '../forms.ts';
import { badge, facts, type Tone } from '../table.ts';
import { time } from '../times.ts';
import type { OperatorPage, Visit } from '../visit.ts';

const PATH = '/admin/schedules';

type Schedule = Extract<AnswerOf<'listSchedules'>, { readonly status: 200 }>['body']['items'][number];
type Report = NonNullable<Schedule['last_report']>;

const tones: Readonly<Record<Schedule['state'], Tone>> = { active: 'ok', paused: 'warn', missing: 'danger' };

const KEY = /^[\w-]{22}$/;

/** What was found, in words, with the id of what it is about. */
function noteOf({ code, id }: Report['notes'][number], words: OperatorSchedulesWords): Html {
  const { found } = words;
  const said = Object.hasOwn(found, code) ? found[code as keyof typeof found] : null;
  const about = KEY.test(id)
    ? html`<a href="/admin/sessions/${id}"><code>${id}</code></a>`
    : html`<code>${id}</code>`;
  return html`<li>${said !== null && html`${said} `}<code class="muted">${code}</code> ${about}</li>`;
}

function reportOf(report: Report, words: OperatorSchedulesWords, visit: Visit): Html {
  return html`${facts([
    [words.began, time(report.started_at, visit)],
    [words.looked, report.looked],
    [words.repaired, report.repaired],
    [words.raised, report.raised === 0 ? 0 : badge(String(report.raised), 'warn')],
    [words.failed, report.failed === 0 ? 0 : badge(String(report.failed), 'danger')],
    [words.untouched, report.untouched === 0 ? null : report.untouched],
  ])}${report.notes.length > 0 && folded(words.notes, html`<ul>${report.notes.map((note) => noteOf(note, words))}</ul>`)}`;
}

function lastRun({ last_run: run }: Schedule, words: OperatorSchedulesWords, visit: Visit): Html | null {
  if (run === null) return null;
  const state = run.state === null ? null : words.runStates[run.state];
  const tone: Tone = run.state === 'completed' ? 'ok' : run.state === 'running' ? 'plain' : 'danger';
  return html`${time(run.started_at, visit)}${state !== null && html` ${badge(state, tone)}`}${
    run.run_url !== null && html` <a href="${run.run_url}" rel="noreferrer">${words.run}</a>`
  }`;
}

function schedule(visit: Visit, one: Schedule): Html {
  const words = operatorSchedulesWords[visit.language];
  const { name, words: about } = words.jobs[one.id];
  return html`<section class="card"><h2>${name} ${badge(words.states[one.state], tones[one.state])}</h2>
<p>${about} <code class="muted">${one.schedule_id}</code></p>
${facts([
  [words.next, time(one.next_run_at, visit)],
  [words.last, lastRun(one, words, visit)],
  [words.note, one.note],
])}
<h3>${words.report}</h3>
${one.last_report === null ? html`<p class="muted">${words.noReport}</p>` : reportOf(one.last_report, words, visit)}
${
  one.state !== 'missing' &&
  folded(
    words.trigger,
    form(
      visit,
      `${PATH}/${one.id}`,
      html`${reasonField(visit, `reason-${one.id}`)}<p><button type="submit">${words.trigger}</button></p>`,
    ),
  )
}</section>`;
}

/** What looks after everything, and what it found. */
export const schedulesPage: OperatorPage = {
  path: PATH,
  async show(visit) {
    const words = operatorSchedulesWords[visit.language];
    const { items } = shown(await visit.api.listSchedules());
    return {
      kind: 'view',
      title: words.title,
      place: 'schedules',
      body: html`<p>${words.lead}</p>${items.map((one) => schedule(visit, one))}`,
    };
  },
};

/** Where a job is run now. */
export const triggerPage: OperatorPage = {
  path: `${PATH}/:id`,
  async take({ req, api }, sent) {
    const reason = sent.text('reason');
    const answer = await api.triggerSchedule({
      // What is no job is the API's to refuse.
      path: { id: String(req.params['id']) as Schedule['id'] },
      body: reason === '' ? {} : { reason },
    });
    return { kind: 'go', to: PATH, told: begunOf('triggerSchedule', answer) };
  },
};
