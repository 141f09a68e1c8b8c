import { html } from '../../platform/html.ts';
import { CODE_GOOD_FOR_MS } from './codes.ts';

/** The mail that carries a code. Not in its subject: Zammad keeps subjects in the ticket's history for ever. */
export function codeMail(code: string): { readonly subject: string; readonly body: string } {
  return {
    subject: 'Your code to log in',
    body: html`<p>Your code to log in to your sessions is:</p>
<p><strong>${code}</strong></p>
<p>It is good for ${CODE_GOOD_FOR_MS / 60_000} minutes and for one login. Please type it only on the page where you asked for it.
Nobody of us will ever ask you for it.</p>
<p>If you did not ask for a code, please ignore this e-mail: without the code nobody gets in.</p>`.text,
  };
}
