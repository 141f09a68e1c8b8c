import { type Html, html } from '../../platform/html.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { languageSwitch, type Reader } from '../pages/language-choice.ts';
import { type RenderedPage, renderPage } from '../pages/layout.ts';
import { codecWords } from '../pages/messages/codec.ts';
import type { CodecWords } from '../pages/messages/codec.en.ts';
import { timeInUtc } from '../pages/time.ts';

/** Why a token was not taken. */
export type TokenRefusal = 'notAdmin' | 'keysAway' | 'badToken';

function steps(uiOrigin: string | null, words: CodecWords): Html {
  return html`<section class="card">
<h2>${words.inUi}</h2>
<p>${uiOrigin === null ? words.openIt : html`<a href="${uiOrigin}">${words.openUnder(uiOrigin)}</a>`} ${words.byItself}</p>
<ol>
<li>${words.codecServer}</li>
<li>${words.credentials}</li>
</ol>
</section>`;
}

/** @param refused why the last attempt failed. */
export function signInPage(
  reader: Reader,
  uiOrigin: string | null,
  refused: TokenRefusal | null,
): RenderedPage {
  const words = codecWords[reader.language];
  return renderPage({
    language: reader.language,
    title: words.title,
    body: html`<p>${words.why}</p>
<section class="card">
${refused !== null && html`<p class="notice danger" id="token-error" role="alert">${words[refused]}</p>`}
<form method="post" action="/login">
<div class="field"><label for="token">${words.token}</label>
<input id="token" name="token" type="password" autocomplete="off" maxlength="8192" required aria-describedby="${refused !== null && 'token-error '}token-hint">
<p class="hint" id="token-hint">${words.onOwnMachine} <code>npm run token -- --role admin --tenant 1</code></p></div>
<p><button type="submit">${words.signIn}</button></p>
</form>
</section>
${steps(uiOrigin, words)}`,
    foot: languageSwitch(reader),
  });
}

export function signedInPage(reader: Reader, uiOrigin: string | null, until: Instant): RenderedPage {
  const words = codecWords[reader.language];
  return renderPage({
    language: reader.language,
    title: words.signedIn,
    body: html`<p class="notice ok">${words.until(timeInUtc(until, reader.language))}</p>
${steps(uiOrigin, words)}
<form method="post" action="/logout"><button type="submit" class="secondary">${words.signOut}</button></form>`,
    foot: languageSwitch(reader),
  });
}
