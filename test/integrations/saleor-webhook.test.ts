import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint } from 'jose';
import { makeTwinKey } from '../../integrations/saleor/twin-keys.ts';
import { createSaleorVerifier, type SaleorVerifierOptions } from '../../integrations/saleor/webhook.ts';
import { realDomain, realJwks, realRequest, realWebhooks } from './saleor-fixtures.ts';

const jwksUrl = new URL('http://shop.example/.well-known/jwks.json');

/** Serves keys that a test may change; counts how often they were asked for. */
function keyServer(initial: unknown) {
  const server = { jwks: initial, calls: 0, failing: false };
  const send: SaleorVerifierOptions['fetch'] = async () => {
    server.calls += 1;
    if (server.failing) throw new TypeError('fetch failed');
    return new Response(JSON.stringify(server.jwks));
  };
  return { server, send };
}

function realVerifier(more: Partial<SaleorVerifierOptions> = {}, appId: string | null = null) {
  const { server, send } = keyServer(realJwks());
  const clock = { now: 1_000_000 };
  const verifier = createSaleorVerifier({
    shopOf: async (domain) => (domain === realDomain ? { jwksUrl, appId } : undefined),
    fetch: send,
    now: () => clock.now,
    ...more,
  });
  return { verifier, server, clock };
}

function flip(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

const paidA = realRequest('11-order-fully-paid-A');

describe('requests of a real Saleor', () => {
  test.each(realWebhooks)('%s is accepted', async (name) => {
    const { verifier } = realVerifier();
    const verdict = await verifier.verify(realRequest(name));
    expect(verdict).toMatchObject({ ok: true, domain: realDomain });
  });

  test('the event is the signed one', async () => {
    const { verifier } = realVerifier({}, 'QXBwOjE=');
    expect(await verifier.verify(paidA)).toMatchObject({
      ok: true,
      event: { typename: 'OrderFullyPaid', headerEvent: 'order_fully_paid', order: { number: '1' } },
    });
  });

  test("the key's id is its RFC 7638 thumbprint", async () => {
    const { keys } = realJwks() as { keys: { kty: string; n: string; e: string; kid: string }[] };
    const [jwk] = keys;
    expect(jwk && (await calculateJwkThumbprint({ kty: jwk.kty, n: jwk.n, e: jwk.e }))).toBe(jwk?.kid);
  });

  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(paidA.headers).filter(([name]) => !names.includes(name)));
  const replaced = (suffix: string, value: string) => ({
    ...paidA.headers,
    [`saleor-${suffix}`]: value,
    [`x-saleor-${suffix}`]: value,
  });
  const signature = paidA.headers['saleor-signature'] ?? '';
  const otherSignature = realRequest('14-order-fully-paid-B').headers['saleor-signature'] ?? '';
  const header = (fields: object) => `${Buffer.from(JSON.stringify(fields)).toString('base64url')}..x`;
  const text = paidA.body.toString('utf8');

  test.each<[string, { headers?: Record<string, string>; body?: Buffer }, string]>([
    ['a changed amount', { body: Buffer.from(text.replace('49.0', '48.0')) }, 'signature-mismatch'],
    ['a space more', { body: Buffer.from(`${text} `) }, 'signature-mismatch'],
    [
      'the body parsed and written again',
      { body: Buffer.from(JSON.stringify(JSON.parse(text))) },
      'signature-mismatch',
    ],
    ['an empty body', { body: Buffer.alloc(0) }, 'signature-mismatch'],
    ["another order's signature", { headers: replaced('signature', otherSignature) }, 'signature-mismatch'],
    [
      'a changed signature',
      { headers: replaced('signature', flip(signature, signature.length - 20)) },
      'signature-mismatch',
    ],
    ['another event in the header', { headers: replaced('event', 'order_cancelled') }, 'event-mismatch'],
    ['a shop that is not ours', { headers: replaced('domain', 'evil.example') }, 'unknown-shop'],
    [
      'twins that contradict each other',
      { headers: { ...paidA.headers, 'x-saleor-event': 'order_cancelled' } },
      'bad-headers',
    ],
    ['no signature', { headers: without('saleor-signature', 'x-saleor-signature') }, 'bad-headers'],
    ['a secret-key signature', { headers: replaced('signature', 'a'.repeat(64)) }, 'secret-key-signature'],
    [
      'an attached payload',
      { headers: replaced('signature', signature.replace('..', '.e30.')) },
      'not-detached',
    ],
    [
      'an unknown key id',
      { headers: replaced('signature', header({ alg: 'RS256', b64: false, crit: ['b64'], kid: 'other' })) },
      'unknown-key',
    ],
    [
      'another algorithm',
      { headers: replaced('signature', header({ alg: 'HS256', b64: false, crit: ['b64'], kid: 'k' })) },
      'unsupported-signature',
    ],
    [
      'no algorithm',
      { headers: replaced('signature', header({ alg: 'none', b64: false, crit: ['b64'], kid: 'k' })) },
      'unsupported-signature',
    ],
    [
      'an encoded payload',
      { headers: replaced('signature', header({ alg: 'RS256', kid: 'k' })) },
      'unsupported-signature',
    ],
    ['a header that is no JSON', { headers: replaced('signature', 'AAAA..x') }, 'unsupported-signature'],
  ])('%s is refused', async (_what, change, reason) => {
    const { verifier } = realVerifier();
    const verdict = await verifier.verify({ headers: paidA.headers, body: paidA.body, ...change });
    expect(verdict).toEqual({ ok: false, code: 'bad-signature', reason });
  });

  test('the headers without X- twins and with only the twins are both enough', async () => {
    const { verifier } = realVerifier();
    for (const prefix of ['saleor', 'x-saleor']) {
      const names = ['event', 'domain', 'signature'].map((name) => `${prefix}-${name}`);
      expect(await verifier.verify({ headers: without(...names), body: paidA.body })).toMatchObject({
        ok: true,
      });
    }
  });

  test('an event for another app is refused', async () => {
    const { verifier } = realVerifier({}, 'QXBwOjI=');
    expect(await verifier.verify(paidA)).toMatchObject({
      ok: false,
      reason: 'another-app',
    });
  });
});

describe('bodies that are signed and yet refused', () => {
  test.each([
    ['[{"id": 1}]', 'legacy-body'],
    ['{"order": {}}', 'no-event'],
    ['not json', 'not-json'],
  ])('%s', async (text, reason) => {
    const key = await makeTwinKey();
    const { verifier } = realVerifier({ fetch: keyServer(key.jwks).send });
    const body = Buffer.from(text);
    const headers = {
      'saleor-domain': realDomain,
      'saleor-event': 'order_fully_paid',
      'saleor-signature': key.sign(body),
    };
    expect(await verifier.verify({ headers, body })).toEqual({ ok: false, code: 'bad-signature', reason });
  });

  test('a key that calls itself a known one does not help', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const [encoded] = (paidA.headers['saleor-signature'] ?? '').split('.');
    const forged = sign('RSA-SHA256', Buffer.concat([Buffer.from(`${encoded}.`), paidA.body]), privateKey);
    const headers = {
      'saleor-domain': realDomain,
      'saleor-event': 'order_fully_paid',
      'saleor-signature': `${encoded}..${forged.toString('base64url')}`,
    };
    const { verifier } = realVerifier();
    expect(await verifier.verify({ headers, body: paidA.body })).toMatchObject({ code: 'bad-signature' });
  });
});

describe('the keys', () => {
  async function signed(body = Buffer.from('{"__typename": "OrderUpdated"}')) {
    const key = await makeTwinKey();
    const headers = {
      'saleor-domain': realDomain,
      'saleor-event': 'order_updated',
      'saleor-signature': key.sign(body),
    };
    return { key, request: { headers, body } };
  }

  test('are fetched once for many requests at the same time', async () => {
    const { verifier, server } = realVerifier();
    const verdicts = await Promise.all(Array.from({ length: 10 }, () => verifier.verify(paidA)));
    expect(verdicts.every((verdict) => verdict.ok)).toBe(true);
    expect(server.calls).toBe(1);
  });

  test('are fetched again for an unknown key id, so that a rotation passes', async () => {
    const { verifier, server, clock } = realVerifier({ refetchAfterMs: 5000 });
    await verifier.verify(paidA);
    const { key, request } = await signed();
    server.jwks = key.jwks;
    expect(await verifier.verify(request)).toMatchObject({ ok: false, code: 'keys-unavailable' });
    expect(server.calls).toBe(1);
    clock.now += 5000;
    expect(await verifier.verify(request)).toMatchObject({ ok: true });
    expect(server.calls).toBe(2);
    expect(await verifier.verify(paidA)).toMatchObject({ ok: false, code: 'keys-unavailable' });
  });

  test('are not fetched for each forged key id', async () => {
    const { verifier, server, clock } = realVerifier({ refetchAfterMs: 5000 });
    const { request } = await signed();
    expect(await verifier.verify(request)).toMatchObject({ code: 'bad-signature' });
    for (let n = 0; n < 20; n += 1)
      expect(await verifier.verify(request)).toMatchObject({ code: 'keys-unavailable' });
    expect(server.calls).toBe(1);
    clock.now += 5000;
    expect(await verifier.verify(request)).toMatchObject({ code: 'bad-signature' });
    expect(server.calls).toBe(2);
  });

  test('that cannot be fetched leave the signature unknown, and are asked for again later', async () => {
    const { verifier, server, clock } = realVerifier({ refetchAfterMs: 5000 });
    server.failing = true;
    expect(await verifier.verify(paidA)).toEqual({
      ok: false,
      code: 'keys-unavailable',
      reason: 'keys-unreachable',
    });
    server.failing = false;
    expect(await verifier.verify(paidA)).toMatchObject({ code: 'keys-unavailable' });
    clock.now += 5000;
    expect(await verifier.verify(paidA)).toMatchObject({ ok: true });
  });

  test('known ones serve on while the shop is away', async () => {
    const { verifier, server, clock } = realVerifier();
    await verifier.verify(paidA);
    server.failing = true;
    clock.now += 60_000;
    expect(await verifier.verify((await signed()).request)).toMatchObject({ code: 'keys-unavailable' });
    expect(await verifier.verify(paidA)).toMatchObject({ ok: true });
  });

  test.each([['{}'], ['{"keys": []}'], ['<html>']])('an answer of %s is no set of keys', async (answer) => {
    const { verifier } = realVerifier({ fetch: async () => new Response(answer) });
    expect(await verifier.verify(paidA)).toMatchObject({ code: 'keys-unavailable' });
  });
});
