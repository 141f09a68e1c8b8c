import type { Request, RequestHandler } from 'express';
import { readCookie, setCookie } from '../../platform/cookies.ts';
import { type Html, html } from '../../platform/html.ts';
import { isLanguage, type Language, LANGUAGES, languageOf } from '../../platform/language.ts';
import { languageAsked } from './language.ts';
import { frameWords } from './messages/frame.ts';

/** What a visitor chose at the foot of a page. It says nothing about the visitor but that. */
export const LANGUAGE_COOKIE = 'latchkey_language';
const REMEMBERED_SECONDS = 365 * 24 * 60 * 60;
/** The parameter of a page's address that chooses, e.g. `?lang=de`. */
const PARAMETER = 'lang';

/** Whom a page speaks to. */
export interface Reader {
  readonly language: Language;
  /**
   * Where the page is, to show it in another language: a path with its query, or the query alone, which a browser takes
   * for the page it is on. Null where nobody can ask for it again.
   */
  readonly here: string | null;
}

const queryOf = (uri: string): string => (uri.includes('?') ? uri.slice(uri.indexOf('?')) : '');

/** What this request chooses, else what an earlier one chose. */
export function chosenLanguage(asked: unknown, cookies: string | undefined): Language | undefined {
  const remembered = readCookie(cookies, LANGUAGE_COOKIE);
  return [asked, remembered].find(isLanguage);
}

/**
 * Whom the answer to a request speaks to: as the visitor chose, else in the language of whose page it is, else as the
 * browser asks.
 *
 * @param known the language code of the session or the client, where there is one.
 * @param here where the page is, when it is not what was asked for: the answer to a form names the form's page.
 */
export function readerOf(
  req: Request,
  known: string | null = null,
  here: string | null = queryOf(req.originalUrl),
): Reader {
  const chosen = chosenLanguage(req.query[PARAMETER], req.get('cookie'));
  return { language: chosen ?? (known === null ? languageAsked(req) : languageOf(known)), here };
}

/** The `Set-Cookie` value that remembers a choice for the pages below a path. It is no secret, so HTTP may carry it. */
export function languageCookie(language: Language, path: string): string {
  return setCookie(LANGUAGE_COOKIE, language, { path, maxAgeSeconds: REMEMBERED_SECONDS, secure: false });
}

/** Remembers what a request chooses, for the pages below this path; and says what else they depend on. */
export function remembersLanguage(path: string): RequestHandler {
  return (req, res, next) => {
    const chosen = req.query[PARAMETER];
    if (isLanguage(chosen)) res.append('set-cookie', languageCookie(chosen, path));
    res.vary('Accept-Language');
    res.vary('Cookie');
    next();
  };
}

/** The same place with the choice in its query. */
function inLanguage(here: string, language: Language): string {
  const query = queryOf(here);
  const parameters = new URLSearchParams(query);
  parameters.set(PARAMETER, language);
  return `${here.slice(0, here.length - query.length)}?${parameters.toString()}`;
}

/** The languages beside each other at a page's foot, the page's own as words, the others as `choose` makes them. */
function languageBar(language: Language, choose: (other: Language, name: string) => Html): Html {
  const shown = LANGUAGES.map((one) => {
    const name = frameWords[one].ownName;
    return html`<li>${one === language ? html`<span aria-current="true">${name}</span>` : choose(one, name)}</li>`;
  });
  return html`<nav aria-label="${frameWords[language].language}"><ul class="bar">${shown}</ul></nav>`;
}

/** The foot of every page: the same page in the other languages. */
export function languageSwitch({ language, here }: Reader): Html | undefined {
  if (here === null) return undefined;
  return languageBar(
    language,
    (other, name) =>
      html`<a href="${inLanguage(here, other)}" hreflang="${other}" lang="${other}" rel="nofollow">${name}</a>`,
  );
}

/** The foot of a page that is asked for with more than its address should tell: its fields are sent once more. */
export function languageForm(
  { language }: Reader,
  method: 'get' | 'post',
  action: string,
  fields: Readonly<Record<string, string | null>>,
): Html {
  const hidden = Object.entries(fields).map(
    ([name, value]) => value !== null && html`<input type="hidden" name="${name}" value="${value}">`,
  );
  const bar = languageBar(
    language,
    (other, name) =>
      html`<button type="submit" name="${PARAMETER}" value="${other}" lang="${other}">${name}</button>`,
  );
  return html`<form method="${method}" action="${action}">${hidden}${bar}</form>`;
}
