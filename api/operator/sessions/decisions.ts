import type { LiveSession } from '../../../integrations/latchkey/operations.generated.ts';
import { type Html, html } from '../../../platform/html.ts';
import { operatorFrameWords } from '../../pages/messages/operator-frame.ts';
import { remedyInWords } from '../../pages/messages/operator-remedies.ts';
import { operatorSessionsWords } from '../../pages/messages/operator-sessions.ts';
import { form } from '../forms.ts';
import { fromNow, shortTime } from '../times.ts';
import type { Visit } from '../visit.ts';
import type { SessionActionId } from './actions.ts';
import { SESSIONS } from './list.ts';
import { stepInWords } from './story.ts';

type Late = NonNullable<LiveSession['late_change']>;
type Attention = LiveSession['attention'][number];

interface About {
  readonly session: string;
  /** The page that a good answer leads back to. */
  readonly back: string;
}

/** A form of one line: a reason, and a button for each way to decide. */
function decision(
  visit: Visit,
  { session, back }: About,
  mark: string,
  act: SessionActionId | null,
  more: Html,
  buttons: Html,
): Html {
  const { reason, optional } = operatorFrameWords[visit.language];
  const id = `reason-${session}-${mark}`;
  return form(
    visit,
    `${SESSIONS}/${session}`,
    html`<input type="hidden" name="back" value="${back}">${act !== null && html`<input type="hidden" name="act" value="${act}">`}${more}
<div class="field"><label for="${id}">${reason} <span class="muted">(${optional})</span></label><input id="${id}" name="reason" type="text" maxlength="500" autocomplete="off"></div>
<p class="actions">${buttons}</p>`,
  );
}

/** A late change that waits: who waits, until when, and the two answers. */
export function lateBox(visit: Visit, about: About, late: Late): Html {
  const words = operatorSessionsWords[visit.language].late;
  const who = Object.hasOwn(words.by, late.by) ? words.by[late.by as keyof typeof words.by] : late.by;
  return html`<div class="notice warn">
<p>${words.line(who, shortTime(late.requested_at, visit), fromNow(late.requested_at, visit))}
<strong>${words.deadline(shortTime(late.deadline, visit), fromNow(late.deadline, visit))}</strong></p>
${decision(
  visit,
  about,
  'late',
  'decideLateChange',
  html``,
  html`<button type="submit" name="approve" value="true">${words.approve}</button><button class="secondary" type="submit" name="approve" value="false">${words.decline}</button>`,
)}</div>`;
}

/** A refund above the limit. */
export function refundBox(visit: Visit, about: About): Html {
  const words = operatorSessionsWords[visit.language].refund;
  return html`<div class="notice warn"><p><strong>${words.title}.</strong> ${words.words}</p>
${decision(
  visit,
  about,
  'refund',
  'decideRefund',
  html``,
  html`<button type="submit" name="approve" value="true">${words.approve}</button><button class="secondary" type="submit" name="approve" value="false">${words.decline}</button>`,
)}</div>`;
}

/** A failed step, or a fact that a person must look at: what it is, what to do, and the ways on. */
export function attentionBox(visit: Visit, about: About, one: Attention, place: number): Html {
  const words = operatorSessionsWords[visit.language].attention;
  const { step, code, since, vendor_request_id: request } = one;
  const title = step === null ? code : stepInWords(visit.language, step);
  const buttons =
    step === null
      ? html`<button type="submit" name="act" value="skipSessionStep">${words.note}</button>`
      : html`<button type="submit" name="act" value="retrySessionStep">${words.retry}</button><button class="secondary" type="submit" name="act" value="skipSessionStep">${words.skip}</button>`;
  return html`<div class="notice danger">
<p><strong>${title}</strong> <span class="muted">${words.since(shortTime(since, visit), fromNow(since, visit))}</span></p>
<p>${remedyInWords(visit.language, code)}</p>
<p class="muted"><code>${code}</code>${step !== null && html` · <code>${step}</code>`}${
    request !== null && html` · ${words.vendorRequest}: <code>${request}</code>`
  }</p>
${decision(visit, about, `attention-${place}`, null, html`<input type="hidden" name="step" value="${step ?? code}">`, buttons)}</div>`;
}
