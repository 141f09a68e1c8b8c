import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { sql } from 'kysely';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import { ERASURE_FATES } from '../../db/queries/personal-data.ts';
import { connectClient, type TemporalClient, temporalSettings } from '../../platform/temporal.ts';
import { sessionWorkflowId } from '../../platform/session-ids.ts';
import { observe } from '../../scripts/demo/observe.ts';
import { createVendors } from '../../scripts/demo/vendors.ts';
import { recordAppointment } from '../../db/queries/appointments.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { paySession } from '../support/paid-session.ts';
import { replaysAlike } from '../support/replay.ts';
import { startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';
import { type Answer, ask } from './support/ask.ts';

const PATIENCE_MS = 60_000;
const HOUR = 3_600_000;
const EMAIL = 'ada.client@example.com';
/** What the shop, the visitor's form and the provider were told of her. */
const TRACES = [EMAIL, 'Ada,Client', 'Ada Client', 'Lovelace Ltd', '2015550123', 'Ada asked'];

let engine: TestEngine;
let stack: Stack;
let database: DatabaseConnection;
let temporal: TemporalClient;
let tokens: Readonly<Record<'own' | 'other', string>>;

beforeAll(async () => {
  engine = await startEngine();
  stack = await startTestStack({ engine });
  database = connectDatabase(stack.addresses.databaseUrl, { max: 2, onIdleError: () => undefined });
  temporal = connectClient(temporalSettings(stack.env), stack.config.keys.payload);
  const keys = stack.config.auth.localKeys;
  if (keys === null) throw new Error('a stack without keys of its own');
  const now = Date.now() as Instant;
  const token = (tenantId: number): Promise<string> =>
    mintCallerToken(
      keys,
      { role: 'admin', tenantId, userId: 7, subject: 'tests' },
      now,
      (now + HOUR) as Instant,
    );
  tokens = { own: await token(1), other: await token(2) };
});
afterAll(async () => {
  await temporal?.close();
  await database?.close();
  await stack?.close();
  await engine?.close();
});

function call(method: string, path: string, body?: unknown, as: 'own' | 'other' = 'own'): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return ask(`${stack.addresses.publicUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${tokens[as]}`,
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
    },
    ...(text === undefined ? {} : { body: text }),
  });
}

const erase = (id: number, running: 'refuse' | 'end', as?: 'own' | 'other') =>
  call('POST', `/api/v1/admin/clients/${id}/erase`, { running, reason: 'Ada asked for it' }, as);

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly certificate: string | null;
  readonly claims: {
    readonly done: readonly { readonly what: string; readonly count: number }[];
    readonly notDone: readonly { readonly what: string; readonly count: number; readonly reason: string }[];
  } | null;
}

async function erased(id: number): Promise<Shown> {
  const started = await erase(id, 'end');
  expect(started.status).toBe(202);
  const path = String(started.headers.get('location'));
  return observe('the certificate', PATIENCE_MS, async () => {
    const { json } = await call('GET', path);
    const shown = json as unknown as Shown;
    return shown.status === 'done' ? shown : undefined;
  });
}

/** Tables in which one of the texts stands anywhere, whatever the column's type. */
async function tablesWith(texts: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const table of Object.keys(ERASURE_FATES)) {
    const row = sql.raw(table === 'inbox' ? "encode(body, 'escape')" : `${table}::text`);
    const some = texts.map((text) => sql`${row} ilike ${`%${text}%`}`);
    const { rows } = await sql<{ n: string }>`
      select count(*) as n from ${sql.table(table)} where ${sql.join(some, sql` or `)}
    `.execute(database.db);
    if (Number(rows[0]?.n) > 0) found.push(table);
  }
  return found;
}

async function clientOf(key: SessionKey): Promise<number> {
  const row = await database.db
    .selectFrom('sessions')
    .select('client_id')
    .where('session_key', '=', key)
    .executeTakeFirstOrThrow();
  return row.client_id;
}

async function twinState(url: string): Promise<string> {
  return (await fetch(`${url}/__sandbox/state`)).text();
}

test('each table of the schema has its fate', async () => {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_name not like 'kysely%'
  `.execute(database.db);
  expect(Object.keys(ERASURE_FATES).toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
});

test('a person is handed their data, then erased; what ended still replays', async () => {
  const vendors = createVendors(stack.addresses, { 'session.refund-settle': 'PT1S' });
  const [ended, running] = [await paySession(stack.addresses, {}), await paySession(stack.addresses, {})];
  const id = await clientOf(ended.sessionKey);
  const link = await observe('the booking link', PATIENCE_MS, async () => {
    const row = await database.db
      .selectFrom('sessions')
      .select('booking_url')
      .where('session_key', '=', running.sessionKey)
      .executeTakeFirst();
    return row?.booking_url ?? undefined;
  });
  await vendors.book(link, new Date(Date.now() + 48 * HOUR));
  await observe('the appointment', PATIENCE_MS, async () =>
    database.db.selectFrom('appointments').selectAll().executeTakeFirst(),
  );
  const asked = await call('POST', '/api/v1/public/booking', {
    firstName: 'Ada',
    lastName: 'Client',
    companyName: 'Lovelace Ltd',
    companyWebsite: 'https://lovelace.example',
    position: 'CEO',
    isDecisionMaker: true,
    email: EMAIL.toUpperCase(),
    businessPhone: { code: '+1', number: '2015550123' },
  });
  expect(asked.status).toBe(201);
  expect(
    (await call('POST', `/api/v1/admin/sessions/${ended.sessionKey}/cancel`, { refund: 'none' })).status,
  ).toBe(200);
  await observe('the end', PATIENCE_MS, async () => {
    const { json } = await call('GET', `/api/v1/admin/sessions/${ended.sessionKey}`);
    return json?.['phase'] === 'ended' ? true : undefined;
  });

  const view = { list: 'sessions', name: 'She', filter: { term: EMAIL } };
  expect((await call('POST', '/api/v1/admin/views', view)).status).toBe(201);

  const past = new Date(Date.now() - 48 * HOUR);
  const uri = 'calcom:bookings/bFJeNb2uX8ANpT3JL5EfXw';
  await recordAppointment(database.db, {
    uri,
    event_uri: uri,
    session_key: ended.sessionKey,
    booking_key: null,
    provider: 'calcom',
    starts_at: past,
    ends_at: past,
  });

  const exported = await call('GET', `/api/v1/admin/clients/${id}/export`);
  expect(exported.status).toBe(200);
  expect(exported.json).toMatchObject({
    client: { id, email: EMAIL, first_name: 'Ada' },
    bookings: [{ company_name: 'Lovelace Ltd', phone_number: '2015550123' }],
  });
  expect(exported.json?.['sessions']).toHaveLength(2);
  expect(exported.json?.['webhooks']).not.toHaveLength(0);
  expect(exported.text).not.toContain(running.token);

  expect((await erase(id, 'end', 'other')).status).toBe(404);
  expect((await call('GET', `/api/v1/admin/clients/${id}/export`, undefined, 'other')).status).toBe(404);
  const refused = await erase(id, 'refuse');
  expect([refused.status, refused.json?.['reason']]).toEqual([409, 'running']);
  expect(String(refused.json?.['detail'])).toContain(sessionWorkflowId(running.sessionKey));
  expect(await tablesWith([EMAIL])).not.toEqual([]);

  const shown = await erased(id);
  expect(await tablesWith(TRACES)).toEqual([]);
  expect(shown.claims?.done.map(({ what }) => what).toSorted()).toEqual([
    'calendly-invitees',
    'rows',
    'stored-webhooks',
    'ticket-articles',
    'ticket-fields',
  ]);
  expect(shown.claims?.notDone).toEqual(
    expect.arrayContaining([
      { what: 'shop-orders', count: 2, reason: 'belongs-to-the-shop' },
      { what: 'calcom-bookings', count: 1, reason: 'calcom-has-no-deletion' },
      { what: 'zammad-customer', count: 1, reason: 'zammad-data-privacy-task-needed' },
    ]),
  );
  const tickets = await Promise.all([ended, running].map(({ ticketId }) => ticketTitle(ticketId)));
  expect(tickets).toEqual(['Erased', 'Erased']);
  expect(await twinState(stack.addresses.calendly.url)).not.toContain(EMAIL);

  const keys = await call('GET', '/api/v1/public/certificate-keys');
  const jwks = createLocalJWKSet(keys.json as unknown as JSONWebKeySet);
  const certificate = String(shown.certificate);
  const { payload } = await compactVerify(certificate, jwks);
  expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({ erasureId: shown.id, clientId: id });
  const [head, , signature] = certificate.split('.');
  const forged = Buffer.from(JSON.stringify({ erasureId: shown.id, done: [] })).toString('base64url');
  await expect(compactVerify([head, forged, signature].join('.'), jwks)).rejects.toThrow();

  const again = await erase(id, 'refuse');
  expect([again.status, again.json?.['certificate']]).toEqual([200, certificate]);
  const listed = await call('GET', `/api/v1/admin/clients/${id}/erasures`);
  expect(listed.json).toMatchObject({ items: [{ id: shown.id, status: 'done' }], next_cursor: null });

  for (const { sessionKey } of [ended, running]) {
    const handle = temporal.client.workflow.getHandle(sessionWorkflowId(sessionKey));
    await replaysAlike({ workflowId: handle.workflowId, history: await handle.fetchHistory() });
  }
  const anew = await paySession(stack.addresses, {});
  expect(await clientOf(anew.sessionKey)).not.toBe(id);
});

async function ticketTitle(id: number): Promise<string> {
  const response = await fetch(`${stack.addresses.zammad.url}/api/v1/tickets/${id}`, {
    headers: { authorization: `Token token=${stack.addresses.zammad.token}`, accept: 'application/json' },
  });
  return ((await response.json()) as { title: string }).title;
}

test('what a vendor does not do is on the certificate', async () => {
  const session = await paySession(stack.addresses, {});
  const id = await clientOf(session.sessionKey);
  await database.db
    .insertInto('appointments')
    .values({
      uri: 'https://calendly.example/scheduled_events/1/invitees/1',
      session_key: session.sessionKey,
      provider: 'calendly',
      event_uri: 'https://calendly.example/scheduled_events/1',
      starts_at: new Date(),
      ends_at: new Date(),
      reschedule_url: null,
      cancel_url: null,
      join_url: null,
      time_zone: null,
    })
    .execute();
  await fetch(`${stack.addresses.calendly.url}/__sandbox/faults`, {
    method: 'POST',
    body: JSON.stringify({ path: '/data_compliance/', kind: 'status', status: 403 }),
  });
  const { claims } = await erased(id);
  expect(claims?.notDone).toContainEqual({ what: 'calendly-invitees', count: 1, reason: 'vendor-forbidden' });
  expect(await tablesWith([EMAIL])).toEqual([]);
});
