import { describe, expect, test } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { CodedFailure } from '../../platform/failures.ts';
import { type Key, keyRing } from '../../platform/keys.ts';
import { createPayloadCipher, ENCRYPTED, KEY_ID } from '../../platform/payload-codec/cipher.ts';
import { createDataConverter } from '../../platform/payload-codec/data-converter.ts';

const keyOf = (id: string, fill: number): Key => ({ id, secret: new Uint8Array(32).fill(fill) });
const [older, newer, foreign] = [keyOf('k1', 1), keyOf('k2', 2), keyOf('k3', 3)];
const both = createPayloadCipher(keyRing([newer, older]));
const before = createPayloadCipher(keyRing([older]));

const bytes = fc.uint8Array({ maxLength: 300 });
const payloads: fc.Arbitrary<Payload> = fc.record({
  metadata: fc.dictionary(fc.string({ maxLength: 20 }), bytes, { maxKeys: 4, noNullPrototype: true }),
  data: bytes,
});

const textIn = (value: Uint8Array | null | undefined): string => Buffer.from(value ?? []).toString('utf8');
const plain = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('hex')]),
  ),
  data: Buffer.from(data ?? []).toString('hex'),
});

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof CodedFailure) return error.code;
    throw error;
  }
  return 'none';
}

describe('an encrypted payload', () => {
  test('opens to what was sealed, whatever it holds', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        expect(plain(both.open(both.seal(payload)))).toEqual(plain(payload));
      }),
    );
  });

  test('shows its encoding and the id of its key, and nothing else', () => {
    const sealed = both.seal(defaultPayloadConverter.toPayload({ sessionKey: 'in-clear' }));
    expect(Object.fromEntries(Object.entries(sealed.metadata ?? {}).map(([k, v]) => [k, textIn(v)]))).toEqual(
      {
        encoding: ENCRYPTED,
        [KEY_ID]: 'k2',
      },
    );
    for (const form of ['latin1', 'utf8'] as const)
      expect(Buffer.from(sealed.data ?? []).toString(form)).not.toMatch(/sessionKey|in-clear|json/);
  });

  test('is never the same twice', () => {
    const payload = defaultPayloadConverter.toPayload('the same');
    const sealed = Array.from({ length: 200 }, () => Buffer.from(both.seal(payload).data ?? []));
    expect(new Set(sealed.map((one) => one.subarray(0, 12).toString('hex'))).size).toBe(200);
    expect(new Set(sealed.map((one) => one.subarray(12).toString('hex'))).size).toBe(200);
  });

  test('does not open when any bit of it was changed, cut off or added', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), fc.integer({ min: 0, max: 7 }), (payload, at, bit) => {
        const { metadata, data } = both.seal(payload);
        const changed = Buffer.from(data ?? []);
        const place = at % changed.length;
        changed[place] = (changed[place] ?? 0) ^ (1 << bit);
        expect(codeOf(() => both.open({ metadata: metadata ?? {}, data: changed }))).toBe(
          'payload-unreadable',
        );
        const shorter = Buffer.from(data ?? []).subarray(0, place);
        expect(codeOf(() => both.open({ metadata: metadata ?? {}, data: shorter }))).toBe(
          'payload-unreadable',
        );
        const longer = Buffer.concat([Buffer.from(data ?? []), Buffer.from([at % 256])]);
        expect(codeOf(() => both.open({ metadata: metadata ?? {}, data: longer }))).toBe(
          'payload-unreadable',
        );
      }),
    );
  });

  test('does not open under another key’s id, nor under another encoding', () => {
    const { metadata, data } = both.seal(defaultPayloadConverter.toPayload('x'));
    const as = (more: Record<string, string>): Payload => ({
      metadata: {
        ...metadata,
        ...Object.fromEntries(Object.entries(more).map(([name, text]) => [name, Buffer.from(text)])),
      },
      data: data ?? new Uint8Array(),
    });
    expect(codeOf(() => both.open(as({})))).toBe('none');
    expect(codeOf(() => both.open(as({ [KEY_ID]: 'k1' })))).toBe('payload-unreadable');
    for (const encoding of ['json/plain', 'binary/plain', 'binary/encrypted2', ''])
      expect(codeOf(() => both.open(as({ encoding })))).toBe('payload-unreadable');
  });

  test('one that was never encrypted passes as it is', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        expect(both.open(payload)).toBe(payload);
      }),
    );
  });

  test('of the first version opens for ever', () => {
    // Written once by version 1: what is in a history today is read by later builds.
    const kept =
      'L5DDVQQ6RbOVmLlVo0eLFhVbHPeirFVQeAFlVwwyMvcpetgGJEJaqiIt+d7eaFwlJlrOI3GsVMOrEAFhr2HUXWJykw==';
    const opened = before.open({
      metadata: { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from('k1') },
      data: Buffer.from(kept, 'base64'),
    });
    expect(defaultPayloadConverter.fromPayload(opened)).toEqual({ kept: true });
  });
});

describe('keys are rotated', () => {
  const payload = defaultPayloadConverter.toPayload({ of: 'before' });

  test('what the old key sealed opens beside the new one, which seals from then on', () => {
    const sealed = before.seal(payload);
    expect(defaultPayloadConverter.fromPayload(both.open(sealed))).toEqual({ of: 'before' });
    expect(textIn(both.seal(payload).metadata?.[KEY_ID])).toBe('k2');
    expect(codeOf(() => before.open(both.seal(payload)))).toBe('payload-key-unknown');
  });

  test('a key that was dropped is named by its id alone, and never by what only claims to be one', () => {
    const after = createPayloadCipher(keyRing([foreign]));
    const sealed = before.seal(payload);
    const messageOf = (id: string): string => {
      try {
        after.open({ ...sealed, metadata: { ...sealed.metadata, [KEY_ID]: Buffer.from(id) } });
      } catch (error) {
        return error instanceof CodedFailure ? error.message : '';
      }
      return '';
    };
    expect(messageOf('k1')).toBe('The key "k1" of a payload is not among PAYLOAD_KEYS');
    expect(messageOf('ada@example.com')).toBe(
      'The key of no valid id of a payload is not among PAYLOAD_KEYS',
    );
    expect(messageOf('k3')).not.toContain('before');
  });

  test('another secret under the same id is no help', () => {
    const other = createPayloadCipher(keyRing([keyOf('k1', 9)]));
    expect(codeOf(() => other.open(before.seal(payload)))).toBe('payload-unreadable');
  });
});

test('the codec changes nothing but the payloads, in their order, and does not wait for anything', async () => {
  const [codec] = createDataConverter(keyRing([newer])).payloadCodecs;
  if (codec === undefined) throw new Error('no codec');
  const values = ['a', { b: 1 }, null, undefined];
  const clear = values.map((value) => defaultPayloadConverter.toPayload(value));
  const encoded = await codec.encode(clear);
  expect(encoded.map(({ metadata }) => textIn(metadata?.['encoding']))).toEqual(values.map(() => ENCRYPTED));
  expect((await codec.decode(encoded)).map((one) => defaultPayloadConverter.fromPayload(one))).toEqual(
    values,
  );
  expect(await codec.encode([])).toEqual([]);
});
