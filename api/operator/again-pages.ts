import { type Html, html } from '../../platform/html.ts';
import type { RenderedPage } from '../pages/layout.ts';
import type { Reader } from '../pages/language-choice.ts';
import { operatorFrameWords } from '../pages/messages/operator-frame.ts';
import { FORM_TOKEN, frameFields, FORM_KEY, hiddenFields } from './forms.ts';
import { unframed } from './frame.ts';
import type { OperatorView, Visit } from './visit.ts';

type Fields = Readonly<Record<string, string>>;

/** What was typed, as it was typed. */
function listed(fields: Fields): Html | false {
  const typed = Object.entries(fields).filter(
    ([name, value]) => name !== FORM_TOKEN && name !== FORM_KEY && value.trim() !== '',
  );
  return (
    typed.length > 0 &&
    html`<dl class="facts">${typed.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
  );
}

/** A page with nothing but a sentence, for who is not signed in. */
export const noticePage = (reader: Reader, title: string, words: string): RenderedPage =>
  unframed(reader, title, html`<p>${words}</p>`);

/**
 * Answers a form whose session is over: what was typed stands in it still, and is sent once somebody is signed in.
 *
 * @param to where the form was sent to.
 */
export function sessionOverPage(reader: Reader, to: string, fields: Fields): RenderedPage {
  const { again } = operatorFrameWords[reader.language];
  return unframed(
    reader,
    again.overTitle,
    html`<div class="notice warn" role="alert"><p>${again.over}</p></div>
<p>${again.overSteps}</p>
<p><a class="button secondary" href="/admin/sign-in" target="_blank">${again.signInElsewhere}</a></p>
${listed(fields)}
<form method="post" action="${to}">${hiddenFields(fields)}<button type="submit">${again.send}</button></form>`,
  );
}

/** Answers a form of an earlier session of this browser: its operator looks at it once more. */
export function sendAgain({ language, req, operator }: Visit, fields: Fields): OperatorView {
  const { again } = operatorFrameWords[language];
  const { [FORM_TOKEN]: _, [FORM_KEY]: key, ...typed } = fields;
  return {
    kind: 'view',
    status: 403,
    title: again.oldTitle,
    place: null,
    body: html`<div class="notice warn" role="alert"><p>${again.old}</p></div>
${listed(fields)}
<form method="post" action="${req.originalUrl}">${frameFields(operator, key)}${hiddenFields(typed)}<button type="submit">${again.send}</button></form>`,
  };
}
