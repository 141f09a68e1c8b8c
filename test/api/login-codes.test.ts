import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createBackground } from '../../api/login/background.ts';
import {
  codeFits,
  codeHashOf,
  hashOfNoCode,
  isChallenge,
  newChallenge,
  newCode,
  readCode,
} from '../../api/login/codes.ts';
import { ringOf } from './support/keys.ts';

describe('codes', () => {
  test('are six digits, leading zeros included', () => {
    const codes = Array.from({ length: 2000 }, newCode);
    for (const code of codes) expect(code).toMatch(/^\d{6}$/);
    expect(codes.some((code) => code.startsWith('0'))).toBe(true);
    expect(new Set(codes).size).toBeGreaterThan(1900);
  });

  test('challenges are fresh and of one form', () => {
    const challenges = Array.from({ length: 1000 }, newChallenge);
    expect(new Set(challenges).size).toBe(1000);
    for (const challenge of challenges) expect(isChallenge(challenge)).toBe(true);
  });

  test.each([
    ['123456', '123456'],
    [' 123 456 ', '123456'],
    ['123-456', '123456'],
    ['1 2 3 4 5 6', '123456'],
    ['000000', '000000'],
  ])('%j is read as %s', (typed, code) => {
    expect(readCode(typed)).toBe(code);
  });

  test.each(['', '12345', '1234567', '12345a', '١٢٣٤٥٦', '+12345', '1e5555', '123456\u0000'])(
    '%j is none',
    (typed) => {
      expect(readCode(typed)).toBeUndefined();
    },
  );

  const code = fc.nat({ max: 999_999 }).map((n) => String(n).padStart(6, '0'));

  test('fit their own challenge and digits only, under every key of the ring', () => {
    fc.assert(
      fc.property(code, code, (one, other) => {
        const challenge = newChallenge();
        const stored = codeHashOf(ringOf('old'), challenge, one);
        expect(codeFits(ringOf('new', 'old'), challenge, one, stored)).toBe(true);
        expect(codeFits(ringOf('new', 'old'), challenge, other, stored)).toBe(other === one);
        expect(codeFits(ringOf('new', 'old'), newChallenge(), one, stored)).toBe(false);
        expect(codeFits(ringOf('new'), challenge, one, stored)).toBe(false);
        expect(codeFits(ringOf('old'), challenge, one, hashOfNoCode())).toBe(false);
      }),
    );
  });

  test('a stored hash of another length fits nothing', () => {
    expect(codeFits(ringOf('k'), newChallenge(), '123456', Buffer.alloc(0))).toBe(false);
  });
});

describe('work behind the answers', () => {
  test('is waited for, with what it begins, and reported when it fails', async () => {
    const reports: unknown[][] = [];
    const done: string[] = [];
    const background = createBackground((...report) => void reports.push(report));
    const failure = new Error('no');
    background.run('outer', async () => {
      background.run('inner', async () => void done.push('inner'));
      done.push('outer');
    });
    background.run('broken', () => Promise.reject(failure));
    background.run('thrown', () => {
      throw failure;
    });
    expect(done).toEqual([]);
    await background.settled();
    expect(done).toEqual(['outer', 'inner']);
    expect(reports).toEqual([
      ['broken', failure],
      ['thrown', failure],
    ]);
  });

  test('is dropped, and reported, where there is too much of it', async () => {
    const reports: unknown[][] = [];
    let ran = 0;
    const background = createBackground((...report) => void reports.push(report));
    for (let n = 0; n < 1003; n += 1)
      background.run('one', async () => {
        ran += 1;
      });
    await background.settled();
    expect([ran, reports]).toEqual([1000, [['one'], ['one'], ['one']]]);
  });
});
