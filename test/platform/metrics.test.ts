import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { createStandingReader, registerStanding } from '../../api/metrics/standing.ts';
import type { Standing } from '../../db/queries/standing.ts';
import { createHttpClient } from '../../platform/http-client.ts';
import { METRICS } from '../../platform/metrics/catalogue.ts';
import type { MetricKind } from '../../platform/metrics/kinds.ts';
import { operationOf, vendorMetrics } from '../../platform/metrics/vendor-calls.ts';
import { createAdmission } from '../../platform/vendor-pace/admission.ts';
import { ownPace } from '../../platform/vendor-pace/pace.ts';
import { createWorkerMetrics } from '../../worker/metrics.ts';
import { readExposition } from '../support/exposition.ts';

async function samplesOf(...registries: readonly Registry[]) {
  const texts = await Promise.all(registries.map((registry) => registry.metrics()));
  const { samples } = readExposition(texts.join('\n'));
  return (name: string, labels: Readonly<Record<string, string>> = {}): number | undefined =>
    samples.find(
      (one) =>
        one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
    )?.value;
}

describe('the catalogue', () => {
  const kinds: readonly (readonly [string, MetricKind])[] = Object.entries(METRICS);

  test.each(kinds)('%s is named as Prometheus wants it', (name, kind) => {
    expect(name.endsWith('_total')).toBe(kind.type === 'counter');
    if (kind.type === 'histogram') {
      expect(name).toMatch(/_seconds$/);
      expect(kind.buckets).toEqual([...kind.buckets].toSorted((a, b) => a - b));
    }
    expect(kind.help).toMatch(/\.$/);
    // Prometheus puts its own in their place.
    expect(Object.keys(kind.labels).filter((label) => ['job', 'instance', 'le'].includes(label))).toEqual([]);
  });
});

describe('vendors', () => {
  test.each([
    ['GET', '/api/v1/tickets/4711', 'GET /api/v1/tickets/:id'],
    ['PUT', '/apisix/admin/routes/sess-abcdefghijklmnopqrstuv', 'PUT /apisix/admin/routes/:id'],
    ['GET', '/v2/bookings/3kpcVUDYhhWnb22j3yPNCF/cancel', 'GET /v2/bookings/:id/cancel'],
    ['GET', '/users/john@acme.example', 'GET /users/:id'],
    ['GET', '/scheduled_events/a1b2c3d4-0000-4000-8000-000000000010', 'GET /scheduled_events/:id'],
    ['POST', '/graphql/', 'POST /graphql/'],
    ['GET', '/customer/s/:slug', 'GET /customer/s/:slug'],
  ])('%s %s is %s', (method, path, operation) => {
    expect(operationOf({ method, path })).toBe(operation);
  });

  test('each call is counted by what came of it, parked ones too, and who is away is shown until they are back', async () => {
    const registry = new Registry();
    const observer = vendorMetrics(registry);
    let status = 503;
    let now = 0;
    const client = createHttpClient({
      vendor: 'saleor',
      baseUrl: 'https://shop.example',
      headers: {},
      timeoutMs: 1000,
      fetch: async () => new Response('{}', { status }),
      admission: createAdmission({
        vendor: 'saleor shop.example',
        pace: ownPace(() => now, Math.random),
        places: 5,
        log: { info: () => undefined, warn: () => undefined },
        observer,
        now: () => now,
        random: () => 0,
      }),
    });
    const call = () =>
      client.request({ method: 'POST', path: '/graphql/', schema: z.unknown() }).then(
        () => undefined,
        () => undefined,
      );
    for (let n = 0; n < 7; n += 1) await call();
    const labels = { vendor: 'saleor', operation: 'POST /graphql/' };
    let read = await samplesOf(registry);
    expect(read('latchkey_vendor_calls_total', { ...labels, outcome: 'vendor-unavailable' })).toBe(5);
    expect(read('latchkey_vendor_calls_total', { ...labels, outcome: 'parked' })).toBe(2);
    expect(read('latchkey_vendor_call_duration_seconds_count', labels)).toBe(5);
    expect(read('latchkey_vendor_wait_seconds_count', { vendor: 'saleor' })).toBe(7);
    expect([
      read('latchkey_vendor_away', { vendor: 'saleor' }),
      read('latchkey_vendor_away', { vendor: 'zammad' }),
    ]).toEqual([1, 0]);

    status = 200;
    now += 60_000;
    await call();
    read = await samplesOf(registry);
    expect(read('latchkey_vendor_calls_total', { ...labels, outcome: 'ok' })).toBe(1);
    expect(read('latchkey_vendor_away', { vendor: 'saleor' })).toBe(0);
  });
});

describe('a worker', () => {
  test('housekeeping by what its pages came to; what an alert looks at stands at zero before', async () => {
    const pool = { totalCount: 7, idleCount: 3, waitingCount: 2, options: { max: 10 } };
    const { registries, activities } = createWorkerMetrics(pool, () => true);
    const [own] = registries;
    if (own === undefined) throw new Error('no registry');
    let read = await samplesOf(own);
    expect(read('latchkey_housekeeping_pages_total', { schedule: 'orders', outcome: 'last' })).toBe(0);
    expect(
      ['used', 'idle', 'wanted'].map((state) => read('latchkey_database_connections', { state })),
    ).toEqual([4, 3, 2]);
    const page = { looked: 20, repaired: 2, raised: 1, failed: 0, untouched: 0, cursor: 'x', halted: null };
    const notes = [{ code: 'provider-told', id: 'abc' }];
    activities.housekept('sessions', { ...page, notes });
    activities.housekept('sessions', { ...page, notes: [], halted: 'vendor-timeout' });
    activities.housekept('sessions', { ...page, notes, cursor: null });
    activities.housekept('sessions', null);
    read = await samplesOf(own);
    for (const outcome of ['more', 'halted', 'last', 'failed'])
      expect(read('latchkey_housekeeping_pages_total', { schedule: 'sessions', outcome })).toBe(1);
    expect(read('latchkey_housekeeping_items_total', { schedule: 'sessions', result: 'looked' })).toBe(60);
    expect(read('latchkey_housekeeping_notes_total', { schedule: 'sessions', code: 'provider-told' })).toBe(
      2,
    );
  });
});

describe('how things stand', () => {
  const standing: Standing = {
    inbox: [{ source: 'saleor', state: 'stored', count: 3, oldestSeconds: 9 }],
    openSessions: [],
    unstarted: { count: 1, oldestSeconds: 4 },
    attention: [],
    lateChanges: { count: 0, oldestSeconds: 0, dueSoon: 0 },
    webhooksOut: { count: 0, oldestSeconds: 0 },
    untold: 0,
  };

  test('one look serves all that is asked within ten seconds; a look that fails is not kept longer', async () => {
    let [looks, now] = [0, 0];
    let broken = false;
    const read = createStandingReader({
      monotonic: () => now,
      read: async () => {
        looks += 1;
        if (broken) throw new Error('away');
        return standing;
      },
    });
    await Promise.all([read(), read()]);
    now = 9999;
    expect([await read(), looks]).toEqual([standing, 1]);
    broken = true;
    now = 10_000;
    expect([await read(), looks]).toEqual([null, 2]);
    broken = false;
    now = 20_000;
    expect([await read(), looks]).toEqual([standing, 3]);
  });

  test('while nobody can tell, only that is exported, and no old number', async () => {
    const registry = new Registry();
    let answer: Standing | null = standing;
    registerStanding(registry, async () => answer);
    let read = await samplesOf(registry);
    expect([read('latchkey_standing_up'), read('latchkey_sessions_unstarted')]).toEqual([1, 1]);
    expect(read('latchkey_inbox_oldest_seconds', { source: 'saleor', state: 'stored' })).toBe(9);
    answer = null;
    read = await samplesOf(registry);
    expect([read('latchkey_standing_up'), read('latchkey_sessions_unstarted')]).toEqual([0, undefined]);
    expect(read('latchkey_inbox_oldest_seconds')).toBeUndefined();
  });
});
