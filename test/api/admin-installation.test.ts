import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import {
  concernsOf,
  gatewayState,
  type Look,
  vendorStates,
} from '../../api/admin/installation/health-rules.ts';
import { addInstallationRoutes } from '../../api/admin/installation/routes.ts';
import { type KnownProcess, processStore } from '../../db/queries/processes.ts';
import { CodedFailure } from '../../platform/failures.ts';
import type { VendorSight } from '../../platform/vendor-pace/sight.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Answer, ask } from './support/ask.ts';
import { type CallerName, verifyNamed } from './support/named-callers.ts';
import { keepersOf, type ServedRoutes, serveRoutes } from './support/serve-routes.ts';
import { NOW } from './support/values.ts';

const EARLY = '2026-11-21T10:00:00.000Z';
const LATE = '2026-11-21T10:05:00.000Z';

const sight = (vendor: string, more: Partial<VendorSight> = {}): VendorSight => ({
  vendor,
  state: 'answering',
  since: null,
  lastAnswerAt: EARLY,
  lastFailure: null,
  parked: 0,
  ...more,
});
const away = (since: string, parked: number): VendorSight =>
  sight('zammad', { state: 'away', since, parked, lastFailure: { code: 'vendor-timeout', at: LATE } });

function processOf(name: string, more: Partial<KnownProcess> = {}): KnownProcess {
  return {
    process_id: name,
    kind: 'worker',
    version: '1.0.0',
    build_id: null,
    started_at: new Date(EARLY),
    seen_at: new Date(LATE),
    vendors: [],
    gateway: null,
    silent_ms: 0,
    ...more,
  };
}

describe('what the processes know together', () => {
  test('a vendor is as who is worst off has it, with the newest that anybody heard', () => {
    const processes = [
      processOf('a', { vendors: [sight('zammad', { lastAnswerAt: LATE }), sight('apisix')] }),
      processOf('b', { vendors: [away(LATE, 2)] }),
      processOf('c', { vendors: [away(EARLY, 5)] }),
      // What it knew is old.
      processOf('dead', { vendors: [away(EARLY, 100)], silent_ms: 31_000 }),
    ];
    expect(vendorStates(processes)).toEqual([
      { ...sight('apisix'), awayIn: 0, processes: 1 },
      {
        vendor: 'zammad',
        state: 'away',
        since: EARLY,
        lastAnswerAt: LATE,
        lastFailure: { code: 'vendor-timeout', at: LATE },
        parked: 7,
        awayIn: 2,
        processes: 3,
      },
    ]);
  });

  test('the gateway is as far as the last of them; workers have no say', () => {
    const ready = processOf('a', { gateway: { state: 'ready', code: null } });
    const pending = processOf('b', { gateway: { state: 'pending', code: 'vendor-unreachable' } });
    expect(gatewayState([ready, pending, processOf('w')])).toEqual(pending.gateway);
    expect(gatewayState([ready, { ...pending, silent_ms: 60_000 }])).toEqual(ready.gateway);
    expect(gatewayState([processOf('w')])).toBeNull();
  });
});

describe('what a person should look at', () => {
  const queue = {
    kind: 'workflow',
    pollers: [{ identity: 'w', lastSeenAt: null }],
    backlog: 0,
    backlogAgeMs: 0,
  } as const;
  const well: Look = {
    temporal: { queues: [queue] },
    database: { processes: [processOf('w', { vendors: [sight('zammad')] })], replicas: [] },
  };
  const rows = (database: Partial<NonNullable<Look['database']>>): Look => ({
    ...well,
    database: { processes: [], replicas: [], ...database },
  });
  const replica = { id: 'r', startedAt: new Date(EARLY), leaseMs: 1000, behind: 1 };

  test.each<readonly [string, Look, readonly (readonly [string, string | null])[]]>([
    ['nothing while all is well', well, []],
    [
      'both stores, the one that holds more first',
      { temporal: null, database: null },
      [
        ['database-away', null],
        ['engine-away', null],
      ],
    ],
    [
      'nobody polls',
      { ...well, temporal: { queues: [{ ...queue, pollers: [] }] } },
      [['no-worker', 'workflow']],
    ],
    [
      'tasks that are on their way',
      { ...well, temporal: { queues: [{ ...queue, backlogAgeMs: 60_000 }] } },
      [],
    ],
    [
      'tasks that wait',
      { ...well, temporal: { queues: [{ ...queue, backlogAgeMs: 60_001 }] } },
      [['tasks-wait', 'workflow']],
    ],
    [
      'a vendor that is away',
      rows({ processes: [processOf('w', { vendors: [away(EARLY, 0)] })] }),
      [['vendor-away', 'zammad']],
    ],
    [
      'a vendor that fails',
      rows({ processes: [processOf('w', { vendors: [sight('x', { state: 'failing' })] })] }),
      [['vendor-failing', 'x']],
    ],
    [
      'a gateway that is not set up',
      rows({ processes: [processOf('a', { gateway: { state: 'failed', code: 'not-configured' } })] }),
      [['gateway-not-ready', 'not-configured']],
    ],
    [
      'a process that says nothing any more',
      rows({ processes: [processOf('w', { silent_ms: 30_001 })] }),
      [['process-silent', 'w']],
    ],
    ['a replica that lacks a revocation', rows({ replicas: [replica] }), [['replica-behind', 'r']]],
    ['a replica that is gone', rows({ replicas: [{ ...replica, leaseMs: -1 }] }), []],
    [
      'two versions',
      rows({ processes: [processOf('a'), processOf('b', { version: '2.0.0' })] }),
      [['versions-differ', null]],
    ],
    [
      'a version that is gone',
      rows({ processes: [processOf('a'), processOf('b', { version: '2.0.0', silent_ms: 60_000 })] }),
      [['process-silent', 'b']],
    ],
  ])('%s', (_, look, expected) => {
    expect(concernsOf(look).map(({ code, about }) => [code, about])).toEqual(expected);
  });
});

describe('over HTTP', () => {
  let database: TestDatabase;
  let served: ServedRoutes;
  beforeAll(async () => {
    database = await createTestDatabase();
    const { db } = database.connection;
    served = await serveRoutes({
      keepers: keepersOf(verifyNamed),
      add: (routes) =>
        addInstallationRoutes(routes, {
          db,
          clock: () => NOW,
          defaultTenantId: 1,
          namespace: 'n',
          runUrl: () => null,
          temporal: {
            ask: async () => Promise.reject(new CodedFailure('engine-unavailable', 'away')),
            settled: async () => undefined,
          },
        }),
    });
  });
  afterAll(async () => {
    await served.close();
    await database.drop();
  });

  const get = (path: string, caller: CallerName = 'admin', method = 'GET'): Promise<Answer> =>
    ask(`${served.origin}/api/v1/admin/${path}`, { method, headers: { authorization: `Bearer ${caller}` } });

  test.each([
    ['GET', 'health'],
    ['GET', 'backlog'],
    ['GET', 'schedules'],
    ['POST', 'schedules/orders/trigger'],
  ])('%s %s is for admins of the default tenant alone', async (method, path) => {
    expect((await get(path, 'tenant', method)).status).toBe(403);
    const stranger = await get(path, 'stranger', method);
    expect([stranger.status, stranger.json?.['reason']]).toEqual([403, 'tenant']);
  });

  test('health is told while Temporal is away; what processes said is told as they said it', async () => {
    const { db } = database.connection;
    const store = processStore(db);
    const report = {
      kind: 'worker',
      version: '9',
      buildId: 'b1',
      startedAt: new Date(EARLY),
      vendors: [away(EARLY, 3)],
      gateway: null,
    } as const;
    await store.tell({ ...report, processId: 'w1' });
    await store.tell({ ...report, processId: 'gone' });
    await store.tell({ ...report, processId: 'left' });
    await store.leave('left');
    await sql`update processes set seen_at = seen_at - interval '40 seconds' where process_id = 'gone'`.execute(
      db,
    );
    // Again: its row is the same one.
    await store.tell({ ...report, processId: 'w1', vendors: [away(EARLY, 4)] });

    const { status, json } = await get('health');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      database: { reachable: true },
      temporal: { reachable: false, namespace: 'n', queues: null },
      vendors: [{ vendor: 'zammad', state: 'away', parked: 4, away_in: 1, processes: 1 }],
      gateway: null,
      concerns: [
        { code: 'engine-away', about: null },
        { code: 'vendor-away', about: 'zammad' },
        { code: 'process-silent', about: 'gone' },
      ],
    });
    const processes = json?.['processes'] as readonly { id: string; silent: boolean; build_id: string }[];
    expect(processes.map(({ id, silent, build_id: build }) => [id, silent, build])).toEqual([
      ['gone', true, 'b1'],
      ['w1', false, 'b1'],
    ]);
  });

  test('a process that died is forgotten after an hour', async () => {
    const { db } = database.connection;
    await sql`update processes set seen_at = seen_at - interval '61 minutes'`.execute(db);
    await processStore(db).tell({
      processId: 'new',
      kind: 'api',
      version: '9',
      buildId: null,
      startedAt: new Date(EARLY),
      vendors: [],
      gateway: { state: 'ready', code: null },
    });
    const rows = await db.selectFrom('processes').select(['process_id', 'gateway']).execute();
    expect(rows).toEqual([{ process_id: 'new', gateway: { state: 'ready', code: null } }]);
  });

  test('the backlog counts what waits, by source and state, with the age of the oldest', async () => {
    const { db } = database.connection;
    const row = {
      source: 'calendly',
      correlation: 'c',
      event: 'e',
      body: Buffer.alloc(0),
      reason: null,
      next_attempt_at: LATE,
      settled_at: null,
    } as const;
    await db
      .insertInto('inbox')
      .values([
        { ...row, delivery_key: '1', status: 'quarantined', received_at: LATE },
        { ...row, delivery_key: '2', status: 'quarantined', received_at: EARLY },
        { ...row, delivery_key: '3', status: 'done', received_at: '2020-01-01T00:00:00Z' },
        { ...row, delivery_key: '4', source: 'zammad', received_at: LATE },
      ])
      .execute();
    const { json } = await get('backlog');
    const none = { count: 0, oldest_at: null };
    expect(json).toEqual({
      at: new Date(NOW).toISOString(),
      inbox: ['saleor', 'calendly', 'calcom', 'zammad'].flatMap((source) =>
        ['stored', 'quarantined'].map((status) => {
          if (source === 'calendly' && status === 'quarantined')
            return { source, status, count: 2, oldest_at: EARLY };
          return source === 'zammad' && status === 'stored'
            ? { source, status, count: 1, oldest_at: LATE }
            : { source, status, ...none };
        }),
      ),
      webhooks: { pending: none, failed: none },
      starts: none,
      revocations: none,
    });
  });

  test('without Temporal there are no schedules to show, and none is run', async () => {
    for (const answer of [await get('schedules'), await get('schedules/orders/trigger', 'admin', 'POST')])
      expect([answer.status, answer.json?.['code']]).toEqual([503, 'engine-unavailable']);
    expect((await get('schedules/no-such-job/trigger', 'admin', 'POST')).status).toBe(404);
  });
});
