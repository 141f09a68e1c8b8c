import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import { createLogger } from '../../platform/log.ts';
import { SPANS, type SpanSort } from '../../platform/tracing/spans.ts';
import { connectClient, temporalSettings } from '../../platform/temporal.ts';
import { observe } from '../../scripts/demo/observe.ts';
import { createVendors, demoPolicy } from '../../scripts/demo/vendors.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import { TRACE_HEADER } from '../../workflows/contract/trace.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { createBrowser, fieldIn } from '../support/browser.ts';
import { clearPayloadsOf, decoded, personalDataOf } from '../support/histories.ts';
import { paySession, type PaidSession } from '../support/paid-session.ts';
import { entryBundle, type History, replay, replaysAlike } from '../support/replay.ts';
import { type LoggedWorker, spawnLoggedWorker } from '../support/replica.ts';
import { type Secret, secretsIn, textOf } from '../support/secrets-in.ts';
import { startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';

const policy = { ...demoPolicy, 'session.booking-deadline': 'PT2H' };
const PATIENCE_MS = 30_000;
const PAYER = 'ada.client@example.com';
const GUEST = 'ada@example.com';

const secrets: Secret[] = [
  { name: 'the e-mail address of who paid', value: PAYER },
  { name: 'the e-mail address of who books', value: GUEST },
];
/** What else the story tells: histories hold ids alone. */
const people: readonly Secret[] = [
  { name: 'the name of who books', value: 'Ada Client' },
  { name: 'the names of who paid', value: '"Ada"' },
  { name: 'the price', value: '49.00' },
  { name: 'where it takes place', value: 'meet.example.com' },
];
const keep = (name: string, value: string | undefined): string => {
  if (value === undefined || value === '') throw new Error(`there is no ${name}`);
  secrets.push({ name, value });
  return value;
};

/** What the API and the twins wrote, by the product's own logger. */
const logged: string[] = [];
let collector: OtlpReceiver;
let engine: TestEngine;
let stack: Stack;
let worker: LoggedWorker;
let database: DatabaseConnection;
let session: PaidSession;
const person = createBrowser();

beforeAll(async () => {
  collector = await startOtlpReceiver();
  // The SDK reads it by itself, here and in the worker.
  process.env['OTEL_BSP_SCHEDULE_DELAY'] = '200';
  engine = await startEngine();
  stack = await startTestStack({
    engine,
    worker: 'elsewhere',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    log: createLogger({
      level: 'debug',
      pretty: false,
      destination: { write: (text: string) => void logged.push(text) },
    }),
  });
  worker = spawnLoggedWorker(stack);
  database = connectDatabase(stack.addresses.databaseUrl, { max: 2, onIdleError: () => undefined });
}, 60_000);

afterAll(async () => {
  await worker?.stop();
  await database?.close();
  await stack?.close();
  await engine?.close();
  await collector?.close();
});

/** Each sort has an attribute that no other has. */
function sortOf({ attributes }: ReceivedSpan): SpanSort {
  if ('latchkey.inbox.id' in attributes) return 'delivery';
  if ('temporal.call' in attributes) return 'temporal';
  if ('temporal.activity.type' in attributes) return 'activity';
  return 'peer.service' in attributes ? 'vendor' : 'request';
}

/** What goes wrong is logged at more length than what goes well. */
async function failNext(twinUrl: string, rule: Readonly<Record<string, unknown>>): Promise<void> {
  const answer = await fetch(`${twinUrl}/__sandbox/faults`, { method: 'POST', body: JSON.stringify(rule) });
  expect(answer.status).toBe(200);
}

test('a session is bought, and its mailed link opened through the gateway', async () => {
  const writing = { method: 'POST', path: '^/api/v1/(users|tickets|ticket_articles)$' };
  await failNext(stack.addresses.zammad.url, { ...writing, kind: 'status', status: 500 });
  await failNext(stack.addresses.zammad.url, { ...writing, kind: 'commit-then-hang-up' });
  session = await paySession(stack.addresses, policy);
  keep('token of the mailed link', session.token);
  const page = `${stack.addresses.gatewayUrl}/customer/s/${session.slug}`;
  expect((await person.get(session.link)).status).toBe(303);
  expect((await person.get(page)).status).toBe(200);
  // Refused ones are logged too.
  expect((await createBrowser().get(`${page}?token=${session.token}x`)).status).toBe(302);
  expect((await person.get(`${stack.addresses.gatewayUrl}/nowhere?token=${session.token}`)).status).toBe(403);
  const direct = `${stack.addresses.publicUrl}/customer/s/${session.slug}?token=${session.token}`;
  expect((await fetch(direct, { headers: { referer: session.link } })).status).toBe(401);
});

test('a booking link is made and booked', async () => {
  const { localKeys } = stack.config.auth;
  if (localKeys === null) throw new Error('the stack has no keys for callers');
  const now = Date.now() as Instant;
  const caller = { role: 'tenant', tenantId: 1, userId: 5, subject: 'no-token' } as const;
  const bearer = keep(
    'bearer token of the tenant',
    await mintCallerToken(localKeys, caller, now, (now + 600_000) as Instant),
  );
  const made = await fetch(`${stack.addresses.gatewayUrl}/booking/link`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ template_id: 1, client_id: 123, token_purpose: 'one-time-booking-link' }),
  });
  const { data } = z
    .object({ data: z.object({ token: z.string(), url: z.string() }) })
    .parse(await made.json());
  const token = keep('token of the booking link', data.token);

  await failNext(stack.addresses.calendly.url, { kind: 'status', status: 503 });
  const form = await person.get(`${stack.addresses.gatewayUrl}${data.url}`);
  expect(form.status).toBe(200);
  const nonce = fieldIn(form.text, 'nonce');
  const bookUrl = `${stack.addresses.gatewayUrl}/booking/book`;
  const schedulingUrl = await observe('the scheduling link', PATIENCE_MS, async () => {
    const answer = await person.submit(bookUrl, { token, ...(nonce === undefined ? {} : { nonce }) });
    return answer.status === 303 ? (answer.headers.get('location') ?? undefined) : undefined;
  });
  await createVendors(stack.addresses).book(schedulingUrl, new Date(Date.now() + 3_600_000));
  await observe('the booked appointment', PATIENCE_MS, async () => {
    const row = await database.db.selectFrom('bookings').select('status').executeTakeFirst();
    return row?.status === 'scheduled' ? true : undefined;
  });
  const revoked = await fetch(`${stack.addresses.publicUrl}/booking/link/revoke`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  expect(revoked.status).toBe(200);
  expect((await person.get(`${stack.addresses.gatewayUrl}${data.url}`)).status).toBe(410);
});

test('somebody logs in with a mailed code, sees the session, and logs out', async () => {
  const { gatewayUrl } = stack.addresses;
  const asked = await person.submit(`${gatewayUrl}/customer/login`, { email: PAYER });
  expect(asked.status).toBe(200);
  const challenge = keep('challenge of the login', fieldIn(asked.text, 'challenge'));
  const vendors = createVendors(stack.addresses);
  const code = await observe('the mailed code', PATIENCE_MS, async () => {
    const articles = await vendors.articles(session.ticketId);
    return articles.map(({ body }) => /<strong>(\d{6})<\/strong>/.exec(body)?.[1]).find(Boolean);
  });
  keep('code of the login', code);
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
  expect((await person.submit(`${gatewayUrl}/customer/login/code`, { challenge, code: wrong })).status).toBe(
    401,
  );
  const entered = await person.submit(`${gatewayUrl}/customer/login/code`, {
    challenge,
    code: code ?? '',
  });
  expect(entered.status).toBe(303);
  expect((await person.get(`${gatewayUrl}/customer/s/${session.slug}`)).status).toBe(200);
  expect((await person.submit(`${gatewayUrl}/customer/logout`, {})).status).toBe(303);

  for (const { name, value } of person.seen) keep(`cookie ${name}`, value);
  expect(new Set(person.seen.map(({ name }) => name))).toEqual(new Set(['latchkey_s', 'latchkey_c']));
});

test('the search finds each of them wherever one stands', () => {
  expect(secrets.length).toBeGreaterThanOrEqual(8);
  for (const { name, value } of secrets) {
    const planted = [
      JSON.stringify({ level: 'info', url: `/customer/s/x?token=${value}`, msg: 'request' }),
      `127.0.0.1 - - [21/Nov/2026] "GET /customer/s/x?token=${encodeURIComponent(value)} HTTP/1.1" 200`,
      textOf({ events: [{ payloads: [{ data: Buffer.from(JSON.stringify({ it: value })) }] }] }),
    ];
    for (const text of planted) expect(secretsIn(`${text}\nanother line`, secrets)).toContain(name);
  }
  expect(secretsIn('nothing of theirs, 1234567, eyJ.eyJ.x', secrets)).toEqual([]);
});

test('no line that the API, the worker or a twin logged holds one', () => {
  const lines = [...logged, ...worker.lines()];
  const text = lines.join('\n');
  // Lines of each are there, at debug level.
  expect(text).toContain('"level":"debug"');
  expect(text).toContain('"process":"api"');
  expect(text).toContain('"sandbox"');
  expect(worker.lines().join('\n')).toContain('"level":"warn"');
  expect(lines.flatMap((line) => secretsIn(line, secrets).map((name) => `${name} in: ${line}`))).toEqual([]);
});

test('no history of a workflow holds one, nor anything like it, its payloads decrypted', async () => {
  const temporal = connectClient(temporalSettings(stack.env), stack.config.keys.payload);
  const histories: History[] = [];
  try {
    const wanted = ['sessionWorkflow', 'bookingWorkflow'];
    await observe('both runs in the list', PATIENCE_MS, async () => {
      const types = new Set<string>();
      for await (const run of temporal.client.workflow.list()) types.add(run.type);
      return wanted.every((type) => types.has(type)) ? true : undefined;
    });
    for await (const run of temporal.client.workflow.list())
      histories.push(await temporal.client.workflow.getHandle(run.workflowId, run.runId).fetchHistory());
  } finally {
    await temporal.close();
  }
  expect(histories.length).toBeGreaterThanOrEqual(2);
  // The payloads were really decrypted, and really encrypted: the session's own key stands in its input.
  const key = `"sessionKey":"${session.sessionKey}"`;
  expect(histories.some((history) => textOf(decoded(history)).includes(key))).toBe(true);
  for (const history of histories) {
    expect(textOf(history)).not.toContain(key);
    expect(clearPayloadsOf(history)).toEqual([]);
    expect(personalDataOf(history, [...secrets, ...people])).toEqual([]);
  }
  // What came by a trace replays, also where nobody hands it on: a build without traces takes over.
  const whole = histories.find((history) => textOf(decoded(history)).includes(key));
  const run = { workflowId: `session-${session.sessionKey}`, history: whole ?? {} };
  expect(textOf(run.history)).toContain(TRACE_HEADER);
  await replaysAlike(run);
  await replay(run, await entryBundle('recorded'));
});

test('neither the gateway’s access log nor the audit holds one', async () => {
  const state = z
    .object({ tables: z.array(z.object({ title: z.string(), rows: z.array(z.array(z.string())) })) })
    .parse(
      await (
        await fetch(`${stack.addresses.apisix.adminUrl}/__sandbox/state`, {
          headers: { 'x-api-key': stack.addresses.apisix.adminKey },
        })
      ).json(),
    );
  const access = state.tables
    .filter(({ title }) => title === 'Access log')
    .flatMap(({ rows }) => rows.map((row) => row.join(' ')));
  expect(access.join('\n')).toContain(`/customer/s/${session.slug}`);
  expect(access.flatMap((line) => secretsIn(line, secrets).map((name) => `${name} in: ${line}`))).toEqual([]);

  const audit = await observe('the audit of the login', PATIENCE_MS, async () => {
    const rows = await database.db.selectFrom('audit').selectAll().execute();
    return rows.some((row) => row.action === 'login.succeeded') ? rows : undefined;
  });
  expect(secretsIn(textOf(audit), secrets)).toEqual([]);
});

test('no span holds one, nor a name, a price or a slug, and each is as the table of spans has it', async () => {
  await observe('the last spans', PATIENCE_MS, async () => {
    const names = new Set(collector.spans().map(({ name }) => name));
    return names.has('POST /customer/logout') && names.has('activity recordBooking') ? true : undefined;
  });
  const slug = { name: 'the slug', value: session.slug };
  const spans = collector.spans();
  expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['latchkey', 'latchkey-worker']));
  const found = collector.texts().flatMap((text) => secretsIn(text, [...secrets, ...people, slug]));
  expect(found).toEqual([]);
  for (const span of spans) {
    const known: readonly string[] = [...SPANS[sortOf(span)].attributes, 'error.type'];
    expect(Object.keys(span.attributes).filter((name) => !known.includes(name))).toEqual([]);
    expect([span.name, span.events, span.status.message]).toEqual([span.name, 0, '']);
  }
  expect(new Set(spans.map(sortOf))).toEqual(new Set(Object.keys(SPANS)));
});

test('the purchase is one story, from the shop’s webhook to the ticket', () => {
  const spans = collector.spans();
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const above = (span: ReceivedSpan | undefined): readonly string[] => {
    if (span === undefined) return [];
    const parent = span.parentSpanId === null ? undefined : byId.get(span.parentSpanId);
    expect(parent?.traceId ?? span.traceId).toBe(span.traceId);
    return [`${span.service} ${span.name}`, ...above(parent)];
  };
  const made = spans.filter(
    ({ name, attributes }) =>
      name === 'zammad POST /api/v1/tickets' && attributes['latchkey.vendor.outcome'] === 'ok',
  );
  expect(made.map(above)).toEqual([
    [
      'latchkey-worker zammad POST /api/v1/tickets',
      'latchkey-worker activity openTicket',
      'latchkey temporal start sessionWorkflow',
      'latchkey inbox saleor',
      'latchkey POST /webhooks/saleor',
    ],
  ]);
  // What failed before stands beside it.
  const attempts = spans
    .filter(({ name, traceId }) => name === 'activity openTicket' && traceId === made[0]?.traceId)
    .map(({ attributes }) => `${attributes['temporal.activity.attempt']} ${attributes['error.type']}`)
    .toSorted();
  expect(attempts).toEqual(['1 vendor-unavailable', '2 vendor-unreachable', '3 undefined']);
  const asked = spans.filter(({ name }) => name === 'temporal query gate').map(above);
  expect(asked).toContainEqual(['latchkey temporal query gate', 'latchkey GET /forward-auth']);
  const booked = spans.filter(({ name }) => name === 'calendly POST /scheduling_links').map(above);
  expect(booked.flatMap((names) => names.at(-1))).toContain('latchkey POST /booking/book');
});
