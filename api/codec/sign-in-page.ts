import { html } from '../../platform/html.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { type RenderedPage, renderPage } from '../pages/layout.ts';

const steps = (uiOrigin: string | null) => html`<h2>In Temporal UI</h2>
<p>Open ${uiOrigin === null ? 'it' : html`<a href="${uiOrigin}">${uiOrigin}</a>, under this very address`}. A UI that
asks this server by itself needs nothing more. In any other, open <strong>Codec Server</strong> (the symbol at the top):</p>
<ol>
<li>Choose <strong>Use my browser setting</strong>, and enter the address of this page without <code>/login</code>.</li>
<li>Switch on <strong>Include cross-origin credentials</strong>, and apply. The browser remembers it.</li>
</ol>`;

/** @param error why the last attempt failed, in words. */
export function signInPage(uiOrigin: string | null, error: string | null): RenderedPage {
  return renderPage({
    language: 'en',
    title: 'Read payloads in Temporal UI',
    body: html`<p>What workflows are told and answer is encrypted. Sign in, and your Temporal UI can show it for an hour.</p>
${error !== null && html`<p class="notice" id="token-error" role="alert">${error}</p>`}
<form method="post" action="/login">
<p><label for="token">A bearer token of role admin</label><br>
<input id="token" name="token" type="password" autocomplete="off" maxlength="8192" required aria-describedby="token-hint"></p>
<p id="token-hint">On one’s own machine: <code>npm run token -- --role admin --tenant 1</code></p>
<p><button type="submit">Sign in</button></p>
</form>
${steps(uiOrigin)}`,
  });
}

export function signedInPage(uiOrigin: string | null, until: Instant): RenderedPage {
  return renderPage({
    language: 'en',
    title: 'You are signed in',
    body: html`<p>This browser’s Temporal UI can show payloads until ${new Date(until).toISOString().slice(11, 16)} UTC.</p>
${steps(uiOrigin)}
<form method="post" action="/logout"><button type="submit">Sign out</button></form>`,
  });
}
