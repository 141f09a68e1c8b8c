import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { mayReach, standingOf } from '../../integrations/receivers/addresses.ts';
import { createWebhookSender, type SenderOptions } from '../../integrations/receivers/sender.ts';
import { targetProblem } from '../../integrations/receivers/target.ts';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

describe('an IP address', () => {
  test.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '2130706433',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.170',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:169.254.169.254',
    '::ffff:7f00:1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::10.0.0.1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:a00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '4000::1',
    'localhost',
    '',
  ])('%s is not public', (address) => expect(standingOf(address, [])).toBe('forbidden'));

  test.each(['1.1.1.1', '172.15.255.255', '172.32.0.1', '100.128.0.1', '::ffff:1.1.1.1', '2606:4700::1111'])(
    '%s is public',
    (address) => expect(standingOf(address, [])).toBe('public'),
  );

  test.each([
    ['127.0.0.1', ['127.0.0.0/8'], 'own'],
    ['::ffff:127.0.0.1', ['127.0.0.0/8'], 'own'],
    ['128.0.0.1', ['127.0.0.0/8'], 'public'],
    ['10.1.2.3', ['10.1.2.3'], 'own'],
    ['10.1.2.4', ['10.1.2.3'], 'forbidden'],
    ['fd00::5', ['10.0.0.0/8', 'fd00::/8'], 'own'],
    ['::1', ['127.0.0.0/8'], 'forbidden'],
  ] as const)('%s with %j allowed: %s', (address, networks, standing) =>
    expect(standingOf(address, networks)).toBe(standing),
  );

  test('in clear text only our own networks are reached', () => {
    expect(mayReach('1.1.1.1', true, LOOPBACK)).toBe(true);
    expect(mayReach('1.1.1.1', false, LOOPBACK)).toBe(false);
    expect(mayReach('127.0.0.1', false, LOOPBACK)).toBe(true);
    expect(mayReach('10.0.0.1', true, LOOPBACK)).toBe(false);
  });
});

describe('a URL', () => {
  test.each([
    ['https://hooks.example.com/a?b=c', [], null],
    ['https://hooks.example.com:8443/', [], null],
    ['https://[2606:4700::1111]/', [], null],
    ['http://127.0.0.1:9000/', LOOPBACK, null],
    ['http://hooks.internal:9000/', LOOPBACK, null],
    ['/relative', [], 'must be an absolute URL'],
    ['http://hooks.example.com/', [], 'must begin with https://'],
    ['ftp://hooks.example.com/', LOOPBACK, 'must begin with https://'],
    ['file:///etc/passwd', LOOPBACK, 'must begin with https://'],
    ['https://me@hooks.example.com/', [], 'must carry no user name and no password'],
    ['https://me:pass@hooks.example.com/', [], 'must carry no user name and no password'],
    ['https://hooks.example.com/#a', [], 'must have no fragment'],
    ['https://hooks.example.com:22/', [], 'must have the port 443, 80, or one from 1024'],
    ['https://169.254.169.254/latest', [], 'must not lead into a private network'],
    ['https://127.1/', [], 'must not lead into a private network'],
    ['https://0x7f000001/', [], 'must not lead into a private network'],
    ['https://0177.0.0.1/', [], 'must not lead into a private network'],
    ['https://[::1]/', [], 'must not lead into a private network'],
    ['https://[::ffff:10.0.0.1]/', [], 'must not lead into a private network'],
    ['http://1.1.1.1/', LOOPBACK, 'must not lead into a private network'],
  ] as const)('%s with %j allowed: %s', (url, networks, problem) =>
    expect(targetProblem(url, networks)).toBe(problem),
  );

  test('is not endless', () => {
    const long = `https://hooks.example.com/${'a'.repeat(2000)}`;
    expect(targetProblem(long, [])).toBe('must be at most 2000 characters long');
  });
});

describe('sending', () => {
  let server: Server | undefined;
  afterEach(async () => {
    if (!server) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    server = undefined;
  });

  /** @returns the receiver's port. */
  async function receive(listener: RequestListener): Promise<number> {
    server = createServer(listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  function sender(options: Partial<SenderOptions> = {}) {
    const send = createWebhookSender({ ownNetworks: LOOPBACK, timeoutMs: 2000, ...options });
    return (url: string) => send({ url, headers: { 'webhook-id': 'msg_1' }, body: '{"ä":1}' });
  }

  test('posts JSON, and says what was answered', async () => {
    const seen: unknown[] = [];
    const port = await receive((request, response) => {
      const { method, url, headers } = request;
      request.on('data', (chunk: Buffer) => seen.push({ method, url, body: chunk.toString(), ...headers }));
      request.on('end', () => response.writeHead(429, { 'retry-after': '7' }).end('busy'));
    });
    expect(await sender()(`http://127.0.0.1:${port}/in?x=1`)).toEqual({
      kind: 'answered',
      status: 429,
      retryAfterMs: 7000,
    });
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/in?x=1',
        body: '{"ä":1}',
        host: `127.0.0.1:${port}`,
        'content-type': 'application/json',
        'content-length': '8',
        'webhook-id': 'msg_1',
      },
    ]);
  });

  test('a redirect is an answer, and nobody follows it', async () => {
    let asked = 0;
    const port = await receive((_request, response) => {
      asked += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await sender()(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 307 });
    expect(asked).toBe(1);
  });

  test('a body without an end is cut off, and what was answered counts', async () => {
    const port = await receive((_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    });
    expect(await sender({ timeoutMs: 60_000 })(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 200 });
  });

  test('no answer in time is a time-out; of an answer that stops in the middle the status counts', async () => {
    const port = await receive((request, response) => {
      if (request.url === '/slow-end') response.writeHead(202).write('…');
    });
    const send = sender({ timeoutMs: 150 });
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ kind: 'failed', code: 'receiver-timeout' });
    expect(await send(`http://127.0.0.1:${port}/slow-end`)).toMatchObject({ status: 202 });
  });

  test('a name that is looked up for too long is a time-out', async () => {
    const send = sender({ timeoutMs: 50, resolve: () => new Promise(() => undefined) });
    expect(await send('https://slow.example/')).toEqual({ kind: 'failed', code: 'receiver-timeout' });
  });

  test('nobody there, a name that is none, and what speaks no TLS', async () => {
    const unreachable = { kind: 'failed', code: 'receiver-unreachable' };
    const port = await receive((_request, response) => response.end());
    expect(await sender()('http://127.0.0.1:1024/')).toEqual(unreachable);
    expect(await sender({ resolve: async () => [] })('https://none.example/')).toEqual(unreachable);
    const fails = sender({ resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    expect(await fails('https://none.example/')).toEqual(unreachable);
    expect(await sender()(`https://127.0.0.1:${port}/`)).toEqual(unreachable);
  });

  test.each([
    ['metadata.google.internal', ['169.254.169.254']],
    ['hooks.example.com', ['1.1.1.1', '10.0.0.1']],
    ['hooks.example.com', ['2606:4700::1111', 'fd00::1']],
    ['mapped.example.com', ['::ffff:192.168.0.1']],
  ])('https://%s that leads to %j is not public', async (host, addresses) => {
    const send = sender({ ownNetworks: [], resolve: async () => addresses });
    expect(await send(`https://${host}/`)).toEqual({ kind: 'failed', code: 'receiver-not-public' });
  });

  test('a URL that was allowed once, and is no more', async () => {
    const send = sender({ ownNetworks: [] });
    expect(await send('http://127.0.0.1:9000/')).toEqual({ kind: 'failed', code: 'receiver-not-public' });
  });

  test('the name is asked for once, and the connection goes to what was checked', async () => {
    const hosts: (string | undefined)[] = [];
    const port = await receive((request, response) => {
      hosts.push(request.headers.host);
      response.writeHead(204).end();
    });
    // With each look-up the name leads further inside, as a rebinding attacker's does.
    const answers = [['127.0.0.1'], ['169.254.169.254']];
    let asked = 0;
    const send = sender({ resolve: async () => answers[asked++] ?? [] });
    expect(await send(`http://rebind.example:${port}/`)).toMatchObject({ status: 204 });
    expect([asked, hosts]).toEqual([1, [`rebind.example:${port}`]]);
    expect(await send(`http://rebind.example:${port}/`)).toMatchObject({ code: 'receiver-not-public' });
    expect(hosts).toHaveLength(1);
  });
});
