import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { FailureCode } from '../../platform/failures.ts';
import {
  createHttpClient,
  type HttpClientOptions,
  retryAfterHeader,
  type VendorCall,
  VendorFailure,
} from '../../platform/http-client.ts';
import type { Admission, CallEnd, Passage } from '../../platform/vendor-pace/admission.ts';

const CREDENTIAL = 'Token token=very-secret-credential';
const PERSON = 'ada@example.com';

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (server?.listening) await once(server, 'close');
  server = undefined;
});

async function vendor(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const clientOf = (baseUrl: string, more: Partial<HttpClientOptions> = {}) =>
  createHttpClient({
    vendor: 'zammad',
    baseUrl,
    headers: { authorization: CREDENTIAL },
    timeoutMs: 2000,
    ...more,
  });

const ticket = z.looseObject({ id: z.number() });
const create = {
  method: 'POST',
  path: '/api/v1/tickets',
  query: { email: PERSON },
  body: { email: PERSON },
  schema: ticket,
} as const;

async function failureOf(call: Promise<unknown>): Promise<VendorFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof VendorFailure) return error;
    throw error;
  }
  throw new Error('the call did not fail');
}

describe('an answer that is not 2xx', () => {
  const statuses: readonly (readonly [number, FailureCode, boolean])[] = [
    [301, 'vendor-rejected', false],
    [400, 'vendor-rejected', false],
    [401, 'vendor-unauthorized', false],
    [403, 'vendor-forbidden', false],
    [404, 'vendor-not-found', false],
    [408, 'vendor-timeout', true],
    [409, 'vendor-conflict', false],
    [410, 'vendor-rejected', false],
    [422, 'vendor-rejected', false],
    [429, 'vendor-rate-limited', true],
    [500, 'vendor-unavailable', true],
    [502, 'vendor-unavailable', true],
    [503, 'vendor-unavailable', true],
    [504, 'vendor-unavailable', true],
  ];
  test.each(statuses)('%i is %s, worth a repeat: %s', async (status, code, retryable) => {
    const url = await vendor((_request, response) => response.writeHead(status).end(`{"error":"${PERSON}"}`));
    const failure = await failureOf(clientOf(url).request(create));
    expect({ code: failure.code, status: failure.status, retryable: failure.retryable }).toEqual({
      code,
      status,
      retryable,
    });
  });

  test('may be an answer all the same', async () => {
    const url = await vendor((_request, response) => response.writeHead(404).end('{"id":0}'));
    const response = await clientOf(url).request({ ...create, accept: [404] });
    expect(response.status).toBe(404);
  });

  test('means what the vendor says it means', async () => {
    const url = await vendor((_request, response) => response.writeHead(422).end('{"error":"taken"}'));
    const client = clientOf(url, {
      classify: (_status, body) =>
        z.object({ error: z.literal('taken') }).safeParse(body).success ? 'vendor-conflict' : undefined,
    });
    expect((await failureOf(client.request(create))).code).toBe('vendor-conflict');
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-12-01T10:00:00Z');
  const forms: readonly (readonly [string | null, number | null])[] = [
    [null, null],
    ['', null],
    ['0', 0],
    ['7', 7000],
    [' 120 ', 120_000],
    ['Tue, 01 Dec 2026 10:00:30 GMT', 30_000],
    ['Tue, 01 Dec 2026 09:59:00 GMT', 0],
    ['soon', null],
    ['1.5e3x', null],
  ];
  test.each(forms)('%j is %j ms', (value, expected) => {
    expect(retryAfterHeader(new Headers(value === null ? {} : { 'retry-after': value }), now)).toBe(expected);
  });

  test('stands in the failure', async () => {
    const url = await vendor((_request, response) => response.writeHead(429, { 'retry-after': '3' }).end());
    expect((await failureOf(clientOf(url).request(create))).retryAfterMs).toBe(3000);
  });

  test('may be told in the vendor’s own headers', async () => {
    const url = await vendor((_request, response) => response.writeHead(429, { 'x-reset': '5' }).end());
    const client = clientOf(url, { retryAfter: (headers) => Number(headers.get('x-reset')) * 1000 });
    expect((await failureOf(client.request(create))).retryAfterMs).toBe(5000);
  });
});

describe('no answer', () => {
  test('within the time is a timeout, of unknown outcome', async () => {
    const url = await vendor(() => undefined);
    const failure = await failureOf(clientOf(url, { timeoutMs: 50 }).request(create));
    expect([failure.code, failure.status, failure.retryable]).toEqual(['vendor-timeout', null, true]);
    expect(failure.outcomeUnknown).toBe(true);
  });

  test('of which half came is a timeout too', async () => {
    const url = await vendor((_request, response) => void response.writeHead(200).write('{"id":'));
    expect((await failureOf(clientOf(url, { timeoutMs: 100 }).request(create))).code).toBe('vendor-timeout');
  });

  test('after the vendor has committed and hung up is retryable, and was sent once', async () => {
    let committed = 0;
    const url = await vendor((request, response) => {
      request.resume().on('end', () => {
        committed += 1;
        response.destroy();
      });
    });
    const failure = await failureOf(clientOf(url).request(create));
    expect([failure.code, failure.retryable, committed]).toEqual(['vendor-unreachable', true, 1]);
    expect(failure.outcomeUnknown).toBe(true);
  });

  test('because nobody listens is unreachable', async () => {
    const url = await vendor(() => undefined);
    server?.close();
    expect(await failureOf(clientOf(url).request(create))).toMatchObject({
      code: 'vendor-unreachable',
      outcomeUnknown: false,
    });
  });
});

describe('an answer of 2xx', () => {
  test.each([
    ['no JSON', '<html>proxy</html>'],
    ['another shape', '{"id":"7"}'],
    ['nothing', ''],
  ])('with %s is malformed', async (_what, body) => {
    const url = await vendor((_request, response) => response.writeHead(200).end(body));
    expect((await failureOf(clientOf(url).request(create))).code).toBe('vendor-malformed');
  });

  test('that refuses all the same is a failure', async () => {
    const url = await vendor((_request, response) => response.writeHead(200).end('{"errors":[1]}'));
    const client = clientOf(url, { refused: () => 'vendor-rejected' });
    expect((await failureOf(client.request(create))).code).toBe('vendor-rejected');
  });

  test('is parsed, and the call is reported once without its query', async () => {
    const seen: { url: string | undefined; headers: NodeJS.Dict<string | string[]> }[] = [];
    const calls: VendorCall[] = [];
    const url = await vendor((request, response) => {
      seen.push({ url: request.url, headers: request.headers });
      response.writeHead(201).end('{"id":7}');
    });
    const response = await clientOf(`${url}//`, { onCall: (call) => calls.push(call) }).request(create);
    expect(response.body.id).toBe(7);
    expect(seen[0]?.url).toBe('/api/v1/tickets?email=ada%40example.com');
    expect(seen[0]?.headers).toMatchObject({ authorization: CREDENTIAL, 'content-type': 'application/json' });
    expect(calls).toEqual([
      {
        vendor: 'zammad',
        method: 'POST',
        path: '/api/v1/tickets',
        status: 201,
        code: null,
        ms: expect.any(Number),
        requestId: seen[0]?.headers['x-request-id'],
      },
    ]);
  });
});

test('a redirect is not followed: the credential stays with the vendor', async () => {
  const paths: string[] = [];
  const url = await vendor((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  await failureOf(clientOf(url).request({ ...create, query: {} }));
  expect(paths).toEqual(['/api/v1/tickets']);
});

test('no failure shows the credential, the person or the vendor’s words', async () => {
  const url = await vendor((_request, response) =>
    response.writeHead(422).end(`{"error":"${PERSON} is taken"}`),
  );
  const failure = await failureOf(clientOf(url).request(create));
  const shown = [
    failure.message,
    String(failure.stack),
    JSON.stringify(failure),
    JSON.stringify(Object.entries(failure)),
  ].join('\n');
  for (const secret of ['very-secret', 'ada@', 'ada%40', 'is taken']) expect(shown).not.toContain(secret);
  expect(failure.message).toBe(
    `zammad POST /api/v1/tickets: vendor-rejected (422, request ${failure.requestId})`,
  );
});

describe('what stands before each call', () => {
  const parked: Passage = { kind: 'park', code: 'vendor-rate-limited', afterMs: 4200 };

  test('may park it: nothing is sent, nothing is reported, and the wait is told', async () => {
    let sent = 0;
    const calls: VendorCall[] = [];
    const url = await vendor((_request, response) => {
      sent += 1;
      response.end('{"id":1}');
    });
    const admission: Admission = { enter: async () => parked };
    const failure = await failureOf(
      clientOf(url, { admission, onCall: (call) => calls.push(call) }).request(create),
    );
    expect([failure.code, failure.retryAfterMs, failure.told, sent, calls]).toEqual([
      'vendor-rate-limited',
      4200,
      true,
      0,
      [],
    ]);
  });

  test.each<[string, RequestListener, CallEnd]>([
    ['success', (_request, response) => response.end('{"id":1}'), { code: null, retryAfterMs: null }],
    [
      '429',
      (_request, response) => response.writeHead(429, { 'retry-after': '9' }).end(),
      { code: 'vendor-rate-limited', retryAfterMs: 9000 },
    ],
    [
      '404',
      (_request, response) => response.writeHead(404).end(),
      { code: 'vendor-not-found', retryAfterMs: null },
    ],
    [
      'hang-up',
      (_request, response) => response.destroy(),
      { code: 'vendor-unreachable', retryAfterMs: null },
    ],
  ])('hears once how it ended: %s', async (_what, listener, expected) => {
    const ends: CallEnd[] = [];
    const url = await vendor(listener);
    const end = ({ code, retryAfterMs }: CallEnd): boolean => {
      ends.push({ code, retryAfterMs });
      return true;
    };
    const calls: VendorCall[] = [];
    const client = clientOf(url, {
      admission: { enter: async () => ({ kind: 'go', end }) },
      onCall: (call) => calls.push(call),
    });
    const failed = await client.request(create).then(
      () => null,
      (error: unknown) => error,
    );
    expect(ends[0]).toEqual(expected);
    // A failure of which one line tells already has none of its own.
    expect(calls).toHaveLength(expected.code === null ? 1 : 0);
    expect(failed).toEqual(expected.code === null ? null : expect.objectContaining({ told: true }));
  });
});
