import type { WholeSession } from '../../../integrations/latchkey/operations.generated.ts';
import { type Html, html } from '../../../platform/html.ts';
import { operatorFrameWords } from '../../pages/messages/operator-frame.ts';
import { operatorOutcomeWords } from '../../pages/messages/operator-outcomes.ts';
import { operatorSessionsWords } from '../../pages/messages/operator-sessions.ts';
import { choiceField, textField } from '../fields.ts';
import { form } from '../forms.ts';
import { shortTime } from '../times.ts';
import type { Visit } from '../visit.ts';
import {
  type ActionField,
  type ActionGroup,
  isSessionAction,
  sessionActions,
  type SessionActionId,
} from './actions.ts';
import { SESSIONS } from './list.ts';
import { stepInWords } from './story.ts';

/** A form that was refused, and stands there again as it was typed. */
export interface Again {
  readonly act: SessionActionId;
  readonly fields: Readonly<Record<string, string>>;
  /** Fields that the API named. */
  readonly wrong: ReadonlySet<string>;
  readonly key: string;
}

const GROUPS: readonly ActionGroup[] = ['everyday', 'money', 'access', 'repair', 'danger'];
const ids = Object.keys(sessionActions).filter(isSessionAction);

function field(
  visit: Visit,
  session: WholeSession,
  act: SessionActionId,
  name: ActionField,
  again: Again | null,
): Html {
  const { fields: words, wrong } = operatorSessionsWords[visit.language].actions;
  const value = again?.fields[name];
  const about = {
    name,
    id: `${act}-${name}`,
    ...(value === undefined ? {} : { value }),
    ...(again?.wrong.has(name) === true && { error: wrong }),
  };
  switch (name) {
    case 'refund':
      return choiceField({
        ...about,
        label: words.refund,
        options: (['policy', 'full', 'none'] as const).map((one) => [one, words.refunds[one]]),
      });
    case 'provider':
      return choiceField({
        ...about,
        label: words.provider,
        options: [
          ['calendly', 'Calendly'],
          ['calcom', 'Cal.com'],
        ],
      });
    case 'approve':
      return choiceField({
        ...about,
        label: words.approve,
        options: [
          ['true', words.approves.true],
          ['false', words.approves.false],
        ],
      });
    case 'link_id': {
      const good = session.links.filter(({ state }) => state === 'good').toReversed();
      const options = good.map(
        ({ id, issued_at: at }) => [id, `${shortTime(at, visit)} · ${id.slice(-6)}`] as const,
      );
      return choiceField({ ...about, label: words.link_id, options: [['', words.newest], ...options] });
    }
    case 'step': {
      const failed = session.live?.attention ?? [];
      if (failed.length === 0)
        return textField({ ...about, label: words.step, hint: words.stepHint, required: true });
      const known = act === 'retrySessionStep' ? failed.filter(({ step }) => step !== null) : failed;
      const options = known.map(({ step, code }) => {
        const name = step === null ? code : `${stepInWords(visit.language, step)}: ${code}`;
        return [step ?? code, name] as const;
      });
      return choiceField({ ...about, label: words.step, options });
    }
    case 'starts_at':
      return textField({
        ...about,
        label: words.starts_at,
        type: 'datetime-local',
        hint: words.startsHint(visit.zone),
        required: true,
      });
    case 'cutoff':
      return textField({ ...about, label: words.cutoff, hint: words.cutoffHint, required: true });
    case 'event_type':
      return textField({ ...about, label: words.event_type, required: true });
    case 'email':
      return textField({ ...about, label: words.email, type: 'email', required: true });
  }
}

function sureBox(visit: Visit, act: SessionActionId, again: Again | null): Html {
  const { actions } = operatorSessionsWords[visit.language];
  const wrong = again?.wrong.has('sure') === true;
  return html`<div class="field"><label class="choice" for="${act}-sure"><input id="${act}-sure" type="checkbox" name="sure" value="yes" required${
    wrong && html` aria-invalid="true" aria-describedby="${act}-sure-error"`
  }> <span>${actions.sure}</span></label>${wrong && html`<p class="error" id="${act}-sure-error" role="alert">${actions.notSure}</p>`}</div>`;
}

/** One action: folded away until it is wanted, open where it was refused. */
function actionForm(visit: Visit, session: WholeSession, act: SessionActionId, refused: Again | null): Html {
  const { actions } = operatorSessionsWords[visit.language];
  const { reason, reasonHint, optional } = operatorFrameWords[visit.language];
  const { acts } = operatorOutcomeWords[visit.language];
  const { group, fields } = sessionActions[act];
  const again = refused?.act === act ? refused : null;
  const isDanger = group === 'danger';
  const about = {
    name: 'reason',
    id: `${act}-reason`,
    label: `${reason} (${optional})`,
    hint: reasonHint,
    ...(again?.fields['reason'] === undefined ? {} : { value: again.fields['reason'] }),
    ...(again?.wrong.has('reason') === true && { error: actions.wrong }),
  };
  return html`<details id="${act}"${again !== null && html` open`}><summary>${acts[act]}</summary>
<p class="muted">${actions.hints[act]}</p>
${form(
  visit,
  `${SESSIONS}/${session.id}`,
  html`<input type="hidden" name="act" value="${act}">
${fields.map((name) => field(visit, session, act, name, again))}
${textField(about)}
${isDanger && sureBox(visit, act, again)}
<p><button type="submit"${isDanger && html` class="danger"`}>${acts[act]}</button></p>`,
  again?.key,
)}</details>`;
}

/** All that can be done about a session, in groups; and what cannot be done now, by name. */
export function actionsCard(visit: Visit, session: WholeSession, again: Again | null): Html {
  const { actions } = operatorSessionsWords[visit.language];
  const { acts } = operatorOutcomeWords[visit.language];
  const offered = ids.filter((act) => sessionActions[act].mayBeDone(session) || again?.act === act);
  const missing = ids.filter((act) => !offered.includes(act));
  const groups = GROUPS.map((group) => {
    const forms = offered
      .filter((act) => sessionActions[act].group === group)
      .map((act) => actionForm(visit, session, act, again));
    return forms.length > 0 && html`<h3>${actions.groups[group]}</h3>${forms}`;
  });
  return html`<section class="card" aria-labelledby="actions"><h2 id="actions">${actions.title}</h2>
${offered.length === 0 && html`<p>${actions.overHint}</p>`}${groups}
${
  missing.length > 0 &&
  offered.length > 0 &&
  html`<p class="hint">${actions.notNow} ${new Intl.ListFormat(visit.language, { type: 'unit' }).format(missing.map((act) => acts[act]))}</p>`
}</section>`;
}
