import { type Html, html } from '../../platform/html.ts';
import { operatorFrameWords } from '../pages/messages/operator-frame.ts';
import { operatorOutcomeWords } from '../pages/messages/operator-outcomes.ts';
import { shortTime } from './times.ts';
import type { Told } from './told.ts';
import type { Visit } from './visit.ts';

type Reader = Pick<Visit, 'language' | 'zone'>;

/** An act by its name in words; one that has none is told by its id. */
export function actInWords({ language }: Pick<Reader, 'language'>, act: string): string {
  const { acts } = operatorOutcomeWords[language];
  return Object.hasOwn(acts, act) ? acts[act as keyof typeof acts] : act;
}

function sentence(reader: Reader, told: Told): string {
  const { told: words } = operatorFrameWords[reader.language];
  const { reasons, failures } = operatorOutcomeWords[reader.language];
  const act = actInWords(reader, told.act);
  if (told.outcome === 'done')
    return told.count === undefined ? words.done(act) : words.many(act, told.count);
  if (told.outcome === 'unconfirmed' || told.outcome === 'outcome-unknown') return words.unconfirmed(act);
  const { reason } = told;
  if (reason !== undefined && Object.hasOwn(reasons, reason))
    return words.refused(act, reasons[reason as keyof typeof reasons]);
  const why = Object.hasOwn(failures, told.outcome)
    ? failures[told.outcome as keyof typeof failures]
    : failures.other;
  return words.failed(act, why);
}

/** A reason that there are words for; then the API's own words say nothing more. */
function isReason(reason: string | undefined, { language }: Reader): boolean {
  return reason !== undefined && Object.hasOwn(operatorOutcomeWords[language].reasons, reason);
}

const toneOf = ({ outcome }: Told): 'ok' | 'warn' | 'danger' =>
  outcome === 'done' ? 'ok' : outcome === 'unconfirmed' || outcome === 'outcome-unknown' ? 'warn' : 'danger';

/** What became of a form, in words; the codes behind it stand below, to be looked up. */
export function toldNotice(reader: Reader, told: Told): Html {
  const { told: words, requestId } = operatorFrameWords[reader.language];
  const tone = toneOf(told);
  const codes = tone === 'ok' ? [] : [told.outcome, told.reason].filter((code) => code !== undefined);
  return html`<div class="notice ${tone}" role="${tone === 'danger' ? 'alert' : 'status'}">
<p>${sentence(reader, told)}${told.at !== undefined && html` ${words.since(shortTime(told.at, reader))}`}</p>
${told.detail !== undefined && !isReason(told.reason, reader) && html`<p lang="en">${told.detail}</p>`}
${
  codes.length > 0 &&
  html`<p class="hint">${words.code(codes.join(', '))}${told.requestId !== undefined && html` · ${requestId(told.requestId)}`}</p>`
}
</div>`;
}
