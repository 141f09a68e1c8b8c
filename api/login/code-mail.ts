import { html } from '../../platform/html.ts';
import type { Language } from '../../platform/language.ts';
import { codeMailWords } from '../pages/messages/code-mail.ts';
import { CODE_GOOD_FOR_MS } from './codes.ts';

/** The mail that carries a code. Not in its subject: Zammad keeps subjects in the ticket's history for ever. */
export function codeMail(
  code: string,
  language: Language,
): { readonly subject: string; readonly body: string } {
  const words = codeMailWords[language];
  return {
    subject: words.subject,
    body: html`<p>${words.codeIs}</p>
<p><strong>${code}</strong></p>
<p>${words.goodFor(CODE_GOOD_FOR_MS / 60_000)}</p>
<p>${words.notAsked}</p>`.text,
  };
}
