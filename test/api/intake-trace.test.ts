import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { traceRequests } from '../../api/traced-listener.ts';
import type { Database } from '../../db/connect.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import { type KeptSpans, keepSpans } from '../support/kept-spans.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { calendlyBody, saleorRequest } from './intake-requests.ts';
import { emptyIntake, type IntakeRig, referenceOf, startIntake, trustingVerifier } from './intake-rig.ts';

const MINUTE = 60_000;
const FORGED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const order = saleorRequest('11-order-fully-paid-A');

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
let rig: IntakeRig;
let kept: KeptSpans | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyIntake(db);
  const gateway = { traceparent: true, gatewaySecret: 'gateway', upstreamSecret: 'upstream' };
  rig = await startIntake({
    db,
    at: order.receivedAt,
    verifier: trustingVerifier,
    traced: traceRequests(gateway),
  });
});
afterEach(async () => {
  await rig.close();
  await kept?.end();
  kept = undefined;
});

const traceparents = async (): Promise<readonly (string | null)[]> =>
  (await db.selectFrom('inbox').select('traceparent').orderBy('id').execute()).map((row) => row.traceparent);

const idOf = (span: ReadableSpan | undefined): string | undefined => span?.spanContext().spanId;
const named = (spans: readonly ReadableSpan[], name: string): readonly ReadableSpan[] =>
  spans.filter((span) => span.name === name);

async function sessionKey(): Promise<SessionKey> {
  await rig.saleor(order);
  await rig.sweep.runOnce();
  return (await db.selectFrom('sessions').select('session_key').executeTakeFirstOrThrow()).session_key;
}

test('a delivery goes on with the trace of the request that brought it, and with nobody’s claim', async () => {
  kept = keepSpans();
  await rig.saleor({ ...order, headers: { ...order.headers, traceparent: FORGED } });
  await rig.sweep.runOnce();
  const spans = await kept.end();
  const [request] = named(spans, 'POST /webhooks/saleor');
  const [delivery] = named(spans, 'inbox saleor');
  expect(request?.parentSpanContext).toBeUndefined();
  expect(FORGED).not.toContain(request?.spanContext().traceId);
  expect([delivery?.parentSpanContext?.spanId, delivery?.links]).toEqual([idOf(request), []]);
  expect(delivery?.attributes).toEqual({
    'latchkey.inbox.id': expect.any(String),
    'latchkey.inbox.source': 'saleor',
    'latchkey.inbox.event': 'OrderFullyPaid',
    'latchkey.inbox.attempt': 1,
    'latchkey.inbox.outcome': 'done',
  });
});

test('what waited long is a trace of its own, with a link; each attempt is a span', async () => {
  kept = keepSpans();
  rig.temporal.down = true;
  await rig.saleor(order);
  await rig.sweep.runOnce();
  rig.temporal.down = false;
  rig.clock.advance(16 * MINUTE);
  await rig.sweep.runOnce();
  const spans = await kept.end();
  const [request] = named(spans, 'POST /webhooks/saleor');
  const [first, second] = named(spans, 'inbox saleor');
  expect([first?.attributes['latchkey.inbox.reason'], first?.parentSpanContext?.spanId]).toEqual([
    'engine-unavailable',
    idOf(request),
  ]);
  expect([second?.attributes['latchkey.inbox.outcome'], second?.parentSpanContext]).toEqual([
    'done',
    undefined,
  ]);
  expect(second?.links.map(({ context }) => context.spanId)).toEqual([idOf(request)]);
});

test('what goes out together is linked to each that brought some of it', async () => {
  const reference = referenceOf(await sessionKey());
  kept = keepSpans();
  for (const event of ['invitee.created', 'invitee.canceled'] as const)
    await rig.calendly(calendlyBody(event, reference), rig.clock.now);
  await rig.sweep.runOnce();
  const spans = await kept.end();
  const requests = named(spans, 'POST /api/v1/public/calendly/webhook');
  const [delivery, ...more] = named(spans, 'inbox calendly');
  expect(more).toEqual([]);
  expect([delivery?.parentSpanContext?.spanId, ...(delivery?.links ?? []).map((link) => link.context.spanId)])
    // The oldest first.
    .toEqual(requests.map(idOf));
  expect(requests).toHaveLength(2);
});

test('a webhook that comes while nothing is traced has no trace', async () => {
  const untraced = await startIntake({ db, at: order.receivedAt, verifier: trustingVerifier });
  await untraced.saleor({ ...order, headers: { ...order.headers, traceparent: FORGED } });
  await untraced.close();
  expect(await traceparents()).toEqual([null]);
});
