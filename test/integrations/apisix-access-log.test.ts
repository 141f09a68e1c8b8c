import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ACCESS_LOG_FORMAT } from '../../integrations/apisix/access-log.ts';
import { createGatewayClient } from '../../integrations/apisix/client.ts';
import { type ApisixTwin, startApisixTwin } from '../../integrations/apisix/twin.ts';
import { accessLogLine, APISIX_ACCESS_LOG_FORMAT } from '../../integrations/apisix/twin/access-log.ts';
import {
  adminKey,
  bootstrapSettings,
  rawRequest,
  type RecordingServer,
  slug,
  startRecordingServer,
} from './apisix-support.ts';

const start = Date.parse('2026-12-01T00:00:00Z');
const page = `/customer/s/${slug}`;
const referer = 'http://a.example/booking/book?token=from-the-referrer';

let api: RecordingServer;
let twin: ApisixTwin;

async function startGateway(accessLogFormat?: string): Promise<void> {
  twin = await startApisixTwin({
    adminPort: 0,
    gatewayPort: 0,
    adminKey,
    now: () => start,
    ...(accessLogFormat === undefined ? {} : { accessLogFormat }),
  });
  await createGatewayClient({
    adminUrl: twin.adminUrl,
    adminKey,
    gatewayUrl: twin.gatewayUrl,
    timeoutMs: 2000,
  }).bootstrap(bootstrapSettings(`${api.url}/forward-auth`, api.url));
}

/** The line of one request; it is written when the answer is, so just after the client has it. */
async function logged(path: string, headers: Record<string, string> = {}): Promise<string> {
  const before = twin.accessLog().length;
  await rawRequest(twin.gatewayUrl, path, { headers });
  while (twin.accessLog().length === before) await new Promise((resolve) => void setImmediate(resolve));
  return twin.accessLog().at(-1) ?? '';
}

beforeEach(async () => {
  api = await startRecordingServer();
});
afterEach(async () => {
  await twin.close();
  await api.close();
});

describe("APISIX's own format", () => {
  test('holds the token: in the request line, in the URI that goes on and in the referrer', async () => {
    await startGateway();
    const line = await logged(`${page}?token=abc`, { 'User-Agent': 'test', Referer: referer });
    const { host } = new URL(twin.gatewayUrl);
    expect(line).toMatch(
      new RegExp(
        `^127\\.0\\.0\\.1 - - \\[01/Dec/2026:00:00:00 \\+0000\\] ${host} "GET ${page}\\?token=abc HTTP/1\\.1" 200 2 ` +
          `\\d+\\.\\d{3} "${referer.replace('?', '\\?')}" "test" 127\\.0\\.0\\.1:${api.port} 200 \\d+\\.\\d{3} ` +
          `"http://${host}${page}\\?token=abc"$`,
      ),
    );
  });

  test('is shown on the sandbox page', async () => {
    await startGateway();
    await logged(`${page}?token=abc`);
    const shown = await (await fetch(`${twin.adminUrl}/__sandbox`)).text();
    expect(shown).toContain(`GET ${page}?token=abc HTTP/1.1`);
  });
});

describe('ours', () => {
  test.each([
    ['a session', `${page}?token=abc`, page, 200],
    ['a booking link', '/booking/book?token=abc', '/booking/book', 200],
    ['a login', '/customer/login?code=abc', '/customer/login', 200],
    ['one that is denied', '/internal?token=abc', '/internal', 403],
    ['one that has no route', '/customer/x?token=abc', '/customer/x', 404],
    ['one that is no URL', '/customer/%zz?token=abc', '', 400],
    ['an escaped question mark', `${page}%3Fa?token=abc`, `${page}%3Fa`, 200],
  ])('holds no query: %s', async (_, path, shown, status) => {
    await startGateway(ACCESS_LOG_FORMAT);
    const line = await logged(path, { 'User-Agent': 'test', Referer: referer });
    expect(line).toContain(`"GET ${shown} HTTP/1.1" ${status} `);
    expect(line).toContain('"test"');
    expect(line).not.toMatch(/abc|token|from-the-referrer/);
  });

  test('names no variable that could', () => {
    const names = [...ACCESS_LOG_FORMAT.matchAll(/\$(\w+)/g)].map(([, name]) => name);
    for (const name of [
      'request',
      'request_uri',
      'args',
      'query_string',
      'upstream_uri',
      'http_referer',
      'http_cookie',
      'http_authorization',
      'remote_user',
    ])
      expect(names).not.toContain(name);
    expect(ACCESS_LOG_FORMAT).not.toContain("'");
  });

  test('is the one that docs/apisix/config.yaml gives', () => {
    const file = readFileSync(new URL('../../docs/apisix/config.yaml', import.meta.url), 'utf8');
    const given = [...file.matchAll(/^ +access_log_format: '(.*)'$/gm)].map(([, format]) => format);
    expect(given).toEqual([ACCESS_LOG_FORMAT]);
  });
});

describe('a line as nginx writes it', () => {
  beforeEach(() => startGateway());

  test.each([
    ['what breaks a line or a field is escaped', 'a"b\\c\r\nd\xfc', 'a\\x22b\\x5Cc\\x0D\\x0Ad\\xFC'],
    ['nothing is a dash', undefined, '-'],
    ['an empty value is empty', '', ''],
  ])('%s', (_, value, written) => {
    expect(accessLogLine('[$v] [${v}]', () => value)).toBe(`[${written}] [${written}]`);
  });

  test('a request that reached no upstream has none in it', async () => {
    expect(await logged('/internal')).toMatch(/"-" "-" - - - "http:\/\/[\d.:]+"$/);
    expect(APISIX_ACCESS_LOG_FORMAT).toContain('$upstream_uri');
  });
});
