import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { connectDatabase } from '../../db/connect.ts';
import { METRICS } from '../../platform/metrics/catalogue.ts';
import type { Exporter, MetricKind } from '../../platform/metrics/kinds.ts';
import { observe } from '../../scripts/demo/observe.ts';
import { holdPort } from '../../scripts/servers/free-port.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import { ask, browser } from '../api/support/ask.ts';
import { readExposition, type Scraped } from '../support/exposition.ts';
import { type PaidSession, paySession } from '../support/paid-session.ts';
import { askedBy } from '../support/promql.ts';
import {
  spawnWorker,
  startEngine,
  startTestStack,
  type TestEngine,
  type WorkerChild,
} from '../support/test-stack.ts';
import { expressions, runbookStatements } from '../support/watching.ts';

const PATIENCE_MS = 60_000;

/** What the SDK exports only once something has gone wrong, with the labels that are asked for. */
const AFTER_A_FAILURE: Readonly<Record<string, readonly string[]>> = {
  temporal_workflow_task_execution_failed_total: ['workflow_type'],
  temporal_workflow_failed_total: ['workflow_type'],
  temporal_request_failure_total: ['operation', 'status_code'],
};
/** Prometheus' own. */
const ITS_OWN: Readonly<Record<string, readonly string[]>> = {
  up: [],
  ALERTS: ['alertname', 'severity', 'alertstate'],
};
/** Prometheus adds them to everything that it scrapes. */
const ADDED = ['job', 'instance'];

let engine: TestEngine;
let stack: Stack;
let worker: WorkerChild;
let workerUrl: string;
let paid: PaidSession;
let pages: Readonly<Record<Exporter, Scraped>>;

const scrape = async (url: string): Promise<Scraped> => readExposition((await ask(url)).text);
async function scrapeAll(): Promise<Readonly<Record<Exporter, Scraped>>> {
  return { api: await scrape(`${stack.addresses.internalUrl}/metrics`), worker: await scrape(workerUrl) };
}

/** The SDK writes a metric when it first has something to say. */
const hasSdks = ({ worker: { types } }: typeof pages): boolean =>
  ['temporal_workflow_completed_total', 'temporal_workflow_task_replay_latency_seconds'].every((name) =>
    types.has(name),
  );

beforeAll(async () => {
  engine = await startEngine();
  const held = await holdPort(0, 'WORKER_METRICS_PORT');
  workerUrl = `http://127.0.0.1:${held.port}/metrics`;
  const env = { WORKER_METRICS_PORT: String(held.port) };
  stack = await startTestStack({ engine, worker: 'elsewhere', env });
  await held.release();
  worker = spawnWorker(stack);
  paid = await paySession(stack.addresses);
  await ask(paid.link, { headers: browser });
  await ask(`${stack.addresses.publicUrl}/webhooks/zammad`, { method: 'POST', body: '{}' });
  await ask(`${stack.addresses.publicUrl}/${paid.slug}`);
  pages = await observe('the SDK’s numbers', PATIENCE_MS, async () => {
    const scraped = await scrapeAll();
    return hasSdks(scraped) ? scraped : undefined;
  });
});
afterAll(async () => {
  await worker?.kill();
  await stack?.close();
  await engine?.close();
});

const valueOf = (page: Exporter, name: string, labels: Readonly<Record<string, string>> = {}) =>
  pages[page].samples.find(
    (one) =>
      one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  )?.value;

describe('what is exported', () => {
  test.each<Exporter>(['api', 'worker'])('the %s: the catalogue, no more and no less', (exporter) => {
    const kinds: Readonly<Record<string, MetricKind>> = METRICS;
    const expected = Object.entries(kinds)
      .filter(([, { exporters }]) => exporters.includes(exporter))
      .map(([name, { type }]) => [name, type]);
    const { types, samples } = pages[exporter];
    const found = [...types].filter(([name]) => name.startsWith('latchkey_'));
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));

    for (const sample of samples.filter(({ name }) => name.startsWith('latchkey_'))) {
      const family = sample.name.replace(/_(bucket|sum|count)$/, '');
      const kind = kinds[sample.name] ?? kinds[family];
      const wanted = [...Object.keys(kind?.labels ?? {}), ...(sample.name.endsWith('_bucket') ? ['le'] : [])];
      expect([sample.name, Object.keys(sample.labels).toSorted()]).toEqual([sample.name, wanted.toSorted()]);
    }
  });

  test('no id, no address, no slug, no token', () => {
    const text = pages.api.text + pages.worker.text;
    for (const secret of [paid.sessionKey, paid.slug, paid.token]) expect(text.includes(secret)).toBe(false);
    expect(text).not.toMatch(/@|eyJ|[0-9a-f]{8}-[0-9a-f]{4}-/);
  });

  test('what happened stands there', () => {
    expect(valueOf('api', 'latchkey_inbox_received_total', { source: 'saleor', outcome: 'stored' })).toBe(1);
    expect(valueOf('api', 'latchkey_inbox_attempts_total', { source: 'saleor', outcome: 'done' })).toBe(1);
    expect(valueOf('api', 'latchkey_standing_up')).toBe(1);
    expect(valueOf('api', 'latchkey_gate_verdicts_total', { verdict: '303', reason: 'exchanged' })).toBe(1);
    expect(valueOf('api', 'latchkey_http_requests_total', { route: '/webhooks/zammad', status: '401' })).toBe(
      1,
    );
    expect(valueOf('api', 'latchkey_http_requests_total', { route: 'none', listener: 'public' })).toBe(1);
    expect(valueOf('worker', 'latchkey_worker_polling')).toBe(1);
    const opened = { vendor: 'zammad', operation: 'POST /api/v1/tickets', outcome: 'ok' };
    expect(valueOf('worker', 'latchkey_vendor_calls_total', opened)).toBe(1);
    expect(valueOf('worker', 'latchkey_vendor_wait_seconds_count', { vendor: 'saleor' })).toBeGreaterThan(0);
  });
});

describe('what is asked for', () => {
  const exported = (): ReadonlyMap<string, ReadonlySet<string>> => {
    const names = new Map<string, Set<string>>();
    for (const { samples } of Object.values(pages))
      for (const { name, labels } of samples)
        names.set(name, new Set([...(names.get(name) ?? []), ...Object.keys(labels)]));
    // Ours may have no sample yet; which labels it will have stands in the catalogue, and was compared above.
    for (const [name, { type, labels }] of Object.entries(METRICS))
      for (const ending of type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''])
        names.set(name + ending, new Set([...Object.keys(labels), ...(ending === '_bucket' ? ['le'] : [])]));
    for (const [name, labels] of Object.entries({ ...AFTER_A_FAILURE, ...ITS_OWN }))
      names.set(name, new Set(labels));
    return names;
  };

  test('by every alert and every panel: is exported, with those labels', () => {
    const names = exported();
    const missing = expressions().flatMap(([place, expression]) =>
      askedBy(expression).flatMap(({ metric, labels }) => {
        const known = names.get(metric);
        if (known === undefined) return [`${place}: ${metric}`];
        return labels
          .filter((label) => !known.has(label) && !ADDED.includes(label))
          .map((label) => `${place}: ${metric}{${label}}`);
      }),
    );
    expect(missing).toEqual([]);
  });

  test('what the SDK exports only after a failure is known to it by that name', () => {
    const bridge = dirname(createRequire(import.meta.url).resolve('@temporalio/core-bridge/package.json'));
    const { arch, platform } = process;
    const cpu = arch === 'arm64' ? 'aarch64' : 'x86_64';
    const system = { linux: 'unknown-linux-gnu', darwin: 'apple-darwin', win32: 'pc-windows-msvc' }[
      platform as 'linux'
    ];
    const native = readFileSync(join(bridge, 'releases', `${cpu}-${system}`, 'index.node'));
    for (const name of Object.keys(AFTER_A_FAILURE)) {
      const inside = name.replace(/^temporal_/, '').replace(/_total$/, '');
      expect([name, native.includes(inside), native.includes(`${inside}_never`)]).toEqual([
        name,
        true,
        false,
      ]);
    }
  });

  test('by the runbook of PostgreSQL: it can answer', async () => {
    const { databaseUrl } = stack.addresses;
    const database = connectDatabase(databaseUrl, { max: 1, onIdleError: () => undefined });
    try {
      const statements = runbookStatements();
      expect(statements.length).toBeGreaterThan(3);
      for (const statement of statements) await sql.raw(`explain ${statement}`).execute(database.db);
    } finally {
      await database.close();
    }
  });
});

describe('where it is shown', () => {
  test('inside only, and nothing else stands beside it', async () => {
    expect((await ask(`${stack.addresses.publicUrl}/metrics`)).status).toBe(404);
    const answer = await ask(workerUrl);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect((await ask(new URL('/', workerUrl).href)).status).toBe(404);
  });
});
