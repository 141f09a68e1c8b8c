import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sessionKeyOf, sessionRouteId } from '../../platform/session-ids.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { CALLBACK, type Housekeeper, startHousekeeper } from './support/housekeeper.ts';

const HOUR = 3_600_000;
const DAY_SECONDS = 24 * 3600;

let house: Housekeeper;
beforeAll(async () => {
  house = await startHousekeeper();
});
afterAll(() => house.close());

describe('routes without a session', () => {
  const stranger = (unit: number): SessionKey =>
    sessionKeyOf({ saleorDomain: 'elsewhere', orderUuid: 'o', lineUuid: 'l', unit });
  const put = (sessionKey: SessionKey) =>
    house.dependencies.apisix.putRoute({
      id: sessionRouteId(sessionKey),
      slug: `slug-${sessionKey}`,
      sessionKey,
      ttlSeconds: DAY_SECONDS,
    });
  const later = (ms: number) => {
    house.now = (house.now + ms) as Instant;
  };
  beforeEach(async () => {
    for (const id of ids().filter((one) => one.startsWith('sess-')))
      await house.dependencies.apisix.deleteRoute(id);
  });
  const ids = () => house.apisix.routes().map(({ id }) => id);
  const putForeign = (labels: Record<string, string>) =>
    fetch(`${house.apisix.adminUrl}/apisix/admin/routes/sess-foreign`, {
      method: 'PUT',
      headers: { 'x-api-key': 'admin-key' },
      body: JSON.stringify({ uri: '/shop/*', service_id: 'latchkey-open', labels }),
    });

  test('are deleted when they are old; an open session’s and a stranger’s stay', async () => {
    const over = await house.world.another(1, { start_state: 'ended' });
    const intended = await house.world.another(2, { start_state: 'intended' });
    await Promise.all([house.world.sessionKey, intended, over, stranger(1)].map(put));
    await putForeign({ app: 'shop', session: stranger(9) });
    const others = ids().length - 4;
    expect(await house.run('routes')).toMatchObject({ looked: 4, repaired: 0, untouched: others });

    later(HOUR + 2000);
    const young = stranger(2);
    await put(young);
    const report = await house.run('routes');
    expect(report).toMatchObject({ repaired: 2, failed: 0, untouched: others });
    expect(report.notes.map(({ id }) => id).toSorted()).toEqual(
      [over, stranger(1)].map(sessionRouteId).toSorted(),
    );
    const left = ids();
    for (const key of [house.world.sessionKey, intended, young]) expect(left).toContain(sessionRouteId(key));
    expect(left).toContain('sess-foreign');
    expect(left).not.toContain(sessionRouteId(over));
    expect(await house.run('routes')).toMatchObject({ repaired: 0, notes: [] });
  });

  test('at most twenty at once', async () => {
    await Promise.all(Array.from({ length: 23 }, (_, unit) => put(stranger(unit))));
    later(2 * HOUR);
    const first = await house.page('routes');
    expect(first).toMatchObject({ repaired: 20, cursor: '1' });
    expect(await house.page('routes', first.cursor)).toMatchObject({ repaired: 3, cursor: '1' });
    expect(await house.page('routes', '1')).toMatchObject({ repaired: 0, looked: 0, cursor: null });
  });
});

describe('the webhook subscription', () => {
  interface Subscription {
    readonly uri: string;
    readonly callback_url: string;
    readonly state: string;
    readonly events: readonly string[];
  }
  async function api(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${house.calendly.url}/webhook_subscriptions${path}`, {
      ...init,
      headers: { authorization: 'Bearer pat', 'content-type': 'application/json' },
    });
  }
  async function held(): Promise<readonly Subscription[]> {
    const organization = `${house.calendly.url}/organizations/ORG1`;
    const query = new URLSearchParams({ organization, scope: 'organization' });
    return ((await (await api(`?${query}`)).json()) as { collection: Subscription[] }).collection;
  }
  beforeEach(async () => {
    for (const { uri } of await held()) await api(uri.slice(uri.lastIndexOf('/')), { method: 'DELETE' });
  });
  const events = [
    'invitee.created',
    'invitee.canceled',
    'invitee_no_show.created',
    'invitee_no_show.deleted',
  ];

  test('that is missing is made, once', async () => {
    expect(await house.run('subscriptions')).toMatchObject({
      repaired: 1,
      notes: [{ code: 'subscription-was-missing', id: 'calendly' }],
    });
    expect(await held()).toMatchObject([{ callback_url: CALLBACK, state: 'active', events }]);
    expect(await house.run('subscriptions')).toMatchObject({ looked: 1, repaired: 0, notes: [] });
  });

  test('that asks for other events is made anew', async () => {
    const organization = `${house.calendly.url}/organizations/ORG1`;
    const body = { url: CALLBACK, events: ['invitee.created'], organization, scope: 'organization' };
    expect((await api('', { method: 'POST', body: JSON.stringify(body) })).status).toBe(201);
    expect((await house.run('subscriptions')).notes).toEqual([
      { code: 'subscription-had-other-events', id: 'calendly' },
    ]);
    expect(await held()).toMatchObject([{ callback_url: CALLBACK, events }]);
  });

  test('that was disabled is made anew, and an operator hears of it', async () => {
    // Nobody is there: a day of failure in a moment.
    house.callback.url = 'http://127.0.0.1:1/webhook';
    await house.run('subscriptions');
    const { bookingUrl } = await house.dependencies.scheduling('calendly').createSchedulingLink('et-1', {
      reference: 'ref',
      campaign: null,
      name: 'Z',
      email: 'z@example.com',
    });
    house.calendly.book(bookingUrl, {
      name: 'Z',
      email: 'z@example.com',
      startsAt: new Date(house.now + 50 * HOUR),
    });
    await house.calendly.webhooksIdle();
    expect(await held()).toMatchObject([{ state: 'disabled' }]);
    expect(await house.run('subscriptions')).toMatchObject({ repaired: 1, raised: 1 });
    expect(house.world.logged.some((line) => line.includes('subscription-was-disabled'))).toBe(true);
    expect(await held()).toMatchObject([{ state: 'active' }]);
    expect(await house.run('subscriptions')).toMatchObject({ notes: [] });
  });
});
