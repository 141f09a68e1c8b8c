import { type Html, html } from '../../platform/html.ts';
import type { Outcome, Phase } from '../../workflows/contract/session.ts';
import { loginPath, sessionPath } from '../gate/paths.ts';
import { languageForm, languageSwitch, type Reader } from './language-choice.ts';
import { type RenderedPage, renderPage } from './layout.ts';
import { loginWords } from './messages/login.ts';
import type { LoginWords } from './messages/login.en.ts';
import { timeInWords } from './time.ts';

const backField = (back: string | null): Html | null =>
  back === null ? null : html`<input type="hidden" name="rd" value="${back}">`;

/** What is wrong with a field, where its reader hears of it at once. */
const fieldError = (id: string, words: string | null): Html | null =>
  words === null ? null : html`<p class="notice danger" id="${id}" role="alert">${words}</p>`;

const describedBy = (hint: string, error: string, words: string | null): Html =>
  words === null
    ? html`aria-describedby="${hint}"`
    : html`aria-describedby="${error} ${hint}" aria-invalid="true"`;

export interface LoginPage {
  readonly reader: Reader;
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
  const words = loginWords[page.reader.language];
  return renderPage({
    language: page.reader.language,
    title: words.loginTitle,
    body: html`<p>${words.forWhom}</p>
<section class="card">
<h2>${words.byLink}</h2>
<p>${words.byLinkHow}</p>
</section>
<section class="card">
<h2>${words.withoutLink}</h2>
${fieldError('email-error', page.error)}
<form method="post" action="/customer/login">
${backField(page.back)}
<div class="field"><label for="email">${words.email}</label>
<input id="email" name="email" type="email" autocomplete="email" maxlength="254" required value="${page.email}" ${describedBy('email-hint', 'email-error', page.error)}>
<p class="hint" id="email-hint">${words.emailHint}</p></div>
<div class="actions"><button type="submit">${words.sendCode}</button>
<button type="submit" class="secondary" formaction="/customer/login/link">${words.sendLinks}</button></div>
</form>
</section>
${
  page.withAccount &&
  html`<section class="card">
<h2>${words.byAccount}</h2>
<p>${words.byAccountHow}</p>
<p><a class="button secondary" href="${accountPath(page.back)}">${words.account}</a></p>
</section>`
}`,
    foot: languageSwitch(page.reader),
  });
}

export interface CodePage {
  readonly reader: Reader;
  readonly challenge: string;
  readonly back: string | null;
  readonly error: string | null;
  readonly digits: number;
  readonly goodForMinutes: number;
}

/** The same for every address. */
export function codePage(page: CodePage): RenderedPage {
  const words = loginWords[page.reader.language];
  return renderPage({
    language: page.reader.language,
    title: words.codeTitle,
    body: html`<section class="card">
${fieldError('code-error', page.error)}
<p id="code-hint">${words.codeSent(page.digits, page.goodForMinutes)}</p>
<form method="post" action="/customer/login/code">
${backField(page.back)}
<input type="hidden" name="challenge" value="${page.challenge}">
<div class="field"><label for="code">${words.code}</label>
<input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="16" required autofocus ${describedBy('code-hint', 'code-error', page.error)}></div>
<p><button type="submit">${words.logIn}</button></p>
</form>
</section>
<p>${words.nothingCame} <a href="${loginPath(page.back)}">${words.askAgain}</a>. ${words.newEndsOld}</p>`,
    foot: languageForm(page.reader, 'post', '/customer/login/code', {
      challenge: page.challenge,
      rd: page.back,
    }),
  });
}

/** The same for every address. */
export function linksPage(reader: Reader, back: string | null): RenderedPage {
  const words = loginWords[reader.language];
  return renderPage({
    language: reader.language,
    title: words.linksTitle,
    body: html`<p class="notice ok" role="status">${words.linksSent}</p>
<p>${words.nothingCame} <a href="${loginPath(back)}">${words.tryAgain}</a>.</p>`,
    foot: languageSwitch(reader),
  });
}

/** A session as the list after a login shows it. */
export interface ListedSession {
  readonly slug: string;
  readonly productName: string;
  readonly variantName: string;
  readonly startsAt: Date | null;
  readonly timeZone: string;
  readonly phase: Phase;
  readonly outcome: Outcome | null;
}

const isPast = ({ phase }: ListedSession): boolean => phase === 'settling' || phase === 'ended';

interface State {
  readonly tone: '' | 'ok' | 'warn';
  readonly word: string;
}

function pastState(outcome: Outcome | null, words: LoginWords): State {
  switch (outcome) {
    case 'completed':
      return { tone: 'ok', word: words.completed };
    case 'no-show':
      return { tone: 'warn', word: words.noShow };
    case 'cancelled':
      return { tone: '', word: words.cancelled };
    case 'expired':
      return { tone: 'warn', word: words.expired };
    case 'refunded':
      return { tone: '', word: words.refunded };
    case null:
      return { tone: '', word: words.over };
  }
}

function stateOf({ phase, outcome }: ListedSession, words: LoginWords): State {
  switch (phase) {
    case 'opening':
      return { tone: '', word: words.opening };
    case 'awaiting-booking':
      return { tone: 'warn', word: words.unbooked };
    case 'scheduled':
    case 'locked':
      return { tone: 'ok', word: words.booked };
    case 'settling':
    case 'ended':
      return pastState(outcome, words);
  }
}

/** A session that is over leads nowhere any more. */
function listed(session: ListedSession, reader: Reader, chosenZone: string | null): Html {
  const words = loginWords[reader.language];
  const { slug, productName, variantName, startsAt, timeZone } = session;
  const state = stateOf(session, words);
  return html`<li class="card"><h3>${isPast(session) ? productName : html`<a href="${sessionPath(slug)}">${productName}</a>`}</h3>
${variantName !== '' && variantName !== productName && html`<p class="muted">${variantName}</p>`}
<p>${
    startsAt === null
      ? words.noTime
      : html`<time datetime="${startsAt.toISOString()}">${timeInWords(startsAt, chosenZone ?? timeZone, reader.language)}</time>`
  }</p>
<p><span class="${`badge ${state.tone}`.trim()}">${state.word}</span></p></li>
`;
}

function group(title: string, sessions: readonly Html[]): Html | null {
  if (sessions.length === 0) return null;
  return html`<section>
<h2>${title}</h2>
<ul class="plain">
${sessions}</ul>
</section>`;
}

/**
 * Who is logged in, and has no place to go back to: the sessions, those ahead first.
 *
 * @param chosenZone what the client chose to read times in; null: each session's own.
 */
export function loggedInPage(
  reader: Reader,
  sessions: readonly ListedSession[],
  chosenZone: string | null,
): RenderedPage {
  const words = loginWords[reader.language];
  const shown = (ones: readonly ListedSession[]) => ones.map((one) => listed(one, reader, chosenZone));
  return renderPage({
    language: reader.language,
    title: words.listTitle,
    body: html`<p class="muted">${words.loggedIn}</p>
${sessions.length === 0 && html`<p class="card">${words.none}</p>`}
${group(words.ahead, shown(sessions.filter((one) => !isPast(one))))}
${group(words.past, shown(sessions.filter(isPast)))}
<form method="post" action="/customer/logout">
<button type="submit" class="secondary">${words.logOut}</button>
</form>`,
    foot: languageSwitch(reader),
  });
}

/** A login that did not work out, in plain words, and the way back. */
export function loginFailedPage(
  reader: Reader,
  { title, why, back }: { readonly title: string; readonly why: string; readonly back: string | null },
): RenderedPage {
  return renderPage({
    language: reader.language,
    title,
    body: html`<p class="notice warn" role="alert">${why}</p>
<p><a href="${loginPath(back)}">${loginWords[reader.language].back}</a></p>`,
    foot: languageSwitch(reader),
  });
}
