import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterEach, expect, test } from '@jest/globals';
import { Router } from 'express';
import { createApp, drain, listen, urlOf } from '../../api/listener.ts';
import { traceRequests } from '../../api/traced-listener.ts';
import { createLogger } from '../../platform/log.ts';
import { currentTraceparent } from '../../platform/tracing/traceparent.ts';
import { type KeptSpans, keepSpans } from '../support/kept-spans.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const GATEWAY = { 'x-gateway-auth': 'gateway-secret', traceparent: TRACEPARENT };

let kept: KeptSpans | undefined;
afterEach(async () => {
  await kept?.end();
  kept = undefined;
});

/** Asks a traced listener, and says which spans came of it. */
async function spansOf(
  asks: readonly {
    readonly path: string;
    readonly headers?: Record<string, string>;
    readonly abort?: true;
  }[],
  believed: boolean,
): Promise<readonly ReadableSpan[]> {
  kept = keepSpans();
  const app = createApp({
    log: createLogger({ level: 'silent', pretty: false }),
    listener: 'public',
    strictTransport: false,
    isStopping: () => false,
  });
  const router = Router();
  let aborting: AbortController | undefined;
  router.get('/customer/s/:slug', (_req, res) => res.json(currentTraceparent()));
  router.post('/webhooks/saleor', (_req, res) => res.sendStatus(200));
  router.get('/broken', (_req, res) => res.sendStatus(503));
  router.get('/slow', () => aborting?.abort());
  router.get('/healthz', (_req, res) => res.sendStatus(200));
  app.use(router);
  const traced = traceRequests({
    traceparent: believed,
    gatewaySecret: 'gateway-secret',
    upstreamSecret: 'upstream-secret',
  });
  const server = await listen(traced(app), 0, '127.0.0.1', 'PORT');
  try {
    for (const { path, headers = {}, abort } of asks) {
      aborting = abort && new AbortController();
      const method = path.startsWith('/webhooks') ? 'POST' : 'GET';
      await fetch(urlOf(server) + path, { method, headers, ...(aborting ? { signal: aborting.signal } : {}) })
        .then((answer) => answer.text())
        .catch((error: unknown) => {
          if (!abort) throw error;
        });
    }
  } finally {
    await drain(server, 1000);
  }
  return kept.end();
}

test('a span is named by the route, and holds neither slug nor query', async () => {
  const asked = '/customer/s/unguessable-slug?token=secret';
  const [span] = await spansOf([{ path: asked, headers: { 'x-request-id': 'request-1' } }], false);
  expect([span?.name, span?.attributes]).toEqual([
    'GET /customer/s/:slug',
    {
      'http.request.method': 'GET',
      'http.route': '/customer/s/:slug',
      'http.response.status_code': 200,
      'latchkey.request_id': 'request-1',
    },
  ]);
  const [lost] = await spansOf([{ path: '/customer/unguessable-slug' }], false);
  expect([lost?.name, lost?.attributes['http.route']]).toEqual(['GET', undefined]);
});

test('who runs the machines is not traced', async () => {
  expect(await spansOf([{ path: '/healthz' }], false)).toEqual([]);
});

test('5xx is a failure, and so is who went away; 4xx is an answer', async () => {
  const spans = await spansOf(
    [{ path: '/broken' }, { path: '/slow', abort: true }, { path: '/nowhere' }],
    false,
  );
  const told = spans.map(({ attributes, status }) => [attributes['error.type'], status.code]);
  expect(told).toEqual(
    expect.arrayContaining([
      ['503', 2],
      ['aborted', 2],
      [undefined, 0],
    ]),
  );
  expect(told).toHaveLength(3);
});

test.each([
  ['a vendor', '/webhooks/saleor', { traceparent: TRACEPARENT, 'saleor-signature': 'signed' }, true],
  ['a client', '/customer/s/x', { traceparent: TRACEPARENT }, true],
  ['who guesses the secret', '/customer/s/x', { ...GATEWAY, 'x-gateway-auth': 'guessed' }, true],
  ['a gateway that hands on what clients claim', '/customer/s/x', GATEWAY, false],
  ['a gateway whose traceparent is none', '/customer/s/x', { ...GATEWAY, traceparent: 'gone' }, true],
])('%s begins no trace of ours', async (_, path, headers, believed) => {
  const [span] = await spansOf([{ path, headers }], believed);
  expect(span?.spanContext().traceId).not.toBe(TRACE);
  expect([span?.parentSpanContext, span?.links]).toEqual([undefined, []]);
});

test('nor does anybody keep us from tracing', async () => {
  const headers = { traceparent: TRACEPARENT.replace(/01$/, '00') };
  expect(await spansOf([{ path: '/webhooks/saleor', headers }], true)).toHaveLength(1);
});

test.each([
  ['asks forward-auth', GATEWAY],
  ['hands a client on', { 'x-upstream-auth': 'upstream-secret', traceparent: TRACEPARENT }],
])('a gateway that begins traces and %s is gone on with', async (_, headers) => {
  const [span] = await spansOf([{ path: '/customer/s/x', headers }], true);
  expect([span?.spanContext().traceId, span?.parentSpanContext?.spanId]).toEqual([TRACE, 'b7ad6b7169203331']);
});
