import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ENGLISH } from '../support/english.ts';

const folders = ['../../api/pages/messages/', '../../activities/messages/'].map(
  (path) => new URL(path, import.meta.url),
);

type Words = Readonly<Record<string, unknown>>;

/** Each text by where it stands, functions by what they say of ordinary values. */
function flat(words: unknown, at = ''): (readonly [string, string])[] {
  if (typeof words === 'string') return [[at, words]];
  if (typeof words === 'function') {
    const sample = [2, 1, 3, 4].slice(0, words.length);
    return flat((words as (...values: unknown[]) => unknown)(...sample), at);
  }
  if (typeof words !== 'object' || words === null) return [];
  return Object.entries(words).flatMap(([key, value]) => flat(value, `${at}.${key}`));
}

async function wordsIn(file: URL): Promise<Words> {
  const found = Object.entries((await import(file.href)) as Words).filter(
    ([, value]) => typeof value === 'object',
  );
  expect(found.map(([name]) => name)).toHaveLength(1);
  return found[0]?.[1] as Words;
}

const subjects = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.en.ts'))
    .map((name) => [name.replace('.en.ts', ''), folder] as const),
);

/** One word may be written alike in both languages (Filter, Shop, Phase), and where something is; a sentence not. */
const SAME = /^(?:In (?:Temporal UI|Zammad|Saleor|Calendly|Cal\.com|APISIX)|\P{Z}*)[^\p{L}]*$/u;

test('there are subjects', () => {
  expect(subjects.map(([subject]) => subject)).toEqual(
    expect.arrayContaining(['booking', 'frame', 'login', 'notices']),
  );
});

describe.each(subjects)('%s', (subject, folder) => {
  test('says the same things in both languages, and nothing is empty', async () => {
    const [en, de] = await Promise.all(
      ['en', 'de'].map(async (language) => flat(await wordsIn(new URL(`${subject}.${language}.ts`, folder)))),
    );
    expect(de?.map(([at]) => at).sort()).toEqual(en?.map(([at]) => at).sort());
    expect([...(en ?? []), ...(de ?? [])].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  test('is German in German', async () => {
    const en = new Map(flat(await wordsIn(new URL(`${subject}.en.ts`, folder))));
    for (const [at, text] of flat(await wordsIn(new URL(`${subject}.de.ts`, folder)))) {
      if (!SAME.test(text)) expect([at, text]).not.toEqual([at, en.get(at)]);
      expect(text).not.toMatch(ENGLISH);
      // Clients are addressed formally.
      expect(text).not.toMatch(/\b(?:du|dich|dir|dein|deine|deinen|deiner|euch|eure)\b/i);
    }
  });
});
