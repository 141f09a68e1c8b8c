import { type Html, html } from '../../platform/html.ts';
import type { Reader } from '../pages/language-choice.ts';
import type { RenderedPage } from '../pages/layout.ts';
import { operatorFrameWords } from '../pages/messages/operator-frame.ts';
import { unframed } from './frame.ts';

/** What the page says first: why the last attempt failed, or where somebody came from. */
export interface SignInNotice {
  readonly tone: 'danger' | 'ok' | 'warn';
  readonly words: string;
}

function notice({ tone, words }: SignInNotice): Html {
  return html`<p class="notice ${tone}" id="sign-in-notice" role="${tone === 'danger' ? 'alert' : 'status'}">${words}</p>`;
}

/**
 * @param back where to go on to.
 * @param withAccount whether there is a provider of accounts to sign in with.
 */
export function signInPage(
  reader: Reader,
  about: { readonly back: string; readonly withAccount: boolean; readonly notice: SignInNotice | null },
): RenderedPage {
  const { signIn } = operatorFrameWords[reader.language];
  const { back } = about;
  const account = `/admin/sign-in/account?${new URLSearchParams({ back }).toString()}`;
  const described = about.notice?.tone === 'danger' ? 'token-hint sign-in-notice' : 'token-hint';
  return unframed(
    reader,
    signIn.title,
    html`<p>${signIn.lead}</p>
${about.notice !== null && notice(about.notice)}
${
  about.withAccount &&
  html`<div class="card"><p><a class="button" href="${account}">${signIn.withAccount}</a></p></div>
<h2>${signIn.or}</h2>`
}
<form class="card" method="post" action="/admin/sign-in">
<input type="hidden" name="back" value="${back}">
<div class="field"><label for="token">${signIn.token}</label>
<input id="token" name="token" type="password" autocomplete="off" maxlength="8192" required aria-describedby="${described}">
<p class="hint" id="token-hint">${signIn.tokenHint} <code>npm run token -- --role admin --tenant 1</code></p></div>
<p><button type="submit">${signIn.submit}</button></p>
</form>`,
  );
}
