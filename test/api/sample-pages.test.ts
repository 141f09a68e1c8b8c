import { describe, expect, test } from '@jest/globals';
import { LANGUAGES } from '../../platform/language.ts';
import { ENGLISH } from '../support/english.ts';
import { samplePages } from './support/sample-pages.ts';

/** All that a page is: it asks for nothing more. */
const MOST_BYTES = 60_000;

/** What people see or hear, attributes of programs left out. */
const spoken = (text: string): string =>
  text
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<(?:code|time|a href="https)[^>]*>[^<]*/g, '')
    .replace(/<[^>]*>/g, ' ');

describe.each(LANGUAGES)('pages in %s', (language) => {
  const pages = Object.entries(samplePages(language));

  test.each(pages)('%s is one language, one small request, and one heading', (_name, { text, policy }) => {
    expect(text).toContain(`<html lang="${language}">`);
    expect(Buffer.byteLength(text)).toBeLessThan(MOST_BYTES);
    expect(text).not.toMatch(/<(?:script|img|link|iframe|object)\b|\son\w+=|\sstyle=/i);
    expect(policy).not.toContain('unsafe');
    expect(text.match(/<h1>/g)).toHaveLength(1);
    // Headings in order: none skips a level.
    const levels = [...text.matchAll(/<h(\d)>/g)].map(([, level]) => Number(level));
    for (const [at, level] of levels.entries()) expect(level - (levels[at - 1] ?? 0)).toBeLessThanOrEqual(1);
    if (language === 'de') expect(spoken(text)).not.toMatch(ENGLISH);
  });

  test.each(pages)('%s offers the other language, or can not be asked for again', (name, { text }) => {
    const other = LANGUAGES.find((one) => one !== language);
    const offers = text.includes(`hreflang="${other}"`) || text.includes(`name="lang" value="${other}"`);
    expect([name, offers]).toEqual([name, true]);
  });
});
