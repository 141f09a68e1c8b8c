import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createSaleorClient } from '../../integrations/saleor/client.ts';
import { saleorManifest } from '../../integrations/saleor/manifest.ts';
import { type SaleorTwin, startSaleorTwin, TWIN_WAREHOUSE } from '../../integrations/saleor/twin.ts';
import { makeTwinKey } from '../../integrations/saleor/twin-keys.ts';
import { realRequest } from './saleor-fixtures.ts';

/** An app as a shop meets it: a manifest, and an answer to the handshake. */
interface App {
  manifest: unknown;
  status: number;
  answer: unknown;
  /** What a look at the shop with the new token said, before the handshake was answered. */
  seenAs: string | undefined;
  handshakes: { headers: Readonly<Record<string, string | string[] | undefined>>; body: string }[];
}

const key = await makeTwinKey();
let server: Server;
let base = '';
let app: App;
let twin: SaleorTwin;

beforeAll(async () => {
  server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const json = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.url === '/manifest') return json(200, app.manifest);
      if (request.url !== '/register') return json(200, {});
      const body = Buffer.concat(chunks).toString();
      app.handshakes.push({ headers: request.headers, body });
      const { auth_token: appToken } = JSON.parse(body) as { auth_token: string };
      app.seenAs = await createSaleorClient({ apiUrl: twin.apiUrl, appToken, timeoutMs: 5000 }).appId();
      return json(app.status, app.answer);
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});
beforeEach(async () => {
  twin = await startSaleorTwin({ port: 0, key, stock: { 'SES-60-1': 2 } });
  const manifest = { ...saleorManifest(base), tokenTargetUrl: `${base}/register` };
  app = { manifest, status: 200, answer: { success: true }, seenAs: undefined, handshakes: [] };
});
afterEach(() => twin.close());

const install = () => twin.install(`${base}/manifest`);
const manifest = () => saleorManifest(base);

describe('an app is installed', () => {
  test('by the handshake of a real Saleor, its token good already', async () => {
    const done = await install();
    if (!done.ok) throw new Error(done.message);
    expect(app.seenAs).toBe(done.app.id);
    const [handshake] = app.handshakes;
    const real = realRequest('01-register-handshake');
    const sameShape = (text: string) => text.replace(/"[^"]{30}"/, '"token"');
    expect(sameShape(handshake?.body ?? '')).toBe(sameShape(real.body.toString()));
    // Host without its port, as the real one.
    expect(handshake?.headers).toMatchObject({
      'user-agent': real.headers['user-agent'],
      'saleor-schema-version': real.headers['saleor-schema-version'],
      'saleor-domain': twin.domain,
      'x-saleor-domain': twin.domain,
      'saleor-api-url': twin.apiUrl,
      host: '127.0.0.1',
    });
    expect(Object.keys(handshake?.headers ?? {}).toSorted()).toEqual(Object.keys(real.headers).toSorted());
  });

  test('once under one name, and after it was deleted under a new id with a new token', async () => {
    const first = await install();
    expect(await install()).toMatchObject({ ok: false, message: expect.stringMatching(/already installed/) });
    twin.uninstall();
    const second = await install();
    if (!first.ok || !second.ok) throw new Error('not installed');
    expect(second.app.id).not.toBe(first.app.id);
    expect(second.app.token).not.toBe(first.app.token);
    const old = createSaleorClient({ apiUrl: twin.apiUrl, appToken: first.app.token, timeoutMs: 5000 });
    expect(await old.appId()).toBeUndefined();
  });

  test.each<[number, unknown, string]>([
    [403, { success: false, error: { code: 'X', message: 'In our words.' } }, 'In our words.'],
    [500, { error: 'x' }, 'App internal error (500). Try later or contact with app support.'],
    [302, {}, 'App internal error (302). Try later or contact with app support.'],
  ])('or not, when it answers %s: then its token is void', async (status, answer, message) => {
    Object.assign(app, { status, answer });
    const before = twin.app();
    expect(await install()).toEqual({ ok: false, message });
    expect(app.seenAs).toBeDefined();
    expect(twin.app()).toEqual(before);
  });

  test('the webhooks of its manifest are sent, addressed to it', async () => {
    const webhooks = manifest().webhooks.map((one) => ({ ...one, targetUrl: `${base}/webhooks` }));
    app.manifest = { ...manifest(), tokenTargetUrl: undefined, webhooks };
    const done = await install();
    const { orderId } = twin.pay({
      email: 'zoe@example.com',
      firstName: 'Zoë',
      lastName: 'M',
      lines: [{ productName: 'Session', quantity: 1 }],
    });
    twin.cancelOrder(orderId);
    await twin.webhooksIdle();
    expect(twin.deliveries().map(({ event }) => event)).toEqual(['order_fully_paid', 'order_cancelled']);
    expect(JSON.parse(twin.lastWebhook()?.body.toString() ?? '')).toMatchObject({
      recipient: { id: done.ok ? done.app.id : '' },
    });
  });
});

describe('a manifest is refused', () => {
  const webhook = () => ({ ...manifest().webhooks[0] });

  test.each<[string, () => object, RegExp]>([
    ['without an id', () => ({ ...manifest(), id: undefined }), /^id: /],
    ['without a name', () => ({ ...manifest(), name: undefined }), /^name: /],
    ['without a version', () => ({ ...manifest(), version: undefined }), /^version: /],
    ['with an unknown permission', () => ({ ...manifest(), permissions: ['MANAGE_ALL'] }), /MANAGE_ALL/],
    ['with a bad address', () => ({ ...manifest(), tokenTargetUrl: 'register' }), /Incorrect format/],
    [
      'with a webhook without a query',
      () => ({ ...manifest(), webhooks: [{ ...webhook(), query: undefined }] }),
      /query/,
    ],
    [
      'with a query that is none',
      () => ({ ...manifest(), webhooks: [{ ...webhook(), query: 'query { app { id } }' }] }),
      /Subscription query is not valid/,
    ],
    [
      'with an event that its query does not ask for',
      () => ({ ...manifest(), webhooks: [{ ...webhook(), asyncEvents: ['ORDER_UPDATED'] }] }),
      /ORDER_UPDATED/,
    ],
    [
      'with an event that there is not',
      () => ({ ...manifest(), webhooks: [{ ...webhook(), asyncEvents: ['ORDER_DREAMT'] }] }),
      /Invalid asynchronous event/,
    ],
  ])('%s', async (_what, made, message) => {
    app.manifest = made();
    expect(await install()).toEqual({ ok: false, message: expect.stringMatching(message) });
    expect(app.handshakes).toEqual([]);
  });
});

describe('fulfilling', () => {
  const client = () => createSaleorClient({ apiUrl: twin.apiUrl, appToken: twin.appToken, timeoutMs: 5000 });
  const paid = (quantity: number) => {
    const { orderId } = twin.pay({
      email: 'zoe@example.com',
      firstName: 'Zoë',
      lastName: 'M',
      lines: [{ productName: 'Session', quantity }],
    });
    return { orderId, lineId: twin.order(orderId).body.lines[0]?.id ?? '', warehouse: TWIN_WAREHOUSE };
  };

  test('takes units out of the warehouse, and says when there are too few', async () => {
    const unit = paid(3);
    expect(await client().fulfil({ ...unit, quantity: 1 })).toBe('done');
    expect(await client().fulfil({ ...unit, quantity: 1 })).toBe('done');
    expect(twin.order(unit.orderId)).toMatchObject({ body: { status: 'PARTIALLY_FULFILLED' } });
    expect(await client().fulfil({ ...unit, quantity: 4 })).toBe('not-open');
    await expect(client().fulfil({ ...unit, quantity: 3 })).rejects.toMatchObject({
      code: 'insufficient-stock',
    });
    expect(twin.order(unit.orderId).fulfilled.get(unit.lineId)).toBe(1);
    expect(await client().fulfil({ ...unit, quantity: 2 })).toBe('done');
  });

  test('an order that the shop does not have, or has cancelled', async () => {
    const unit = paid(1);
    await expect(
      client().fulfil({ ...unit, orderId: 'T3JkZXI6bm9wZQ==', quantity: 1 }),
    ).rejects.toMatchObject({ code: 'vendor-not-found' });
    await expect(client().fulfil({ ...unit, lineId: 'x', quantity: 1 })).rejects.toMatchObject({
      code: 'vendor-not-found',
    });
    twin.cancelOrder(unit.orderId);
    expect(await client().fulfil({ ...unit, quantity: 1 })).toBe('not-open');
  });
});
