import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { takeOrder } from '../../api/intake/orders.ts';
import { createSaleorCredentials } from '../../db/saleor-credentials.ts';
import type { Database } from '../../db/connect.ts';
import type { SaleorTwin } from '../../integrations/saleor/twin.ts';
import { saleorOrderSchema } from '../../integrations/saleor/wire.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { DASHBOARD, ringOf, type ShopsRig, startShops } from './support/shops-rig.ts';

let database: TestDatabase;
let db: Database;
let rig: ShopsRig;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
});
afterAll(() => database.drop());
beforeEach(async () => {
  for (const table of ['saleor_apps', 'inbox', 'audit'] as const) await db.deleteFrom(table).execute();
  rig = await startShops(db);
});
afterEach(() => rig.close());

const apps = () => db.selectFrom('saleor_apps').selectAll().orderBy('registered_at').execute();
const inbox = () => db.selectFrom('inbox').selectAll().orderBy('id').execute();
const clientOf = (twin: SaleorTwin) => rig.shops.clientOf(twin.domain);

async function installed(twin: SaleorTwin): Promise<string> {
  const done = await twin.install(rig.manifestUrl);
  if (!done.ok) throw new Error(done.message);
  return done.app.id;
}

const paidOrder = (more: object = {}) => ({
  email: 'zoe@example.com',
  firstName: 'Zoë',
  lastName: 'Müller',
  lines: [{ productName: 'Session', quantity: 1, ...more }],
});

describe('installing', () => {
  test('the manifest names our own addresses, whatever a request calls us', async () => {
    const response = await fetch(rig.manifestUrl, { headers: { 'x-forwarded-host': 'evil.example' } });
    const manifest = (await response.json()) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      id: 'latchkey.sessions',
      permissions: ['MANAGE_ORDERS', 'HANDLE_PAYMENTS'],
      appUrl: `${rig.origin}/saleor/app`,
      tokenTargetUrl: `${rig.origin}/saleor/register`,
      webhooks: [{ targetUrl: `${rig.origin}/webhooks/saleor` }],
    });
  });

  test('a shop that installs the app can be asked, and its token is nowhere in clear', async () => {
    await expect(clientOf(rig.one).getOrder('x')).rejects.toMatchObject({ code: 'app-not-installed' });
    const id = await installed(rig.one);
    expect(await clientOf(rig.one).appId()).toBe(id);
    const [row, ...others] = await apps();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ saleor_domain: rig.one.domain, app_id: id, token_key_id: 'a' });
    const token = rig.one.app()?.token ?? '';
    expect(token).toHaveLength(30);
    expect(row?.token.includes(Buffer.from(token))).toBe(false);
    expect(rig.logged.join()).not.toContain(token);
    const audit = await db.selectFrom('audit').selectAll().execute();
    expect(audit).toMatchObject([{ action: 'saleor.registered', tenant_id: 1, subject: rig.one.domain }]);
    expect(JSON.stringify(audit)).not.toContain(token);
  });

  test('installed again it has another id and token, and clients that live go on', async () => {
    const first = await installed(rig.one);
    const client = clientOf(rig.one);
    const { orderId } = rig.one.pay(paidOrder());
    expect(await rig.one.install(rig.manifestUrl)).toEqual({
      ok: false,
      message: expect.stringContaining('already installed'),
    });
    expect(await client.getOrder(orderId)).toMatchObject({ isPaid: true });

    rig.one.uninstall();
    await expect(client.getOrder(orderId)).rejects.toMatchObject({ code: 'app-not-installed' });
    const second = await installed(rig.one);
    expect(second).not.toBe(first);
    expect(await client.getOrder(orderId)).toMatchObject({ isPaid: true });
    expect(await apps()).toMatchObject([{ app_id: second }]);
  });

  test('another app of the shop takes its place only once the first is gone', async () => {
    await installed(rig.one);
    const before = await apps();
    const rogue = rig.one.makeApp();
    const register = () => rig.register({ auth_token: rogue.token }, { 'saleor-api-url': rig.one.apiUrl });
    const refused = await register();
    expect([refused.status, await refused.json()]).toMatchObject([
      409,
      { error: { code: 'ALREADY_EXISTS' } },
    ]);
    expect(await apps()).toEqual(before);
    rig.one.uninstall();
    expect((await register()).status).toBe(200);
    expect(await apps()).toMatchObject([{ app_id: rogue.id }]);
  });

  test('a token of the environment serves until the app is installed', async () => {
    await rig.close();
    rig = await startShops(db, { token: 'by-hand' });
    await expect(clientOf(rig.one).getOrder('x')).rejects.toMatchObject({ code: 'app-not-installed' });
    await installed(rig.one);
    expect(await clientOf(rig.one).getOrder('x')).toBeUndefined();
    await expect(clientOf(rig.two).getOrder('x')).rejects.toMatchObject({ code: 'app-not-installed' });
    expect(() => rig.shops.clientOf('elsewhere.example')).toThrow('not one of ours');
  });
});

describe('a registration is refused', () => {
  const refusalOf = async (response: Response) => {
    const body = (await response.json()) as { success: boolean; error: { code: string; message: string } };
    expect(body.success).toBe(false);
    expect(body.error.message).not.toBe('');
    return [response.status, body.error.code];
  };
  const from = (twin: SaleorTwin) => ({ 'saleor-api-url': twin.apiUrl });

  test.each<[string, () => Promise<Response>, [number, string]]>([
    ['without a token', () => rig.register({}, from(rig.one)), [400, 'INVALID_REQUEST']],
    ['with an empty one', () => rig.register({ auth_token: '' }, from(rig.one)), [400, 'INVALID_REQUEST']],
    ['that is no JSON', () => rig.register('{', from(rig.one)), [400, 'INVALID_REQUEST']],
    ['of a list', () => rig.register([], from(rig.one)), [400, 'INVALID_REQUEST']],
    ['that names no shop', () => rig.register({ auth_token: 'x' }), [403, 'SALEOR_URL_PROHIBITED']],
    [
      'of a shop that is not ours',
      () => rig.register({ auth_token: 'x' }, { 'saleor-api-url': 'https://evil.example/graphql/' }),
      [403, 'SALEOR_URL_PROHIBITED'],
    ],
    [
      'of another path at our shop',
      () => rig.register({ auth_token: 'x' }, { 'saleor-api-url': `${rig.one.url}/other/` }),
      [403, 'SALEOR_URL_PROHIBITED'],
    ],
    [
      'with a token of nobody',
      () => rig.register({ auth_token: 'x' }, from(rig.one)),
      [401, 'UNKNOWN_APP_ID'],
    ],
    [
      "with another shop's token",
      () => rig.register({ auth_token: 'sandbox-saleor-token-2' }, from(rig.one)),
      [401, 'UNKNOWN_APP_ID'],
    ],
    [
      'while the shop is away',
      async () => {
        rig.one.faults.set({ kind: 'status', status: 503, path: '^/graphql/', times: 1 });
        return rig.register({ auth_token: rig.one.appToken }, from(rig.one));
      },
      [401, 'UNKNOWN_APP_ID'],
    ],
    [
      'without public keys',
      async () => {
        rig.one.faults.set({ kind: 'status', status: 503, path: 'jwks', times: 1 });
        return rig.register({ auth_token: rig.one.appToken }, from(rig.one));
      },
      [401, 'JWKS_NOT_AVAILABLE'],
    ],
  ])('%s', async (_what, ask, expected) => {
    expect(await refusalOf(await ask())).toEqual(expected);
    expect(await apps()).toEqual([]);
  });

  test('and the shop deletes the app, with our words', async () => {
    rig.one.faults.set({ kind: 'status', status: 503, path: 'jwks', times: 1 });
    const before = rig.one.app();
    expect(await rig.one.install(rig.manifestUrl)).toEqual({
      ok: false,
      message: expect.stringContaining('public keys'),
    });
    expect(rig.one.app()).toEqual(before);
    expect((await rig.one.install(`${rig.origin}/saleor/nothing`)).ok).toBe(false);
  });
});

describe('the stored token', () => {
  const credentials = (keys = ringOf('a')) =>
    createSaleorCredentials(db, {
      shops: [rig.one, rig.two].map(({ domain }) => ({ domain, token: null })),
      keys,
    });

  test('is of one shop: moved to another, it opens nothing', async () => {
    await installed(rig.one);
    await db.updateTable('saleor_apps').set({ saleor_domain: rig.two.domain }).execute();
    await expect(credentials().tokenOf(rig.two.domain)).rejects.toMatchObject({
      code: 'credential-unreadable',
    });
  });

  test('outlives its key: the newest one takes over, then the old one may go', async () => {
    await installed(rig.one);
    const token = rig.one.app()?.token;
    const { domain } = rig.one;
    await expect(credentials(ringOf('b')).tokenOf(domain)).rejects.toMatchObject({
      code: 'credential-unreadable',
    });
    const both = credentials(ringOf('b', 'a'));
    expect(await both.tokenOf(domain)).toBe(token);
    expect(await both.reseal(domain)).toBe(true);
    expect(await both.reseal(domain)).toBe(false);
    expect(await credentials(ringOf('b')).tokenOf(domain)).toBe(token);
  });

  test('whose key is lost does not stand in the way of the next installation', async () => {
    await installed(rig.one);
    await db.updateTable('saleor_apps').set({ token_key_id: 'gone' }).execute();
    rig.one.uninstall();
    const id = await installed(rig.one);
    expect(await clientOf(rig.one).appId()).toBe(id);
  });
});

describe('webhooks of two shops', () => {
  beforeEach(async () => {
    await installed(rig.one);
    await installed(rig.two);
  });

  const idle = () => Promise.all([rig.one.webhooksIdle(), rig.two.webhooksIdle()]);
  const attempts = (twin: SaleorTwin) => twin.deliveries().map((delivery) => delivery.attempts);

  test('each is kept as its own shop’s', async () => {
    const first = rig.one.pay(paidOrder());
    const second = rig.two.pay(paidOrder());
    await idle();
    const correlations = (await inbox()).map(({ correlation }) => correlation);
    expect(correlations.toSorted()).toEqual(
      [`order|${rig.one.domain}|${first.orderId}`, `order|${rig.two.domain}|${second.orderId}`].toSorted(),
    );
  });

  test('one shop cannot speak for the other, nor for an app that is gone', async () => {
    rig.two.pay(paidOrder());
    await idle();
    const webhook = rig.two.lastWebhook();
    if (!webhook) throw new Error('nothing was sent');
    await db.deleteFrom('inbox').execute();
    const renamed = { 'saleor-domain': rig.one.domain, 'x-saleor-domain': rig.one.domain };
    const refused = async (headers: Readonly<Record<string, string>>) => {
      const response = await rig.webhook({
        headers: { ...lower(webhook.headers), ...headers },
        body: webhook.body,
      });
      return [response.status, ((await response.json()) as { reason?: string }).reason];
    };
    expect(await refused(renamed)).toEqual([401, 'unknown-key']);
    const nobody = { 'saleor-domain': 'evil.example', 'x-saleor-domain': 'evil.example' };
    expect(await refused(nobody)).toEqual([401, 'unknown-shop']);
    expect(await refused({})).toEqual([200, undefined]);
    // Installed again, the app has another id: what was signed for the first one is not for this one.
    rig.two.uninstall();
    await installed(rig.two);
    expect(await refused({})).toEqual([401, 'another-app']);
    await db.deleteFrom('saleor_apps').where('saleor_domain', '=', rig.two.domain).execute();
    expect(await refused({})).toEqual([401, 'unknown-shop']);
  });

  test('a rotated key is fetched, and while that fails the shop sends again', async () => {
    rig.one.pay(paidOrder());
    await idle();
    await rig.one.rotateKey();
    rig.one.faults.set({ kind: 'status', status: 503, path: 'jwks', times: 2 });
    rig.one.pay(paidOrder());
    await idle();
    expect(attempts(rig.one)).toEqual([[200], [503, 503, 200]]);
    expect(await inbox()).toHaveLength(2);
  });
});

describe('two shops, two tenants', () => {
  const settings = () => ({
    shops: new Map([
      [rig.one.domain, { id: 1, name: 'One', timeZone: 'Europe/Berlin' }],
      [rig.two.domain, { id: 2, name: 'Two', timeZone: 'Asia/Tokyo' }],
    ]),
    defaultTenant: { id: 1, name: 'One', timeZone: 'Europe/Berlin' },
    productTypes: ['paid-session'],
    defaults: { provider: 'calendly', eventTypes: { calendly: 'et' } } as const,
    calendarOwnerId: 5,
  });
  const at = Date.parse('2026-11-21T10:00:00Z') as never;

  async function takenFrom(twin: SaleorTwin, more: object = {}) {
    const { orderId } = twin.pay(paidOrder(more));
    const order = saleorOrderSchema.parse(structuredClone(twin.order(orderId).body));
    const taken = await takeOrder(db, order, { domain: twin.domain, at }, settings());
    if (taken.kind !== 'taken') throw new Error(taken.kind);
    return taken.sessions;
  }

  test('an order is its own shop’s tenant’s; of a shop that is not ours, nobody’s', async () => {
    expect(await takenFrom(rig.one)).toMatchObject([{ tenant_id: 1, time_zone: 'Europe/Berlin' }]);
    expect(await takenFrom(rig.two)).toMatchObject([{ tenant_id: 2, time_zone: 'Asia/Tokyo' }]);
  });

  const seats = (n: string) => ({
    fixedStart: '2026-12-01T10:00:00Z',
    variantId: 'UHJvZHVjdFZhcmlhbnQ6OTk=',
    productMetadata: { 'session.capacity': n },
  });

  test('a start that is sold beyond its places needs a person, whoever paid later', async () => {
    expect(await takenFrom(rig.one, { ...seats('2'), quantity: 1 })).toMatchObject([
      { needs_attention: false, input: { problems: [] } },
    ]);
    const later = await takenFrom(rig.one, { ...seats('2'), quantity: 2 });
    expect(later).toMatchObject([
      { unit: 0, needs_attention: false },
      {
        unit: 1,
        needs_attention: true,
        input: { problems: [{ field: 'session.capacity', code: 'over-capacity' }] },
        refused: [{ field: 'session.capacity', value: '2', code: 'over-capacity' }],
      },
    ]);
    // Another shop's variant of the same id is another one.
    expect(await takenFrom(rig.two, seats('1'))).toMatchObject([{ needs_attention: false }]);
  });

  test('a place is free again when its session came to nothing, and two orders at once get one', async () => {
    const start = { ...seats('1'), variantId: 'UHJvZHVjdFZhcmlhbnQ6MTAw' };
    const [first] = await takenFrom(rig.one, start);
    await db
      .updateTable('sessions')
      .set({ outcome: 'cancelled' })
      .where('session_key', '=', first?.session_key ?? ('' as never))
      .execute();
    const both = await Promise.all([takenFrom(rig.one, start), takenFrom(rig.one, start)]);
    expect(both.flat().filter((one) => one.needs_attention)).toHaveLength(1);
  });
});

describe('the page in the dashboard', () => {
  const page = (query: Readonly<Record<string, string>>) =>
    fetch(`${rig.origin}/saleor/app?${new URLSearchParams(query)}`);
  const policyOf = (response: Response) => response.headers.get('content-security-policy') ?? '';

  test('shows numbers to the dashboards of a shop that has installed the app, and to nobody else', async () => {
    const id = await installed(rig.one);
    rig.one.pay(paidOrder());
    await rig.one.webhooksIdle();
    const response = await page({ id, saleorApiUrl: rig.one.apiUrl });
    expect(response.status).toBe(200);
    expect(policyOf(response)).toContain(`frame-ancestors ${rig.one.url} ${DASHBOARD}`);
    expect(policyOf(response)).toContain("default-src 'none'");
    expect(response.headers.get('x-frame-options')).toBeNull();
    const text = await response.text();
    expect(text).toContain(rig.one.domain);
    expect(text).toMatch(/Last webhook taken in<\/dt><dd>(?!never)/);
    expect(text).not.toMatch(/zoe|Müller|<script/i);
    expect(text).not.toContain(rig.one.app()?.token ?? 'no token');
  });

  test.each<[string, () => Record<string, string>]>([
    ['nothing', () => ({})],
    ['another app', () => ({ id: 'QXBwOjk5', saleorApiUrl: rig.one.apiUrl })],
    ['another shop', () => ({ id: rig.one.app()?.id ?? '', saleorApiUrl: rig.two.apiUrl })],
    ['a strange shop', () => ({ id: 'x', saleorApiUrl: 'https://evil.example/graphql/' })],
    ['no address', () => ({ id: 'x', saleorApiUrl: '"><script>' })],
  ])('of %s shows nothing and may be framed by nobody', async (_what, query) => {
    await installed(rig.one);
    const response = await page(query());
    expect(response.status).toBe(404);
    expect(policyOf(response)).not.toContain(DASHBOARD);
    expect(await response.text()).not.toContain(rig.one.domain);
  });
});

const lower = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !['connection', 'accept-encoding', 'host', 'content-length'].includes(name)),
  );
