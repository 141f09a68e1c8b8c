import { Agent } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createGatewayClient } from '../../integrations/apisix/client.ts';
import type { GatewayBootstrap, GatewayClient, GatewayControl } from '../../integrations/apisix/contract.ts';
import { separatorVariants } from '../../integrations/apisix/plugins.ts';
import { gatewayIds } from '../../integrations/apisix/resources.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import {
  bootstrapSettings,
  identityHeaders,
  rawRequest,
  type RecordingServer,
  startRecordingServer,
} from './apisix-support.ts';
import { contractAgainst } from './contract-subject.ts';
import { apisixTargets, closedPort, eventually, type OpenApisix } from './apisix-targets.ts';
import { failureOf } from './failure-of.ts';

const lineSchema = z.looseObject({ path: z.string() });
const linesTold = ({ told }: RecordingServer) =>
  told.flatMap(({ body }) => z.array(lineSchema).parse(JSON.parse(body)));

const targets = apisixTargets(process.env);
const onlyCleans = contractAgainst(process.env) === 'clean';
if (targets.length === 0)
  describe.skip('APISIX: not named, APISIX_ADMIN_URL, APISIX_ADMIN_KEY or GATEWAY_URL not set', () => {
    test('its contract', () => undefined);
  });

/** There as long as a run is not over: what bears our ids then is the run's, and no installation's. */
const RUN = 'upstreams/latchkey-contract-run';

/** What the gate stands on, held against an APISIX: what is true of the twin must be true of it. */
for (const target of targets)
  describe(target.name, () => {
    const slug = 'contractContractContract';
    const page = `/customer/s/${slug}`;
    const sessionKey = 'contractContractContra' as SessionKey;
    const lease = { id: `sess-${sessionKey}`, slug, sessionKey, ttlSeconds: 600 };
    const identity = {
      'X-Session-Id': sessionKey,
      'X-Client-Id': '7',
      'X-Tenant-Id': '1',
      'X-Access': 'page',
    };

    let apisix: OpenApisix | undefined;
    let mine = false;
    let auth: RecordingServer;
    let upstream: RecordingServer;
    let client: GatewayClient & GatewayControl;
    let settings: GatewayBootstrap;

    const opened = (): OpenApisix => {
      if (apisix === undefined) throw new Error('not open');
      return apisix;
    };
    const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      rawRequest(opened().gatewayUrl, path, { headers, method });

    async function admin(method: string, path: string, body?: unknown, key = opened().adminKey) {
      const base = opened()
        .adminUrl.replace(/\/+$/, '')
        .replace(/\/apisix\/admin$/, '');
      const text = body === undefined ? undefined : JSON.stringify(body);
      const answer = await rawRequest(base, `/apisix/admin/${path}`, {
        method,
        headers: {
          'x-api-key': key,
          ...(text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) }),
        },
        ...(text === undefined ? {} : { body: text }),
      });
      const json: unknown = JSON.parse(answer.body);
      return { status: answer.status, json };
    }

    async function removeOurs(): Promise<void> {
      const { upstream: up, sessionService, openService, denyRule, ...routes } = gatewayIds;
      for (const id of [lease.id, ...Object.values(routes)]) await admin('DELETE', `routes/${id}`);
      for (const id of [sessionService, openService]) await admin('DELETE', `services/${id}`);
      await admin('DELETE', `upstreams/${up}`);
      await admin('DELETE', `global_rules/${denyRule}`);
      await admin('DELETE', RUN);
    }

    beforeAll(async () => {
      apisix = await target.open();
      if (onlyCleans) return;
      const host = apisix.here === '127.0.0.1' ? '127.0.0.1' : '0.0.0.0';
      auth = await startRecordingServer(undefined, host);
      upstream = await startRecordingServer(undefined, host);
      client = createGatewayClient({ ...apisix, timeoutMs: 5000 });
      settings = bootstrapSettings(
        `http://${apisix.here}:${auth.port}/forward-auth`,
        `http://${apisix.here}:${upstream.port}`,
      );
      // A run that broke off left its mark, and what it made.
      if ((await admin('GET', RUN)).status === 200) await removeOurs();
      const found = await client.inspect(settings);
      if (found.some(({ kind }) => kind !== 'missing') || (await client.routeExists(lease.id)))
        throw new Error(`${target.name} is in use: this suite replaces and removes what is there`);
      mine = true;
      await admin('PUT', RUN, { type: 'roundrobin', nodes: { '127.0.0.1:1': 1 } });
    });
    afterAll(async () => {
      if (mine) await removeOurs();
      await upstream?.close();
      await auth?.close();
      await apisix?.close();
    });
    beforeEach(async () => {
      if (onlyCleans) return;
      auth.reply = (_, response) => response.writeHead(200, identity).end();
      upstream.reply = (seen, response) => response.end(`${seen.method} ${seen.body}`);
      await client.bootstrap(settings);
      await client.putRoute(lease);
      await client.awaitLive(slug, 8000);
      await eventually(
        () => get(page),
        ({ status }) => status === 200,
      );
      auth.seen.length = 0;
      upstream.seen.length = 0;
    });

    if (onlyCleans) {
      test('leftovers of a broken run are removed', async () => {
        if ((await admin('GET', RUN)).status === 200) await removeOurs();
        expect((await admin('GET', RUN)).status).toBe(404);
      });
      return;
    }

    test('what bootstrap wrote reads back as no difference', async () => {
      expect(await client.inspect(settings)).toEqual([]);
      expect(await client.bootstrap(settings)).toEqual([]);
    });

    test('what somebody changed is found and put back', async () => {
      await admin('PATCH', 'services/latchkey-session', {
        plugins: { 'forward-auth': { allow_degradation: true } },
      });
      const found = [
        {
          resource: 'services/latchkey-session',
          kind: 'different',
          fields: ['plugins.forward-auth.allow_degradation'],
        },
      ];
      expect(await client.inspect(settings)).toEqual(found);
      expect(await client.bootstrap(settings)).toEqual(found);
      expect(await client.inspect(settings)).toEqual([]);
    });

    test('the Admin API’s answers', async () => {
      await client.deleteRoute(lease.id);
      const body = { uris: [page], service_id: 'latchkey-session' };
      const bookkeeping = { id: lease.id, create_time: expect.any(Number), update_time: expect.any(Number) };
      const key = `/apisix/routes/${lease.id}`;
      const written = { key, value: { ...body, ...bookkeeping } };
      expect(await admin('PUT', `routes/${lease.id}?ttl=60`, body)).toEqual({ status: 201, json: written });
      expect(await admin('PUT', `routes/${lease.id}?ttl=60`, body)).toEqual({ status: 200, json: written });
      expect(await admin('GET', `routes/${lease.id}`)).toEqual({
        status: 200,
        json: { ...written, createdIndex: expect.any(Number), modifiedIndex: expect.any(Number) },
      });
      expect(await admin('DELETE', `routes/${lease.id}`)).toEqual({
        status: 200,
        json: { deleted: '1', key },
      });
      for (const method of ['GET', 'DELETE'])
        expect(await admin(method, `routes/${lease.id}`)).toEqual({
          status: 404,
          json: { message: 'Key not found' },
        });
    });

    test('the Admin API’s refusals', async () => {
      const route = { uri: '/public/contract' };
      expect(await admin('PUT', 'routes/contract', { ...route, service_id: 'contract-none' })).toEqual({
        status: 400,
        json: { error_msg: 'failed to fetch service info by service id [contract-none], response code: 404' },
      });
      expect(
        await admin('PUT', 'routes/contract?ttl=1.5', { ...route, service_id: 'latchkey-open' }),
      ).toEqual({
        status: 503,
        json: { error_msg: 'ttl must be integer' },
      });
      expect(await admin('GET', 'routes/contract', undefined, 'a-wrong-key')).toEqual({
        status: 401,
        json: { error_msg: 'failed to check token', description: 'wrong apikey' },
      });
      expect(
        await admin('PUT', 'global_rules/contract', { plugins: { 'uri-blocker': { block_rules: ['x'] } } }),
      ).toMatchObject({
        status: 400,
        json: { error_msg: "plugin 'uri-blocker' already exists in global rule with id 'latchkey-deny'" },
      });
      expect((await admin('DELETE', 'services/latchkey-session')).status).toBe(400);
    });

    test('a lease ends by itself; one that is renewed does not', async () => {
      await client.putRoute({ ...lease, ttlSeconds: 3 });
      await opened().pass(2);
      await client.putRoute({ ...lease, ttlSeconds: 3 });
      await opened().pass(2);
      expect(await client.routeExists(lease.id)).toBe(true);
      await opened().pass(1);
      expect(
        await eventually(
          () => client.routeExists(lease.id),
          (there) => !there,
        ),
      ).toBe(false);
      // The wildcard goes on serving the URL.
      expect((await get(page)).status).toBe(200);
    }, 30_000);

    test('a route that is gone, and gone again; a URL that no route has', async () => {
      for (const _ of [1, 2]) await client.deleteRoute(lease.id);
      expect(await client.routeExists(lease.id)).toBe(false);
      expect(await get('/customer/contract')).toMatchObject({
        status: 404,
        body: '{"error_msg":"404 Route Not Found"}\n',
      });
      await admin('DELETE', 'routes/latchkey-customer');
      await eventually(
        () => get(page),
        ({ status }) => status === 404,
      );
      expect(await failureOf(client.awaitLive(slug, 200))).toMatchObject({ code: 'vendor-timeout' });
    });

    test('what forward-auth is asked', async () => {
      await get(`${page}//a%2Fb?x=%20y`, { Cookie: 'c=1', Accept: 'text/html', 'X-Custom': 'no' });
      const [seen] = auth.seen;
      expect(seen).toMatchObject({ method: 'GET', url: '/forward-auth', body: '' });
      expect(seen?.headers).toMatchObject({
        cookie: ['c=1'],
        accept: ['text/html'],
        'x-gateway-auth': ['the-gateway-secret'],
        'x-original-uri': [`${page}//a%2Fb?x=%20y`],
        'x-forwarded-method': ['GET'],
        'x-forwarded-uri': [`${page}/a/b?x=%20y`],
      });
      expect(seen?.headers).not.toHaveProperty('x-custom');
    });

    test('what the upstream gets', async () => {
      await get(`${page}//a%2Fb/./%3F?x=%20y`);
      const [seen] = upstream.seen;
      expect(seen?.url).toBe(`${page}/a/b/%3F?x=%20y`);
      expect(seen?.headers).toMatchObject({
        'x-session-id': [sessionKey],
        'x-access': ['page'],
        'x-upstream-auth': ['the-upstream-secret'],
      });
      expect(seen?.headers).not.toHaveProperty('x-gateway-auth');
    });

    test.each(['/customer/s', '/customer/login', '/customer/logout', '/public/x'])(
      'no spelling of an identity header from outside: %s',
      async (path) => {
        auth.reply = (_, response) => response.writeHead(200).end();
        const names = [...identityHeaders, 'X-Upstream-Auth', 'X-Gateway-Auth'].flatMap(separatorVariants);
        for (const spelling of [
          (name: string) => name,
          (name: string) => name.toLowerCase(),
          (name: string) => name.toUpperCase(),
        ]) {
          upstream.seen.length = 0;
          const forged = Object.fromEntries(names.map((name) => [spelling(name), 'forged']));
          expect((await get(path === '/customer/s' ? page : path, forged)).status).toBe(200);
          const { 'x-upstream-auth': secret, ...others } = upstream.seen[0]?.headers ?? {};
          expect(secret).toEqual(['the-upstream-secret']);
          expect(JSON.stringify(others)).not.toContain('forged');
        }
      },
    );

    test('an identity header that forward-auth leaves out is removed', async () => {
      const { 'X-Client-Id': _, ...partial } = identity;
      auth.reply = (_seen, response) => response.writeHead(204, partial).end();
      await get(page, { 'X-Client-Id': 'forged' });
      expect(upstream.seen[0]?.headers).toMatchObject({ 'x-session-id': [sessionKey] });
      expect(upstream.seen[0]?.headers).not.toHaveProperty('x-client-id');
    });

    test('every listed header of a refusal reaches the client, and no other', async () => {
      const listed = {
        location: '/customer/login',
        'set-cookie': ['a=1; Path=/customer', 'b=2'],
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex',
        'retry-after': '5',
        vary: 'Cookie',
        'www-authenticate': 'Bearer',
      };
      for (const status of [302, 401, 403, 410, 503]) {
        auth.reply = (_, response) =>
          response.writeHead(status, { ...listed, 'x-inside': 'no' }).end('<p>no</p>');
        const answer = await get(page);
        expect(answer).toMatchObject({ status, body: '<p>no</p>' });
        expect(answer.headers).toMatchObject(
          Object.fromEntries(Object.entries(listed).map(([name, value]) => [name, [value].flat()])),
        );
        expect(answer.headers).not.toHaveProperty('x-inside');
      }
      expect(upstream.seen).toEqual([]);
    });

    test('forward-auth away: 503, never a pass', async () => {
      const port = await closedPort();
      await client.bootstrap({ ...settings, forwardAuthUrl: `http://${opened().here}:${port}/forward-auth` });
      expect(
        (
          await eventually(
            () => get(page),
            ({ status }) => status === 503,
          )
        ).status,
      ).toBe(503);
      upstream.seen.length = 0;
      expect((await get(page)).status).toBe(503);
      expect(upstream.seen).toEqual([]);
    });

    test('a line break in the path: 503, never a pass', async () => {
      expect((await get(`${page}/%0d%0aX-Session-Id:%20forged`)).status).toBe(503);
      expect(upstream.seen).toEqual([]);
    });

    test.each([
      ['whole', 'POST', 'a=1&b=2', {}],
      ['chunked', 'POST', ['a=1', '&b=2'], {}],
      ['PUT', 'PUT', 'a=1&b=2', {}],
      ['expecting', 'POST', 'a=1&b=2', { expect: '100-continue' }],
    ] as const)('a body, %s, twice on one connection', async (_, method, body, headers) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      try {
        for (const _turn of [1, 2]) {
          const answer = await rawRequest(opened().gatewayUrl, page, { method, body, headers, agent });
          expect(answer).toMatchObject({ status: 200, body: `${method} a=1&b=2` });
        }
      } finally {
        agent.destroy();
      }
      expect(auth.seen.map((seen) => [seen.method, seen.body])).toEqual([
        ['GET', ''],
        ['GET', ''],
      ]);
    });

    test.each([
      ['/public/x', 200],
      ['/customer/login?next=/internal/x', 200],
      ['/publicly', 403],
      ['/PUBLIC/x', 403],
      ['/internal', 403],
      ['/public/../internal', 403],
      ['/public/%2e%2e/forward-auth', 403],
      ['//internal', 403],
      ['/%69nternal', 403],
      ['/customer/%49nternal/x', 403],
      ['/api/v1/public/x', 200],
      ['/api/v1/admin/x', 403],
      ['/apisix/admin/routes', 403],
      ['/openapi.json', 200],
      ['/', 403],
    ])('the rule that denies: %s is %d', async (path, status) => {
      const answer = await get(path);
      expect(answer.status).toBe(status);
      if (status === 403) expect(answer.body).toBe('{"error_msg":"access denied"}\n');
    });

    test('what became of requests to a session’s URL is told, and no query, cookie or referrer', async () => {
      const secret = { Cookie: 'c=the-cookie', Referer: 'http://a.example/?token=the-referrer' };
      const told = `${page}/told`;
      await get(`${told}/1?token=the-token`, secret);
      auth.reply = (_, response) => response.writeHead(403).end();
      await get(`${told}/%C3%A9?token=the-token`, secret);
      auth.reply = (_, response) => response.writeHead(200, identity).end();
      // Another service's, and one that the rule denied before a service was chosen.
      await get('/customer/login/told?token=the-token');
      await get(`${told}/internal?token=the-token`);
      await get(`${told}/2`);
      // Beside them stand the other tests' requests, whose batch may not have been sent yet.
      const lines = await eventually(
        async () => linesTold(auth).filter(({ path }) => path.includes('/told/')),
        (seen) => seen.length >= 3,
      );
      const common = { at: expect.stringMatching(/^\d{10}\.\d{3}$/), method: 'GET' };
      expect(lines).toEqual([
        expect.objectContaining({ ...common, path: `${told}/1`, status: '200', upstreamStatus: '200' }),
        expect.objectContaining({ ...common, path: `${told}/é`, status: '403' }),
        expect.objectContaining({ ...common, path: `${told}/2`, status: '200', upstreamStatus: '200' }),
      ]);
      expect(lines[1]).not.toHaveProperty('upstreamStatus');
      expect(JSON.stringify(auth.told)).not.toMatch(/the-token|the-cookie|the-referrer/);
      for (const { method, headers } of auth.told) {
        expect([method, headers['content-type']]).toEqual(['POST', ['application/json']]);
        expect(headers['authorization']).toEqual(['Bearer the-gateway-secret']);
      }
    }, 30_000);

    test('what could not be told is told again', async () => {
      auth.toldStatus = 503;
      await get(`${page}/again`);
      const copies = () => auth.told.filter(({ body }) => body.includes(`${page}/again`));
      await eventually(
        async () => copies().length,
        (count) => count > 0,
      );
      auth.toldStatus = 204;
      await eventually(
        async () => copies().length,
        (count) => count > 1,
      );
      const [first, second] = copies();
      expect(second?.body).toBe(first?.body ?? 'never told');
    }, 30_000);

    test('the admin API: for the named addresses, and gone with them', async () => {
      const path = '/api/v1/admin/x';
      await client.bootstrap({ ...settings, adminAllow: ['203.0.113.0/24'] });
      expect(
        await eventually(
          () => get(path),
          ({ body }) => body.includes('message'),
        ),
      ).toMatchObject({
        status: 403,
        body: '{"message":"access denied"}\n',
      });
      await client.bootstrap({ ...settings, adminAllow: ['0.0.0.0/0', '::/0'] });
      expect(
        (
          await eventually(
            () => get(path),
            ({ status }) => status === 200,
          )
        ).status,
      ).toBe(200);
      await client.bootstrap(settings);
      expect(
        (
          await eventually(
            () => get(path),
            ({ status }) => status === 403,
          )
        ).body,
      ).toBe('{"error_msg":"access denied"}\n');
      expect((await admin('GET', 'routes/latchkey-admin')).status).toBe(404);
    });
  });
