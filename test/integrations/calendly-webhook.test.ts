import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signCalendlyWebhook, verifyCalendlySignature } from '../../integrations/calendly/webhook.ts';

const secret = 'test-signing-key';
const body = Buffer.from('{"event":"invitee.created","payload":{"uri":"x"}}');
const t = 1772356531;
const v1 = '3f1abbde88206a6bd1a464b0408ee7c5930202889526e8f8afd8ecdb6cfe4564';
const tolerance = 180_000;

function verify(
  header: string | undefined,
  changed: Partial<Parameters<typeof verifyCalendlySignature>[0]> = {},
) {
  return verifyCalendlySignature({ header, body, secret, toleranceMs: tolerance, now: t * 1000, ...changed });
}

test('the known vector verifies and is what the twin would send', () => {
  expect(signCalendlyWebhook(body, secret, t)).toBe(`t=${t},v1=${v1}`);
  expect(verify(`t=${t},v1=${v1}`)).toBe(true);
});

const other = 'a'.repeat(64);

test.each([
  ['v1 before t', `v1=${v1},t=${t}`, true],
  ['spaces', ` t = ${t} , v1 = ${v1} `, true],
  ['an unknown version beside it', `t=${t},v0=zzz,v2=${other},v1=${v1}`, true],
  ['several v1, one fits', `t=${t},v1=${other},v1=${v1}`, true],
  ['several v1, none fits', `t=${t},v1=${other},v1=${other}`, false],
  ['upper-case hex', `t=${t},v1=${v1.toUpperCase()}`, true],
  ['no header', undefined, false],
  ['empty header', '', false],
  ['no v1', `t=${t}`, false],
  ['only an unknown version', `t=${t},v2=${v1}`, false],
  ['no t', `v1=${v1}`, false],
  ['two t', `t=${t},t=${t + 1},v1=${v1}`, false],
  ['t is no number', `t=${t}x,v1=${v1}`, false],
  ['another t', `t=${t + 1},v1=${v1}`, false],
  ['a cut signature', `t=${t},v1=${v1.slice(0, 62)}`, false],
  ['a signature with a tail', `t=${t},v1=${v1}00`, false],
  ['no hex', `t=${t},v1=${'g'.repeat(64)}`, false],
])('%s', (_, header, expected) => {
  expect(verify(header)).toBe(expected);
});

describe('time', () => {
  test.each([
    [tolerance, true],
    [tolerance + 1, false],
    [-tolerance, true],
    [-tolerance - 1, false],
  ])('now is %d ms after t', (offset, expected) => {
    expect(verify(`t=${t},v1=${v1}`, { now: t * 1000 + offset })).toBe(expected);
  });
});

test('an empty secret verifies nothing', () => {
  expect(verify(signCalendlyWebhook(body, '', t), { secret: '' })).toBe(false);
});

test('the raw bytes are signed, not what they mean', () => {
  const odd = Buffer.from('{ "event":"invitee.created",\t"n":1e2, "s":"\\u0041" }\n');
  const header = signCalendlyWebhook(odd, secret, t);
  expect(verify(header, { body: odd })).toBe(true);
  expect(verify(header, { body: Buffer.from(JSON.stringify(JSON.parse(odd.toString()))) })).toBe(false);
});

test('any changed byte, key or time is refused', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (bytes, at, flip) => {
        const original = Buffer.from(bytes);
        const header = signCalendlyWebhook(original, secret, t);
        const tampered = Buffer.from(bytes);
        const index = at % tampered.length;
        tampered[index] = (tampered[index] ?? 0) ^ flip;
        expect(verify(header, { body: original })).toBe(true);
        expect(verify(header, { body: tampered })).toBe(false);
        expect(verify(header, { body: original, secret: `${secret}x` })).toBe(false);
      },
    ),
  );
});
