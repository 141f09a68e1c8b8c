import { afterEach, describe, expect, test } from '@jest/globals';
import { renderPythonJson } from '../../integrations/saleor/python-json.ts';
import { makeTwinKey } from '../../integrations/saleor/twin-keys.ts';
import { eventBody } from '../../integrations/saleor/twin-orders.ts';
import { startSaleorTwin, type SaleorTwin, type SaleorTwinOptions } from '../../integrations/saleor/twin.ts';
import { createSaleorVerifier } from '../../integrations/saleor/webhook.ts';
import { parseSaleorJson } from '../../integrations/saleor/wire-json.ts';
import { realRequest } from './saleor-fixtures.ts';
import { startReceiver } from './saleor-receiver.ts';

const key = await makeTwinKey();
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function shop(options: Partial<SaleorTwinOptions> = {}, answer?: (nth: number) => number | null) {
  const receiver = await startReceiver(answer);
  open.push(receiver);
  const twin = await startSaleorTwin({
    port: 0,
    webhookUrl: receiver.url,
    retryScale: 0.0001,
    key,
    ...options,
  });
  open.push(twin);
  const verifier = createSaleorVerifier({
    shopOf: async (domain) =>
      domain === twin.domain ? { jwksUrl: new URL(twin.jwksUrl), appId: twin.app()?.id ?? null } : undefined,
    refetchAfterMs: 0,
  });
  return { twin, receiver, verifier };
}

const session = {
  email: 'zoe@example.com',
  firstName: 'Zoë',
  lastName: 'Müller 日本',
  lines: [
    {
      productName: 'Séance – 60 min 😀',
      quantity: 2,
      start: '2026-12-01T10:00:00Z',
      unitAmount: '49.10',
      durationMinutes: 45,
      resource: 'rdp://host-7.internal:3389',
      productMetadata: { 'session.refund': 'none', 'session.cutoff': 'PT10S' },
      variantMetadata: { 'session.join-url': 'https://meet.example.com/x' },
    },
  ],
};

async function graphql(twin: SaleorTwin, query: string, variables: object, token = twin.appToken) {
  const response = await fetch(twin.apiUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

describe('webhooks on the wire', () => {
  test('carry the header set of a real one, and nothing else', async () => {
    const { twin, receiver } = await shop({ customHeaders: { 'x-rig-header': 'custom value' } });
    twin.pay(session);
    await twin.webhooksIdle();
    const real = realRequest('11-order-fully-paid-A');
    const [ours] = receiver.received;
    expect([...(ours?.headerNames ?? [])].sort()).toEqual([...real.headerNames].sort());
    const own = ['saleor-domain', 'saleor-signature', 'saleor-api-url', 'content-length'];
    const shared = Object.keys(real.headers).filter((name) => !own.includes(name.replace(/^x-/, '')));
    for (const name of shared) expect([name, ours?.headers[name]]).toEqual([name, real.headers[name]]);
    expect(ours?.headers['saleor-domain']).toBe(twin.domain);
    expect(ours?.headers['x-saleor-domain']).toBe(twin.domain);
    expect(ours?.headers['saleor-api-url']).toBe(twin.apiUrl);
    expect(ours?.headers['x-saleor-signature']).toBe(ours?.headers['saleor-signature']);
  });

  test('have the JWS header of a real one but for the key id', async () => {
    const { twin, receiver } = await shop();
    twin.pay(session);
    await twin.webhooksIdle();
    const headerOf = (signature = '') =>
      Buffer.from(signature.split('.')[0] ?? '', 'base64url')
        .toString('utf8')
        .replace(/"kid":"[^"]+"/, '"kid":""');
    const real = realRequest('11-order-fully-paid-A').headers['saleor-signature'];
    expect(headerOf(receiver.received[0]?.headers['saleor-signature'])).toBe(headerOf(real));
  });

  test('are verified and hold the order that was paid', async () => {
    const { twin, receiver, verifier } = await shop();
    const paid = twin.pay(session);
    await twin.webhooksIdle();
    const [request] = receiver.received;
    const verdict = request && (await verifier.verify(request));
    expect(verdict).toMatchObject({
      ok: true,
      domain: twin.domain,
      event: {
        typename: 'OrderFullyPaid',
        order: {
          id: paid.orderId,
          number: paid.number,
          isPaid: true,
          chargeStatus: 'FULL',
          userEmail: 'zoe@example.com',
          total: { amount: '98.2', currency: 'USD' },
          lines: [
            {
              quantity: 2,
              unitPrice: { amount: '49.1' },
              metadata: [{ key: 'session.start', value: '2026-12-01T10:00:00Z' }],
              variant: {
                metadata: [{ key: 'session.join-url', value: 'https://meet.example.com/x' }],
                attributes: [{ attribute: { slug: 'session-resource' } }],
                product: {
                  productType: { slug: 'paid-session' },
                  metadata: [
                    { key: 'session.cutoff', value: 'PT10S' },
                    { key: 'session.refund', value: 'none' },
                  ],
                  attributes: [{ attribute: { slug: 'session-duration' }, values: [{ name: '45' }] }],
                },
              },
            },
          ],
        },
      },
    });
    expect(Buffer.from(paid.orderId, 'base64').toString()).toBe(`Order:${paid.orderUuid}`);
    expect(request?.body.every((byte) => byte < 0x80)).toBe(true);
  });

  test('have keys in the order of a real body', async () => {
    const { twin, receiver } = await shop();
    twin.pay(session);
    await twin.webhooksIdle();
    const keys = (text: string): string[] => {
      const found = JSON.parse(text) as { order: Record<string, unknown> };
      return [...Object.keys(found), ...Object.keys(found.order)];
    };
    const real = realRequest('11-order-fully-paid-A').body.toString('utf8');
    expect(keys(receiver.received[0]?.body.toString('utf8') ?? '{}')).toEqual(keys(real));
  });

  test('other events come when they are asked for', async () => {
    const { twin, receiver } = await shop({ events: ['order_paid', 'order_fully_paid', 'order_confirmed'] });
    twin.pay(session);
    await twin.webhooksIdle();
    expect(new Set(receiver.received.map((request) => request.headers['saleor-event']))).toEqual(
      new Set(['order_paid', 'order_fully_paid', 'order_confirmed']),
    );
    expect(receiver.received).toHaveLength(3);
  });
});

describe('delivery', () => {
  test('5xx and hang-ups are tried again, byte for byte, six times in all', async () => {
    const { twin, receiver } = await shop({}, (nth) => (nth % 2 === 0 ? null : 503));
    twin.pay(session);
    await twin.webhooksIdle();
    expect(receiver.received).toHaveLength(6);
    expect(new Set(receiver.received.map((request) => request.body.toString('base64'))).size).toBe(1);
    expect(new Set(receiver.received.map((request) => JSON.stringify(request.headers))).size).toBe(1);
    expect(twin.deliveries()).toMatchObject([{ attempts: [503, null, 503, null, 503, null] }]);
  });

  test.each([302, 400, 401, 404, 429])('%d is final', async (status) => {
    const { twin, receiver } = await shop({}, () => status);
    twin.pay(session);
    await twin.webhooksIdle();
    expect(receiver.received).toHaveLength(1);
  });

  test('it ends with the first 2xx', async () => {
    const { twin, receiver } = await shop({}, (nth) => (nth < 3 ? 502 : 204));
    twin.pay(session);
    await twin.webhooksIdle();
    expect(receiver.received).toHaveLength(3);
  });

  test('again by hand is the same bytes; triggered anew is the order as it is now', async () => {
    const { twin, receiver, verifier } = await shop();
    const { orderId } = twin.pay(session);
    await twin.webhooksIdle();
    twin.refundOrder(orderId);
    twin.resend(orderId);
    await twin.webhooksIdle();
    twin.trigger(orderId);
    await twin.webhooksIdle();
    const paid = receiver.received.filter(
      (request) => request.headers['saleor-event'] === 'order_fully_paid',
    );
    expect(paid).toHaveLength(3);
    expect(paid[1]?.body.equals(paid[0]?.body ?? Buffer.alloc(0))).toBe(true);
    expect(paid[2] && (await verifier.verify(paid[2]))).toMatchObject({
      event: { typename: 'OrderFullyPaid', order: { isPaid: false, chargeStatus: 'NONE' } },
    });
  });

  test('the fault switch doubles and reorders webhooks', async () => {
    const { twin, receiver } = await shop();
    twin.faults.set({ kind: 'duplicate' });
    twin.pay(session);
    await twin.webhooksIdle();
    expect(receiver.received).toHaveLength(2);
    twin.faults.set({ kind: 'reorder', path: 'order_fully_paid' });
    const held = twin.pay(session);
    await twin.webhooksIdle();
    expect(receiver.received).toHaveLength(2);
    twin.cancelOrder(held.orderId);
    await twin.webhooksIdle();
    expect(receiver.received).toHaveLength(4);
  });

  test('a new key is served at once, and signs from then on', async () => {
    const { twin, receiver, verifier } = await shop();
    twin.pay(session);
    await twin.webhooksIdle();
    await twin.rotateKey();
    twin.pay(session);
    await twin.webhooksIdle();
    const [before, after] = receiver.received;
    expect(after && (await verifier.verify(after))).toMatchObject({ ok: true });
    expect(before && (await verifier.verify(before))).toMatchObject({ ok: false });
    const jwks = (await (await fetch(twin.jwksUrl)).json()) as { keys: object[] };
    expect(jwks.keys.map((key) => Object.keys(key))).toEqual([
      ['kty', 'key_ops', 'n', 'e', 'use', 'kid', 'alg'],
    ]);
  });
});

describe('held against the real requests', () => {
  const real = (name: string) => realRequest(name).body.toString('utf8');

  test.each([
    ['11-order-fully-paid-A', 'OrderFullyPaid'],
    ['14-order-fully-paid-B', 'OrderFullyPaid'],
  ])('%s: its order, taken over, is rendered byte for byte', async (name, typename) => {
    const { twin } = await shop();
    const { orderId } = twin.adopt(real(name));
    const { issuedAt, issuingPrincipal } = JSON.parse(real(name)) as {
      issuedAt: string;
      issuingPrincipal: Record<string, string>;
    };
    const { body } = twin.order(orderId);
    expect(
      renderPythonJson(
        eventBody({ typename, issuedAt, issuingPrincipal, recipient: 'QXBwOjE=', order: body }),
      ),
    ).toBe(real(name));
  });

  test('order A, refunded and then cancelled in the twin, sends what the real shop sent', async () => {
    const { twin, receiver } = await shop();
    const { orderId } = twin.adopt(real('11-order-fully-paid-A'));
    const set = (kind: string) =>
      `mutation ($id: ID!, $input: [MetadataInput!]!) { update${kind}(id: $id, input: $input) { errors { code } } }`;
    await graphql(twin, set('Metadata'), { id: orderId, input: [{ key: 'session.ticket', value: '53003' }] });
    await graphql(twin, set('PrivateMetadata'), {
      id: orderId,
      input: [{ key: 'sb.workflow', value: 'session-A' }],
    });
    twin.refundOrder(orderId);
    await twin.webhooksIdle();
    await graphql(twin, 'mutation ($id: ID!) { orderCancel(id: $id) { errors { code } } }', { id: orderId });
    await twin.webhooksIdle();
    const sent = (event: string) =>
      receiver.received.find((request) => request.headers['saleor-event'] === event)?.body.toString('utf8') ??
      '';
    const timeless = (text: string) =>
      text
        .replace(/"(issuedAt|updatedAt)": "[^"]+"/g, '"$1": ""')
        .replace('Session bookings (rig)', 'Latchkey');
    expect(timeless(sent('order_refunded'))).toBe(timeless(real('52-order-refunded-A')));
    expect(timeless(sent('order_cancelled'))).toBe(timeless(real('54-order-cancelled-A')));
  });
});

describe('GraphQL', () => {
  const refund = (twin: SaleorTwin, transaction: string, amount: number) =>
    graphql(
      twin,
      'mutation ($id: ID!, $amount: PositiveDecimal) { transactionRequestAction(id: $id, actionType: REFUND, amount: $amount) { transaction { id chargedAmount { amount } } errors { code } } }',
      { id: transaction, amount },
    );

  test('an unknown token is HTTP 200 with PermissionDenied', async () => {
    const { twin } = await shop();
    const { status, body } = await graphql(twin, '{ app { id } }', {}, 'wrong');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: null,
      errors: [{ extensions: { exception: { code: 'PermissionDenied' } } }],
    });
    expect((await graphql(twin, '{ app { id } }', {})).body).toEqual({ data: { app: { id: 'QXBwOjE=' } } });
  });

  test.each([
    ['{ order(id: "x") { nothing } }', 200],
    ['{ shop { name } }', 400],
    ['{ app { nothing } }', 400],
    ['{ app { id }', 400],
    ['{ app { } }', 400],
    ['', 400],
  ])('%s answers %d', async (query, status) => {
    const { twin } = await shop();
    expect((await graphql(twin, query, {})).status).toBe(status);
  });

  test('a body that is no JSON is HTTP 400', async () => {
    const { twin } = await shop();
    expect((await fetch(twin.apiUrl, { method: 'POST', body: 'no json' })).status).toBe(400);
  });

  test('a request to refund is clamped, and a second one finds nothing left', async () => {
    const { twin } = await shop();
    const { orderId } = twin.pay(session);
    const [transaction] = twin.order(orderId).body.transactions;
    const { body } = await refund(twin, transaction?.id ?? '', 999);
    expect(parseSaleorJson(JSON.stringify(body))).toMatchObject({
      data: { transactionRequestAction: { errors: [], transaction: { chargedAmount: { amount: '98.2' } } } },
    });
    await new Promise(setImmediate);
    await refund(twin, transaction?.id ?? '', 999);
    await new Promise(setImmediate);
    expect(twin.order(orderId).body.transactions[0]).toMatchObject({
      chargedAmount: { amount: '0.0' },
      refundedAmount: { amount: '98.2' },
      actions: [],
    });
  });

  test('cancelling twice and unknown ids have their codes', async () => {
    const { twin } = await shop();
    const { orderId } = twin.pay(session);
    const cancel = 'mutation ($id: ID!) { orderCancel(id: $id) { order { status } errors { code } } }';
    const answer = async (id: string) =>
      (await graphql(twin, cancel, { id })).body as { data: { orderCancel: { errors: { code: string }[] } } };
    expect((await answer(orderId)).data.orderCancel).toEqual({ order: { status: 'CANCELED' }, errors: [] });
    expect((await answer(orderId)).data.orderCancel.errors).toEqual([{ code: 'CANNOT_CANCEL_ORDER' }]);
    expect((await answer('nope')).data.orderCancel.errors).toEqual([{ code: 'NOT_FOUND' }]);
    expect((await graphql(twin, '{ order(id: "nope") { id } }', {})).body).toEqual({ data: { order: null } });
  });
});

describe('the page', () => {
  test('shows orders and says that it is a sandbox; its form pays', async () => {
    const { twin, receiver } = await shop();
    const form = new URLSearchParams({
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: '<b>Client</b>',
      productName: 'Form session',
      quantity: '1',
      durationMinutes: '60',
      start: '',
      resource: '',
      productMetadata: 'session.cutoff=PT1H\nsession.refund=none',
    });
    const response = await fetch(`${twin.url}/sandbox/pay`, {
      method: 'POST',
      body: form,
      redirect: 'manual',
    });
    expect(response.status).toBe(303);
    await twin.webhooksIdle();
    expect(receiver.received).toHaveLength(1);
    expect(twin.orders()[0]?.body.lines[0]?.variant?.product.metadata).toEqual([
      { key: 'session.cutoff', value: 'PT1H' },
      { key: 'session.refund', value: 'none' },
    ]);
    const page = await (await fetch(`${twin.url}/__sandbox`)).text();
    expect(page).toContain('Sandbox: stands in for Saleor.');
    expect(page).toContain('Form session');
    const again = new URLSearchParams({ number: '1', do: 'resend' });
    await fetch(`${twin.url}/sandbox/order`, { method: 'POST', body: again, redirect: 'manual' });
    await twin.webhooksIdle();
    expect(receiver.received).toHaveLength(2);
  });

  test('JSON pays too, and what is no order is refused', async () => {
    const { twin } = await shop();
    const post = (body: unknown) =>
      fetch(`${twin.url}/sandbox/pay`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const paid = await post(session);
    expect(paid.status).toBe(201);
    expect(await paid.json()).toMatchObject({ number: '1' });
    expect((await post({ ...session, lines: [] })).status).toBe(400);
  });
});
