import { type Html, html } from '../../platform/html.ts';
import { loginPath, sessionPath } from '../gate/paths.ts';
import { type RenderedPage, renderPage } from './layout.ts';
import { timeInWords } from './time.ts';

const backField = (back: string | null): Html | null =>
  back === null ? null : html`<input type="hidden" name="rd" value="${back}">`;

/** What is wrong with a field, where its reader hears of it at once. */
const fieldError = (id: string, words: string | null): Html | null =>
  words === null ? null : html`<p class="notice" id="${id}" role="alert">${words}</p>`;

const describedBy = (hint: string, error: string, words: string | null): Html =>
  words === null
    ? html`aria-describedby="${hint}"`
    : html`aria-describedby="${error} ${hint}" aria-invalid="true"`;

export interface LoginPage {
  readonly back: string | null;
  /** There is a second way: an account at an outside provider. */
  readonly withAccount: boolean;
  readonly error: string | null;
  /** What was typed, to be corrected. */
  readonly email?: string;
}

function accountPath(back: string | null): string {
  return back === null ? '/customer/login/oidc' : `/customer/login/oidc?rd=${encodeURIComponent(back)}`;
}

/** Where to find the link, and the ways in without it. */
export function loginPage(page: LoginPage): RenderedPage {
  return renderPage({
    language: 'en',
    title: 'Open your session',
    body: html`<p>This page is for the person who booked the session.</p>
<p>Please open the link in the e-mail that we sent you about it. The link signs you in. A newer link replaces the
old one, so look for the newest e-mail.</p>
<h2>No link at hand?</h2>
${fieldError('email-error', page.error)}
<form method="post" action="/customer/login">
${backField(page.back)}
<p><label for="email">Your e-mail address</label><br>
<input id="email" name="email" type="email" autocomplete="email" maxlength="254" required value="${page.email}" ${describedBy('email-hint', 'email-error', page.error)}></p>
<p id="email-hint">The one that you booked with. We send a code to log in with, or the links to your sessions.</p>
<p><button type="submit">Send me a code</button></p>
<p><button type="submit" formaction="/customer/login/link">Send me my links again</button></p>
</form>
${page.withAccount && html`<p><a href="${accountPath(page.back)}">Log in with your account</a></p>`}`,
  });
}

export interface CodePage {
  readonly challenge: string;
  readonly back: string | null;
  readonly error: string | null;
  readonly digits: number;
  readonly goodForMinutes: number;
}

/** The same for every address. */
export function codePage(page: CodePage): RenderedPage {
  return renderPage({
    language: 'en',
    title: 'Enter your code',
    body: html`${fieldError('code-error', page.error)}
<p id="code-hint">If we know this address, a code is on its way to it. It has ${page.digits} digits, is good for
${page.goodForMinutes} minutes, and works once.</p>
<form method="post" action="/customer/login/code">
${backField(page.back)}
<input type="hidden" name="challenge" value="${page.challenge}">
<p><label for="code">Code</label><br>
<input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="16" required autofocus ${describedBy('code-hint', 'code-error', page.error)}></p>
<p><button type="submit">Log in</button></p>
</form>
<p>Nothing after a few minutes? Please look among the unwanted e-mails, or
<a href="${loginPath(page.back)}">ask for a new code</a>. A new code ends this one.</p>`,
  });
}

/** The same for every address. */
export function linksPage(back: string | null): RenderedPage {
  return renderPage({
    language: 'en',
    title: 'Look into your e-mail',
    body: html`<p>If we know this address, the links to its sessions are on their way to it.</p>
<p>Nothing after a few minutes? Please look among the unwanted e-mails, or
<a href="${loginPath(back)}">try again</a>.</p>`,
  });
}

/** A session as the list after a login shows it. */
export interface ListedSession {
  readonly slug: string;
  readonly productName: string;
  readonly variantName: string;
  readonly startsAt: Date | null;
  readonly timeZone: string;
}

const listed = (
  session: ListedSession,
): Html => html`<li><a href="${sessionPath(session.slug)}">${session.productName}</a>
${session.variantName !== '' && html`(${session.variantName})`}<br>
${session.startsAt === null ? 'No time yet' : timeInWords(session.startsAt, session.timeZone)}</li>
`;

export function loggedInPage(sessions: readonly ListedSession[]): RenderedPage {
  return renderPage({
    language: 'en',
    title: 'You are logged in',
    body: html`${
      sessions.length === 0
        ? html`<p>You have no session ahead.</p>`
        : html`<p>Your sessions:</p>
<ul>
${sessions.map(listed)}</ul>`
    }
<form method="post" action="/customer/logout">
<button type="submit">Log out</button>
</form>`,
  });
}

/** A login that did not work out, in plain words, and the way back. */
export function loginFailedPage(title: string, words: string, back: string | null): RenderedPage {
  return renderPage({
    language: 'en',
    title: title,
    body: html`<p>${words}</p>
<p><a href="${loginPath(back)}">Back to the login</a></p>`,
  });
}
