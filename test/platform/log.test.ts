import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createLogger } from '../../platform/log.ts';
import { isSecretKey, scrub } from '../../platform/redaction.ts';

class Lines extends Writable {
  readonly lines: string[] = [];
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.lines.push(chunk.toString('utf8'));
    done();
  }
  get text(): string {
    return this.lines.join('');
  }
}

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';
const secrets = ['s3cr3t-value', 'ada@example.com', JWT, 'hunter2hunter2hunter2'];

type Log = ReturnType<typeof createLogger>;
const leaks: readonly (readonly [string, (log: Log) => void])[] = [
  ['a header', (log) => log.info({ headers: { Authorization: 'Bearer s3cr3t-value' } }, 'x')],
  [
    'cookies',
    (log) => log.info({ headers: { cookie: 'a=s3cr3t-value', 'Set-Cookie': ['a=s3cr3t-value'] } }, 'x'),
  ],
  ['the top level', (log) => log.info({ token: 's3cr3t-value', email: 'ada@example.com' }, 'x')],
  [
    'any depth',
    (log) => log.info({ a: { b: [{ c: { apiKey: 's3cr3t-value', userEmail: 'ada@example.com' } }] } }, 'x'),
  ],
  [
    'other spellings',
    (log) => log.info({ x_api_key: 's3cr3t-value', 'X-Gateway-Auth': 's3cr3t-value' }, 'x'),
  ],
  [
    'a child',
    (log) => log.child({ token: 's3cr3t-value', req: { headers: { cookie: 's3cr3t-value' } } }).info('x'),
  ],
  ['a child with an address', (log) => log.child({ who: 'ada@example.com' }).info('x')],
  ['a message', (log) => log.info(`mail to ada@example.com with ${JWT}`)],
  ['a formatted message', (log) => log.info('mail to %s', 'ada@example.com')],
  ['a quoted header', (log) => log.info('sent Authorization: Bearer hunter2hunter2hunter2')],
  ['a URL in a message', (log) => log.info('GET https://gw.example/customer/s/x?token=s3cr3t-value failed')],
  ['a URL in a field', (log) => log.info({ url: '/customer/s/x?token=s3cr3t-value#s3cr3t-value' }, 'x')],
  ['a path', (log) => log.info('302 /customer/s/x?t=s3cr3t-value')],
  [
    'an address in a query',
    (log) => log.info({ at: 'https://calendly.com/d/x?email=ada%40example.com' }, 'x'),
  ],
  ['an error', (log) => log.error({ err: new Error('no user ada@example.com') }, 'x')],
  [
    'an error with a cause',
    (log) => log.error({ err: new Error('failed', { cause: new Error(`token=s3cr3t-value ${JWT}`) }) }, 'x'),
  ],
  ['a bare error', (log) => log.error(new Error('at https://a.example/?key=s3cr3t-value'))],
  ['a connection string', (log) => log.info('postgresql://latchkey:s3cr3t-value@127.0.0.1:5433/latchkey')],
];

describe.each([
  ['JSON', false],
  ['pretty', true],
])('%s logs', (_name, pretty) => {
  test.each(leaks)('hold no secret and no person: %s', (_what, write) => {
    const lines = new Lines();
    write(createLogger({ level: 'trace', pretty, destination: lines }));
    expect(lines.text).not.toBe('');
    for (const secret of secrets) expect(lines.text).not.toContain(secret);
    expect(lines.text).not.toContain('ada%40');
  });
});

describe('a log line', () => {
  test('is one JSON object with level, time, name and fields', () => {
    const lines = new Lines();
    const log = createLogger({ level: 'info', pretty: false, name: 'worker', destination: lines });
    log.child({ part: 'ticket' }).warn({ sessionKey: 'abc', tokenId: 'jti-1', status: 503 }, 'retried');
    log.debug('not at this level');
    expect(lines.lines).toHaveLength(1);
    expect(JSON.parse(lines.text)).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      name: 'worker',
      part: 'ticket',
      sessionKey: 'abc',
      tokenId: 'jti-1',
      status: 503,
      msg: 'retried',
    });
  });

  test('keeps an address without its query', () => {
    const lines = new Lines();
    createLogger({ level: 'info', pretty: false, destination: lines }).info(
      { url: '/customer/s/x?token=t' },
      'x',
    );
    expect(z.object({ url: z.string() }).parse(JSON.parse(lines.text)).url).toBe('/customer/s/x');
  });

  test('stays a JSON object whatever is taken out of it', () => {
    const lines = new Lines();
    const log = createLogger({ level: 'info', pretty: false, destination: lines });
    for (const [, write] of leaks) write(log);
    for (const line of lines.lines) expect(() => JSON.parse(line)).not.toThrow();
  });
});

test('names of fields tell secrets from ids', () => {
  for (const key of [
    'Authorization',
    'set-cookie',
    'appToken',
    'GATEWAY_SECRET',
    'e-mail',
    'password',
    'ZAMMAD_TOKEN',
  ])
    expect([key, isSecretKey(key)]).toEqual([key, true]);
  for (const key of ['tokenId', 'jti', 'sessionKey', 'status', 'emailSent', 'path', 'ticketId'])
    expect([key, isSecretKey(key)]).toEqual([key, false]);
});

test('ordinary text is left as it is', () => {
  for (const text of [
    'the token expired at 2026-12-01T10:00:00.000Z',
    'listening at http://127.0.0.1:3000/customer/s/abc',
    'basic checks passed; bearer of news',
    'zammad PUT /api/v1/tickets/7: vendor-rejected (422, request 1b4e28ba-2fa1-11d2-883f-0016d3cca427)',
  ])
    expect(scrub(text)).toBe(text);
});
