import type { Request } from 'express';
import { describe, expect, test } from '@jest/globals';
import {
  chosenLanguage,
  languageCookie,
  languageForm,
  languageSwitch,
  readerOf,
} from '../../api/pages/language-choice.ts';

/** As much of a request as decides on its language. */
function asked(given: { lang?: unknown; cookie?: string; accept?: string; url?: string }): Request {
  const headers: Readonly<Record<string, string | undefined>> = { cookie: given.cookie };
  return {
    query: { lang: given.lang },
    originalUrl: given.url ?? '/customer/login',
    get: (name: string) => headers[name],
    acceptsLanguages: (...offered: string[]) => offered.find((one) => one === given.accept) ?? false,
  } as unknown as Request;
}

const german = 'a=b; latchkey_language=de';

describe('in which language a page speaks', () => {
  test.each([
    ['what is chosen now beats what was chosen', { lang: 'en', cookie: german }, 'de', 'en'],
    ['what was chosen beats whose page it is', { cookie: german }, 'en', 'de'],
    ['whose page it is beats the browser', { accept: 'en' }, 'DE_CH', 'de'],
    ['a language that nothing is written in is English', { accept: 'de' }, 'fr', 'en'],
    ['else the browser', { accept: 'de' }, null, 'de'],
    ['else English', {}, null, 'en'],
    ['a choice that is none', { lang: 'fr', cookie: 'latchkey_language=xx' }, null, 'en'],
    ['two choices at once', { lang: ['de', 'en'] }, null, 'en'],
  ] as const)('%s', (_name, given, known, language) => {
    expect(readerOf(asked(given as Parameters<typeof asked>[0]), known).language).toBe(language);
  });

  test('a choice in a URI is heard only where it is one', () => {
    expect(chosenLanguage('de', undefined)).toBe('de');
    expect(chosenLanguage(null, undefined)).toBeUndefined();
    expect(chosenLanguage('"><script>', german)).toBe('de');
  });
});

describe('the foot of a page', () => {
  const { text } = languageSwitch({ language: 'en', here: '/customer/login?rd=/customer/s/x' }) ?? {
    text: '',
  };

  test('leads to the same page in the other language, and says so to programs', () => {
    expect(text).toContain(
      'href="/customer/login?rd=%2Fcustomer%2Fs%2Fx&amp;lang=de" hreflang="de" lang="de"',
    );
    expect(text).toContain('<span aria-current="true">English</span>');
  });

  test('keeps what was asked for, and repeats no path that somebody made up', () => {
    const reader = readerOf(
      asked({ url: '//evil.example/customer/login?lang=de&rd=/customer/s/x', lang: 'de' }),
    );
    const switched = languageSwitch(reader)?.text ?? '';
    expect(switched).toContain('href="?lang=en&amp;rd=%2Fcustomer%2Fs%2Fx"');
    expect(switched).not.toContain('evil');
  });

  test('is not there where the page cannot be asked for again', () => {
    expect(languageSwitch({ language: 'de', here: null })).toBeUndefined();
  });

  test('sends the fields of a form again', () => {
    const form = languageForm({ language: 'de', here: null }, 'post', '/customer/login/code', {
      challenge: '"x"',
      rd: null,
    }).text;
    expect(form).toContain('<input type="hidden" name="challenge" value="&quot;x&quot;">');
    expect(form).not.toContain('name="rd"');
    expect(form).toContain('<button type="submit" name="lang" value="en" lang="en">English</button>');
  });
});

test('a choice is remembered for our pages alone, and by nobody but the browser', () => {
  expect(languageCookie('de', '/customer')).toBe(
    'latchkey_language=de; Path=/customer; Max-Age=31536000; HttpOnly; SameSite=Lax',
  );
});
