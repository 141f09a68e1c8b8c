import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Router } from 'express';
import { startCodec } from '../../api/codec/start.ts';
import { createApiDocument } from '../../api/docs/document.ts';
import { allOperations } from '../../api/docs/operations.ts';
import type { OperationId } from '../../integrations/latchkey/client.ts';
import { createLogger } from '../../platform/log.ts';
import { operationsIn } from '../../scripts/docs/operations-in.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import { startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';
import { adminBookingCalls } from './every-operation/admin-booking.ts';
import { auditCalls } from './every-operation/audit.ts';
import { bookingLinkCalls } from './every-operation/booking-links.ts';
import { bookingWithLinkCalls } from './every-operation/booking-with-link.ts';
import { catalogCalls } from './every-operation/catalog.ts';
import { documentationCalls } from './every-operation/documentation.ts';
import { installationCalls } from './every-operation/installation.ts';
import { intakeCalls } from './every-operation/intake.ts';
import { privacyCalls } from './every-operation/privacy.ts';
import { publicBookingCalls } from './every-operation/public-booking.ts';
import { type Call, createOperationRig, type OperationRig } from './every-operation/rig.ts';
import { sessionCalls } from './every-operation/sessions.ts';
import { vendorCalls } from './every-operation/vendors.ts';
import { viewCalls } from './every-operation/views.ts';
import {
  accountPages,
  operatorPages,
  operatorPlaces,
  peoplesPages,
  referenceRoutes,
} from './undescribed-routes.ts';
import { webhookCalls } from './every-operation/webhooks.ts';

/** An operation that is not called here is a type error. */
const calls: Readonly<Record<OperationId, Call>> = {
  ...bookingLinkCalls,
  ...bookingWithLinkCalls,
  ...publicBookingCalls,
  ...adminBookingCalls,
  ...sessionCalls,
  ...catalogCalls,
  ...privacyCalls,
  ...intakeCalls,
  ...webhookCalls,
  ...vendorCalls,
  ...auditCalls,
  ...viewCalls,
  ...installationCalls,
  ...documentationCalls,
};

/** Those that are only seen to refuse here; their success is shown where their room is tested. */
const REFUSED_HERE: readonly OperationId[] = [
  // Only the shop has the key.
  'receiveSaleorWebhook',
  // Nothing is booked.
  'rescheduleSession',
  // There is nothing late, and no failed step.
  'decideLateChange',
  // Nothing is refunded.
  'decideRefund',
  'retrySessionStep',
  'skipSessionStep',
  // What was sent a moment ago has not failed yet.
  'replayWebhookDelivery',
];

/** The internal listener has no documented API. */
const INTERNAL = ['/forward-auth', '/gateway/events', '/healthz', '/readyz', '/metrics'];

let engine: TestEngine;
let stack: Stack;
let rig: OperationRig;
/** The paths of all Express routes that were made while the stack started. */
let mounted: readonly string[];
/** Those of the codec's own listener, whose protocol is Temporal's. */
let codec: readonly string[];

/** The paths of the Express routes that `start` makes. */
async function routesOf<T>(start: () => Promise<T>): Promise<readonly [T, readonly string[]]> {
  const spy = jest.spyOn(Router.prototype as Router, 'route');
  const started = await start();
  const paths = spy.mock.calls.map(([path]) => String(path));
  spy.mockRestore();
  return [started, paths];
}

beforeAll(async () => {
  engine = await startEngine();
  const env = { RATE_LIMIT_BOOKING_REQUESTS_PER_EMAIL: '1000' };
  [stack, mounted] = await routesOf(() => startTestStack({ engine, env }));
  const beside = { ...stack.config, codec: { ...stack.config.codec, port: 0 } };
  const [own, paths] = await routesOf(() =>
    startCodec(beside, createLogger({ level: 'silent', pretty: false })),
  );
  await own.close();
  codec = paths;
  rig = await createOperationRig(stack);
});
afterAll(async () => {
  await stack?.close();
  await engine?.close();
});

test('the served document is that of the listed operations', () => {
  const { publicUrl } = stack.config.http;
  const served = operationsIn(rig.document).map(({ id }) => id);
  const listed = createApiDocument(allOperations, { publicUrl });
  expect(served).toEqual(operationsIn(listed).map(({ id }) => id));
  expect(rig.document).toEqual(JSON.parse(JSON.stringify(listed)) as unknown);
});

test('every route of the public listener is described, or is a page with a reason', () => {
  const described = allOperations.map(({ path }) => path.replaceAll(/\{(\w+)\}/g, ':$1'));
  const listed = [...referenceRoutes, ...peoplesPages, ...operatorPages, ...operatorPlaces].map(
    ({ path }): string => path,
  );
  const known = new Set([...described, ...listed, ...INTERNAL, ...codec]);
  expect(mounted.length).toBeGreaterThan(described.length);
  const elsewhere = new Set<string>(accountPages.map(({ path }) => path));
  expect([...new Set(mounted)].filter((path) => !known.has(path) && !elsewhere.has(path))).toEqual([]);
  // The lists have nothing that is not there.
  expect([...known].filter((path) => !mounted.includes(path))).toEqual([]);
});

describe('every operation answers as documented', () => {
  test.each(allOperations.map(({ id }) => id as OperationId))('%s', async (id) => {
    await calls[id](rig);
    const statuses = [...(rig.seen.get(id) ?? [])];
    const succeeded = statuses.some((status) => status < 400);
    expect({ id, statuses, succeeded }).toEqual({ id, statuses, succeeded: !REFUSED_HERE.includes(id) });
  });
});

describe('what is refused before the handler is refused as documented', () => {
  const address = (path: string): string =>
    `${stack.addresses.publicUrl}${path.replaceAll(/\{\w+\}/g, 'no-such-thing')}`;

  test.each(allOperations)('$id', async ({ id, method, path, access, body }) => {
    const init = { method: method.toUpperCase(), headers: { 'content-type': 'application/json' } };
    await rig.fetch(address(path), body === undefined ? init : { ...init, body: '{' });
    await rig.fetch(address(path), {
      ...init,
      headers: { ...init.headers, authorization: 'Bearer none' },
      ...(body === undefined ? {} : { body: '{"unknown":1}' }),
    });
    const seen = rig.seen.get(id) ?? new Set();
    if (access.kind !== 'anyone') expect([...seen]).toContain(401);
    else expect(seen.size).toBeGreaterThan(0);
  });
});
