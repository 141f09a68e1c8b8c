import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createLatchkeyClient,
  type LatchkeyClient,
  UnexpectedAnswer,
} from '../../integrations/latchkey/client.ts';
import { typeOf } from '../../scripts/docs/typescript.ts';

interface Received {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let received: Received[] = [];
let answer: { status: number; type?: string; body?: string } | 'silence';
let baseUrl: string;
const server = createServer((req, res) => {
  let body = '';
  req.setEncoding('utf8').on('data', (text: string) => {
    body += text;
  });
  req.on('end', () => {
    received.push({ line: `${req.method} ${req.url}`, headers: req.headers, body });
    if (answer === 'silence') return;
    res.writeHead(answer.status, answer.type === undefined ? {} : { 'content-type': answer.type });
    res.end(answer.body ?? '');
  });
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  baseUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

function clientOf(more: { token?: string; timeoutMs?: number } = {}): LatchkeyClient {
  received = [];
  return createLatchkeyClient({ baseUrl, ...more });
}

describe('the client', () => {
  test('sends what the operation asks for and answers by status', async () => {
    answer = { status: 404, type: 'application/problem+json; charset=utf-8', body: '{"code":"not-found"}' };
    const read = await clientOf({ token: 'secret' }).getBooking({ path: { id: 'a/b?c' } });
    expect(read).toMatchObject({
      status: 404,
      type: 'application/problem+json',
      body: { code: 'not-found' },
    });
    expect(received).toMatchObject([
      { line: 'GET /api/v1/public/booking/a%2Fb%3Fc', headers: { authorization: 'Bearer secret' }, body: '' },
    ]);
  });

  test('sends queries and bodies, and no content type without a body', async () => {
    answer = { status: 200, type: 'text/csv', body: 'id\r\n' };
    const client = clientOf();
    const list = await client.listCalendars({ query: { limit: 5 }, accept: 'text/csv' });
    expect([list.type, list.body]).toEqual(['text/csv', 'id\r\n']);
    answer = { status: 200, type: 'application/json', body: '{"status":"stored"}' };
    await client.receiveSaleorWebhook({ body: '{ "as": "it is" }' });
    expect(received.map(({ line, headers, body }) => [line, headers['content-type'], body])).toEqual([
      ['GET /api/v1/admin/calendars?limit=5', undefined, ''],
      ['POST /webhooks/saleor', 'application/json', '{ "as": "it is" }'],
    ]);
    expect(received[0]?.headers).toMatchObject({ accept: 'text/csv' });
    expect(received[0]?.headers.authorization).toBeUndefined();
  });

  test('an answer that the operation does not have is an error, a redirect included', async () => {
    for (const status of [418, 302]) {
      answer = { status };
      await expect(clientOf().getOpenApiDocument()).rejects.toThrow(UnexpectedAnswer);
    }
  });

  test('gives up in time, and when it is told to', async () => {
    answer = 'silence';
    await expect(clientOf({ timeoutMs: 50 }).getOpenApiDocument()).rejects.toThrow(/timeout/i);
    const stop = new AbortController();
    const asked = clientOf().getOpenApiDocument({}, { signal: stop.signal });
    stop.abort();
    await expect(asked).rejects.toThrow(/abort/i);
  });
});

describe('the type of a schema', () => {
  const plain = (schema: Parameters<typeof typeOf>[0]): string =>
    typeOf(schema).replaceAll(/\s+/g, ' ').replaceAll(/[()]/g, '');

  test.each<[string, Parameters<typeof typeOf>[0], string]>([
    ['text', { type: 'string' }, 'string'],
    ['a whole number', { type: 'integer' }, 'number'],
    ['one of several types', { type: ['string', 'null'] }, 'string | null'],
    ['a constant', { type: 'boolean', const: true }, 'true'],
    ['a choice', { type: 'string', enum: ['a', 'b'] }, '"a" | "b"'],
    ['alternatives', { anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
    [
      'all at once',
      { allOf: [{ $ref: '#/components/schemas/A' }, { type: 'object' }] },
      'A & Readonly<Record<string, unknown>>',
    ],
    ['a list', { type: 'array', items: { type: 'string' } }, 'readonly string[]'],
    ['anything', {}, 'unknown'],
    [
      'an object',
      { type: 'object', properties: { a: { type: 'string' }, 'b-c': { type: 'null' } }, required: ['a'] },
      '{ readonly a: string; readonly "b-c"?: null; }',
    ],
    [
      'requirements beside properties',
      { type: 'object', properties: { a: { type: 'string' } }, oneOf: [{ required: ['a'] }, {}] },
      '{ readonly a?: string; }',
    ],
  ])('%s', (_name, schema, type) => {
    expect(plain(schema)).toBe(type);
  });

  test('a reference that leads elsewhere has none', () => {
    expect(() => typeOf({ $ref: 'https://example.com/schema' })).toThrow('leads to');
  });
});
