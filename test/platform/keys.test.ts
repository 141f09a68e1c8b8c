import { describe, expect, test } from '@jest/globals';
import { keyRing, parseKeyRing, WELL_KNOWN_SECRET } from '../../platform/keys.ts';

const strong = (fill: number) => Buffer.alloc(32, fill).toString('base64');

describe('a key ring', () => {
  test('is read newest first and finds keys by id', () => {
    const parsed = parseKeyRing(`2026b:${strong(2)}, 2026a:${strong(1)}`, { weak: false });
    if (!parsed.ok) throw new Error(parsed.problems.join());
    expect(parsed.ring.newest.id).toBe('2026b');
    expect(parsed.ring.all.map((key) => key.id)).toEqual(['2026b', '2026a']);
    expect(parsed.ring.byId('2026a')?.secret).toEqual(new Uint8Array(32).fill(1));
    expect(parsed.ring.byId('2025')).toBeUndefined();
  });

  test('takes the URL alphabet of base64 too', () => {
    const bytes = Buffer.alloc(33, 0xfb);
    const parsed = parseKeyRing(`a:${bytes.toString('base64url')}`, { weak: false });
    expect(parsed.ok && parsed.ring.newest.secret).toEqual(new Uint8Array(bytes));
  });

  const bad: readonly (readonly [string, string, RegExp])[] = [
    ['nothing', '', /key 1 is not written as id:base64/],
    ['no id', `:${strong(1)}`, /key 1 is not written as id:base64/],
    ['no colon', strong(1), /key 1 is not written as id:base64/],
    ['an id with a space', `a b:${strong(1)}`, /key 1 is not written as id:base64/],
    ['a comma too many', `a:${strong(1)},`, /key 2 is not written as id:base64/],
    ['no base64', 'a:!!!!', /key 1 \(a\) is not base64/],
    ['an empty secret', 'a:', /key 1 \(a\) is not base64/],
    ['31 bytes', `a:${Buffer.alloc(31).toString('base64')}`, /key 1 \(a\) has 31 bytes; 32 are the least/],
    ['an id twice', `a:${strong(1)},a:${strong(2)}`, /the key id a stands twice/],
    ['the published example', `a:${Buffer.from(WELL_KNOWN_SECRET).toString('base64')}`, /published example/],
    ['the published example as it stands', `a:${WELL_KNOWN_SECRET}`, /published example/],
  ];
  test.each(bad)('refuses %s', (_name, text, problem) => {
    const parsed = parseKeyRing(text, { weak: false });
    expect(parsed.ok ? [] : parsed.problems).toEqual([expect.stringMatching(problem)]);
  });

  test('reports every key that is wrong', () => {
    const parsed = parseKeyRing('a:!,b:AAAA,nonsense', { weak: false });
    expect(parsed.ok ? [] : parsed.problems).toHaveLength(3);
  });

  test('takes weak keys in development', () => {
    expect(parseKeyRing('a:AAAA', { weak: true }).ok).toBe(true);
  });

  test('never repeats a secret in a problem', () => {
    const secret = Buffer.from('a short secret').toString('base64');
    const parsed = parseKeyRing(`a:${secret}`, { weak: false });
    expect(JSON.stringify(parsed)).not.toContain(secret);
  });

  test('has at least one key', () => {
    expect(() => keyRing([])).toThrow(RangeError);
  });
});
