import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { readEventLine } from '../../api/gateway/event-line.ts';
import { registerGatewayEvents } from '../../api/metrics/gate.ts';
import { keepGatewayEvents, MOST_REFUSALS } from '../../db/queries/gateway-events.ts';
import { type ApiRig, GATEWAY_SECRET, startApiRig } from './support/api-rig.ts';
import { ask } from './support/ask.ts';
import { KEY, NOW, OTHER_SLUG, SLUG } from './support/values.ts';

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
const opening = {
  at: seconds(NOW),
  method: 'GET',
  path: `/customer/s/${SLUG}`,
  status: '200',
  upstreamStatus: '200',
};
const { upstreamStatus: _, ...refusal } = { ...opening, status: '403' };
const minute = (ms: number): number => Math.floor(ms / 60_000);

describe('one line', () => {
  test.each([
    ['a page that was shown', opening],
    ['below the page', { ...opening, path: `/customer/s/${SLUG}/join`, status: 302, upstreamStatus: 302 }],
    ['an upstream that was asked twice', { ...opening, upstreamStatus: '502, 200' }],
  ])('an opening: %s', (_name, line) => {
    expect(readEventLine(line, NOW)).toEqual({
      slug: SLUG,
      entry: 'opened',
      event: 'gateway.opened',
      status: Number(line.status),
      at: new Date(NOW),
    });
  });

  test.each([403, 429, 503])('a refusal of the gateway: %d', (status) => {
    expect(readEventLine({ ...refusal, status: String(status), service_id: 'x' }, NOW)).toEqual({
      slug: SLUG,
      entry: `${status}:${minute(NOW)}`,
      event: 'gateway.refused',
      status,
      at: new Date(NOW),
    });
  });

  test.each([
    ['the login wall', { ...refusal, status: '302' }],
    ['a token that becomes a cookie', { ...refusal, status: '303' }],
    ['a program without a credential', { ...refusal, status: '401' }],
    ['a session that is over', { ...refusal, status: '410' }],
    ['a refusal of the upstream', { ...opening, status: '403', upstreamStatus: '403' }],
    ['an upstream that is away', { ...opening, status: '502', upstreamStatus: '502' }],
    ['a form', { ...opening, method: 'POST' }],
    ['a look without a page', { ...opening, method: 'HEAD' }],
    ['no session’s URL', { ...refusal, path: '/customer/login' }],
    ['a slug that is too short', { ...refusal, path: '/customer/s/short' }],
    ['a slug that goes on', { ...refusal, path: `/customer/s/${SLUG}.x` }],
  ])('nothing to keep: %s', (_name, line) => {
    expect(readEventLine(line, NOW)).toBe('passed');
  });

  test.each([
    ['nothing', undefined],
    ['a text', 'x'],
    ['no instant', { ...opening, at: undefined }],
    ['an instant that is none', { ...opening, at: '-' }],
    ['an instant that no date has', { ...opening, at: '1e300' }],
    ['a status that is none', { ...opening, status: '000' }],
    ['a path that is none', { ...opening, path: 7 }],
  ])('not a line of ours: %s', (_name, line) => {
    expect(readEventLine(line, NOW)).toBe('malformed');
  });

  test('a clock that is ahead does not write into the future', () => {
    expect(readEventLine({ ...opening, at: seconds(NOW + 90_000) }, NOW)).toMatchObject({
      at: new Date(NOW),
    });
  });
});

describe('what the gateway tells', () => {
  let rig: ApiRig;
  beforeAll(async () => {
    rig = await startApiRig();
  });
  afterAll(() => rig.close());
  beforeEach(async () => {
    await rig.db.deleteFrom('gateway_events').execute();
  });

  const tell = (body: string | readonly object[], headers: Record<string, string> = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return ask(`${rig.api.internalUrl}/gateway/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${GATEWAY_SECRET}`,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(text)),
        ...headers,
      },
      body: text,
    });
  };
  const kept = () =>
    rig.db
      .selectFrom('gateway_events')
      .select(['session_key', 'entry', 'at', 'status'])
      .orderBy('entry')
      .execute();
  /** How the counts changed. */
  const counting = async (deed: () => Promise<unknown>): Promise<Record<string, number>> => {
    const before = rig.events.counts();
    await deed();
    const changes = Object.entries(rig.events.counts()).map(
      ([name, count]) => [name, count - before[name as keyof typeof before]] as const,
    );
    return Object.fromEntries(changes.filter(([, change]) => change !== 0));
  };

  test('the first opening and the refusals, each once however often a batch comes', async () => {
    const batch = [
      opening,
      { ...opening, at: seconds(NOW - 5000) },
      refusal,
      { ...refusal, at: seconds(NOW - 60_000) },
      { ...refusal, status: '429' },
      { ...opening, method: 'POST' },
    ];
    expect(await counting(() => tell(batch))).toEqual({ kept: 4, repeated: 1, passed: 1 });
    const entries = [
      [`403:${minute(NOW) - 1}`, NOW - 60_000, 403],
      [`403:${minute(NOW)}`, NOW, 403],
      [`429:${minute(NOW)}`, NOW, 429],
      ['opened', NOW - 5000, 200],
    ];
    const rows = () =>
      kept().then((all) => all.map(({ entry, at, status }) => [entry, at.getTime(), status]));
    expect(await rows()).toEqual(entries);
    expect(await counting(() => tell(batch))).toEqual({ repeated: 5, passed: 1 });
    expect(await rows()).toEqual(entries);
    expect((await kept()).map(({ session_key: key }) => key)).toEqual(entries.map(() => KEY));
  });

  test('another process that does not know of an opening opens nothing twice', async () => {
    const event = readEventLine(opening, NOW);
    if (typeof event === 'string') throw new Error(event);
    const none = { kept: 0, repeated: 0, full: 0, unknown: 0 };
    expect(await keepGatewayEvents(rig.db, [event])).toEqual({ ...none, kept: 1 });
    expect(await keepGatewayEvents(rig.db, [event])).toEqual({ ...none, repeated: 1 });
  });

  test('one line alone stands without brackets', async () => {
    expect(await counting(() => tell(JSON.stringify({ ...refusal, status: 503 })))).toEqual({ kept: 1 });
  });

  test('a slug that is nobody’s is counted and dropped', async () => {
    const unknown = { ...refusal, path: `/customer/s/${'z'.repeat(22)}` };
    expect((await tell([unknown])).status).toBe(204);
    expect(await counting(() => tell([unknown, refusal]))).toEqual({ kept: 1, unknown: 1 });
  });

  test('a flood is one entry a minute, and an end to it; other sessions go on', async () => {
    const flood = Array.from({ length: 1000 }, () => refusal);
    expect(await counting(() => tell(flood))).toEqual({ kept: 1, repeated: 999 });
    const minutes = Array.from({ length: MOST_REFUSALS + 5 }, (_each, n) => ({
      ...refusal,
      at: seconds(NOW - (n + 1) * 60_000),
    }));
    expect(await counting(() => tell(minutes))).toEqual({ kept: MOST_REFUSALS - 1, full: 6 });
    const other = { ...refusal, path: `/customer/s/${OTHER_SLUG}` };
    expect(await counting(() => tell([other, { ...opening, path: other.path }]))).toEqual({ kept: 2 });
  });

  test.each([
    ['no JSON', '[{'],
    ['a text', '"x"'],
    ['nothing', ''],
  ])('what means nothing is not asked for again: %s', async (_name, body) => {
    let status = 0;
    const change = await counting(async () => {
      ({ status } = await tell(body));
    });
    expect([status, change]).toEqual([204, { malformed: 1 }]);
  });

  test('lines that mean nothing do not take the others with them', async () => {
    expect(await counting(() => tell([{}, refusal]))).toEqual({ malformed: 1, kept: 1 });
  });

  test.each([
    ['none', {}],
    ['another', { authorization: 'Bearer another' }],
    ['without its scheme', { authorization: GATEWAY_SECRET }],
    ['in forward-auth’s header', { authorization: '', 'x-gateway-auth': GATEWAY_SECRET }],
  ])('only with the gateway’s secret: %s', async (_name, headers) => {
    const change = await counting(async () => {
      const { status, json } = await tell([refusal], { authorization: '', ...headers });
      expect([status, json?.['code']]).toEqual([401, 'not-authenticated']);
    });
    expect([change, await kept()]).toEqual([{}, []]);
  });

  test('too large: 413, and nothing of it is kept', async () => {
    const { status } = await tell([{ ...refusal, path: `${refusal.path}/${'x'.repeat(2_200_000)}` }]);
    expect([status, await kept()]).toEqual([413, []]);
  });

  test('a hundred lines of the longest URLs are not', async () => {
    const long = { ...refusal, path: `${refusal.path}/${'\u0001'.repeat(2700)}` };
    expect(await counting(() => tell(Array.from({ length: 100 }, () => long)))).toEqual({
      kept: 1,
      repeated: 99,
    });
  });

  test.each(['GET', 'PUT'])('%s: 405', async (method) => {
    expect((await ask(`${rig.api.internalUrl}/gateway/events`, { method })).status).toBe(405);
  });

  test('on the internal listener alone', async () => {
    expect((await ask(`${rig.api.publicUrl}/gateway/events`, { method: 'POST' })).status).toBe(404);
  });

  test('the counts are a metric', async () => {
    const registry = new Registry();
    const read = { kept: 1, repeated: 2, full: 3, unknown: 4, passed: 5, malformed: 6 };
    registerGatewayEvents(registry, () => read);
    for (const _scrape of [1, 2])
      for (const [outcome, count] of Object.entries(read))
        expect(await registry.metrics()).toContain(
          `latchkey_gateway_events_total{outcome="${outcome}"} ${count}\n`,
        );
  });

  test('the store is away: the gateway is asked to come again, and nothing is counted', async () => {
    await rig.db.schema.alterTable('gateway_events').renameTo('gone').execute();
    try {
      let status = 0;
      const change = await counting(async () => {
        ({ status } = await tell([refusal, {}]));
      });
      expect([status, change]).toEqual([503, {}]);
    } finally {
      await rig.db.schema.alterTable('gone').renameTo('gateway_events').execute();
    }
    expect(await counting(() => tell([refusal, {}]))).toEqual({ kept: 1, malformed: 1 });
  });
});
