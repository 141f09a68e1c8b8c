import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { identityHeaders } from '../../api/gate/identity.ts';
import { createWriteTogether } from '../../api/gate/write-together.ts';
import type { Gate } from '../../workflows/contract/session.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { ask } from './support/ask.ts';
import { askAtOnce, type GateRig, OWNER, SECRET, startGateRig } from './support/verdict-rig.ts';
import { ringOf } from './support/keys.ts';
import {
  after,
  gateOf,
  HOUR,
  KEY,
  LOGIN_ID,
  linkId,
  NOW,
  OTHER_KEY,
  OTHER_SLUG,
  SLUG,
} from './support/values.ts';

const own = `/customer/s/${SLUG}`;
const identityIn = (headers: Headers): Record<string, string | null> =>
  Object.fromEntries(identityHeaders.map((name) => [name, headers.get(name)]));

let rig: GateRig;
let cookie: string;
let login: string;

beforeAll(async () => {
  rig = await startGateRig();
  cookie = await rig.cookie();
  login = await rig.login();
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.now = NOW;
  rig.memory.forgetAll();
  rig.memory.remember(SLUG, gateOf(), OWNER);
  rig.keys.cookie = ringOf('cookie-1');
  rig.keys.link = ringOf('link-1');
});

const question = (uri: string, headers: Readonly<Record<string, string>>): Record<string, string> => ({
  'x-gateway-auth': SECRET,
  'x-forwarded-method': 'GET',
  'x-original-uri': uri,
  ...headers,
});
const atOnce = (uri: string, headers: Readonly<Record<string, string>>): Headers | undefined =>
  askAtOnce(rig.forwardAuth, question(uri, headers));

describe('who was let in before is let in at once', () => {
  test('only after the signature was checked, and with the same identity', async () => {
    const fresh = await startGateRig();
    try {
      fresh.memory.remember(SLUG, gateOf(), OWNER);
      for (const headers of [
        { cookie: await fresh.cookie() },
        { cookie: `theme=dark; ${await fresh.login()}` },
        { authorization: `Bearer ${await fresh.token()}` },
      ]) {
        expect(askAtOnce(fresh.forwardAuth, question(own, headers))).toBeUndefined();
        const first = await fresh.auth(own, headers);
        expect(first.status).toBe(200);
        const again = askAtOnce(fresh.forwardAuth, question(own, headers));
        expect(identityIn(again ?? new Headers())).toEqual(identityIn(first.headers));
      }
      expect(fresh.memory.looks).toEqual([]);
    } finally {
      await fresh.close();
    }
  });

  test('over a connection: counted, and no row or workflow is asked', async () => {
    await rig.auth(own, { cookie });
    const before = rig.forwardAuth.counts();
    const answer = await rig.auth(own, { cookie });
    expect([answer.status, answer.headers.get('x-session-id'), answer.text]).toEqual([200, KEY, '']);
    // Of what the gateway would only have to read there is nothing.
    expect([...answer.headers.keys()].toSorted()).toEqual(
      ['content-length', 'date', ...identityHeaders.map((name) => name.toLowerCase())].toSorted(),
    );
    // The router gives every answer a number.
    expect(answer.headers.get('x-request-id')).toBeNull();
    const counts = rig.forwardAuth.counts();
    expect(counts.answeredAtOnce - before.answeredAtOnce).toBe(1);
    expect(counts.memoryHits - before.memoryHits).toBe(1);
    expect(rig.memory.looks).toEqual([]);
  });

  test.each<[string, () => void]>([
    ['memory is behind', () => (rig.memory.isFresh = false)],
    ['the session is not in memory', () => rig.memory.snapshots.clear()],
    ['the link is revoked', () => rig.memory.revoked.add(linkId(1))],
    ['the session is held', () => rig.memory.held.add(KEY)],
    ['access is revoked', () => rig.memory.remember(SLUG, gateOf({ access: 'revoked' }), OWNER)],
    ['the link was replaced', () => rig.memory.remember(SLUG, gateOf({ linkId: linkId(2) }), OWNER)],
    ['it is over', () => rig.memory.remember(SLUG, gateOf({ state: 'over' }), OWNER)],
    ['the page has closed', () => (rig.now = after(48 * HOUR))],
    ['it has another client', () => rig.memory.remember(SLUG, gateOf(), { ...OWNER, clientId: 8 })],
    ['it has another tenant', () => rig.memory.remember(SLUG, gateOf(), { ...OWNER, tenantId: 2 })],
    ['the cookie has expired', () => (rig.now = after(2 * HOUR))],
    ['its key has left the ring', () => (rig.keys.cookie = ringOf('cookie-2'))],
  ])('no longer when %s', async (_name, change) => {
    await rig.auth(own, { cookie });
    expect(atOnce(own, { cookie })).toBeDefined();
    change();
    expect(atOnce(own, { cookie })).toBeUndefined();
    expect((await rig.auth(own, { cookie })).status).not.toBe(200);
  });

  test('rotation: a key that only became older still counts; a new secret under the old name does not', async () => {
    await rig.auth(own, { cookie });
    rig.keys.cookie = { ...rig.keys.cookie, all: [...rig.keys.cookie.all] };
    expect(atOnce(own, { cookie })).toBeDefined();
    const [key] = rig.keys.cookie.all;
    rig.keys.cookie = { ...rig.keys.cookie, byId: (id) => key && { id, secret: new Uint8Array(48) } };
    expect(atOnce(own, { cookie })).toBeUndefined();
    expect((await rig.auth(own, { cookie })).status).toBe(401);
  });

  test('a revoked link does not hide the login in the same header, nor a forged cookie a good one', async () => {
    const both = `${cookie}; ${login}`;
    await rig.auth(own, { cookie: both });
    rig.memory.revoked.add(linkId(1));
    expect(atOnce(own, { cookie: both })).toBeDefined();
    rig.memory.revoked.add(LOGIN_ID);
    expect(atOnce(own, { cookie: both })).toBeUndefined();
    rig.memory.revoked.clear();
    expect(atOnce(own, { cookie: `latchkey_s=forged; ${cookie}` })).toBeDefined();
    expect(atOnce(own, { cookie: 'latchkey_s=forged', authorization: 'Bearer forged' })).toBeUndefined();
  });

  test('a header that differs from a good one in any one character is another', async () => {
    const authorization = `Bearer ${await rig.token()}`;
    for (const headers of [{ cookie }, { cookie: `${cookie}; theme=dark-or-light` }, { authorization }])
      expect((await rig.auth(own, headers)).status).toBe(200);
    const changed = (text: string, at: number): string =>
      `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
    expect(atOnce(own, { cookie })).toBeDefined();
    for (let at = 0; at < cookie.length; at += 1)
      expect([at, atOnce(own, { cookie: changed(cookie, at) })]).toEqual([at, undefined]);
    expect(atOnce(own, { authorization })).toBeDefined();
    // From here on the scheme is over.
    for (let at = 7; at < authorization.length; at += 1)
      expect([at, atOnce(own, { authorization: changed(authorization, at) })]).toEqual([at, undefined]);
  });

  test('a token never stands for a cookie, nor a cookie for a token', async () => {
    const token = await rig.token();
    expect((await rig.auth(own, { authorization: `Bearer ${token}` })).status).toBe(200);
    await rig.auth(own, { cookie });
    expect(atOnce(own, { cookie: `latchkey_s=${token}` })).toBeUndefined();
    expect(atOnce(own, { cookie: `latchkey_c=${cookie.slice(11)}` })).toBeUndefined();
    expect(atOnce(own, { authorization: `Bearer ${cookie.slice(11)}` })).toBeUndefined();
  });
});

describe('what is left to the router', () => {
  beforeEach(async () => {
    await rig.auth(own, { cookie });
  });

  test('anything but the gateway’s own question', () => {
    const headers = question(own, { cookie });
    expect(askAtOnce(rig.forwardAuth, headers)).toBeDefined();
    for (const more of [
      { method: 'HEAD' },
      { method: 'POST' },
      { url: '/forward-auth?x' },
      { url: '/metrics' },
    ])
      expect(askAtOnce(rig.forwardAuth, headers, more)).toBeUndefined();
  });

  test.each([
    ['no secret', {}],
    ['an empty secret', { 'x-gateway-auth': '' }],
    ['another of the same length', { 'x-gateway-auth': SECRET.replace('g', 'h') }],
    ['a longer one', { 'x-gateway-auth': `${SECRET}x` }],
    ['a shorter one', { 'x-gateway-auth': SECRET.slice(1) }],
    ['two', { 'x-gateway-auth': `${SECRET}, ${SECRET}` }],
  ])('a caller with %s', (_name, secret) => {
    const { 'x-gateway-auth': _own, ...rest } = question(own, { cookie });
    expect(askAtOnce(rig.forwardAuth, { ...rest, ...secret })).toBeUndefined();
  });

  test('a token in the URL, a path that is not a session’s, no raw URI', () => {
    for (const uri of [
      `${own}?token=x`,
      `${own}?token=`,
      `${own}//`,
      `/Customer/s/${SLUG}`,
      `${own}, ${own}`,
      '',
    ])
      expect(atOnce(uri, { cookie })).toBeUndefined();
    const { 'x-original-uri': _uri, ...rest } = question(own, { cookie });
    expect(askAtOnce(rig.forwardAuth, { ...rest, 'x-forwarded-uri': own })).toBeUndefined();
  });

  test('everything, while a gateway without a secret is configured', async () => {
    const { createForwardAuth } = await import('../../api/gate/forward-auth.ts');
    const open = createForwardAuth({
      later: (work) => work(),
      gatewaySecret: '',
      keys: rig.keys,
      secureCookies: true,
      clock: () => rig.now,
      memory: rig.memory,
      writeAudit: async () => {},
      report: () => {},
    });
    expect(askAtOnce(open, { ...question(own, { cookie }), 'x-gateway-auth': '' })).toBeUndefined();
  });
});

/** One request as bytes, with the headers exactly as given, some of them twice. */
function askRaw(headers: readonly (readonly [string, string])[]): Promise<string> {
  const { hostname, port } = new URL(rig.api.internalUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      const lines = [['Host', hostname], ['Connection', 'close'], ...headers].map(([n, v]) => `${n}: ${v}`);
      socket.write(`GET /forward-auth HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    });
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', reject);
    socket.on('end', () => resolve(text));
  });
}

describe('a header that comes twice', () => {
  const statusOf = (text: string): number => Number(text.split(' ')[1]);
  const asked = (...more: readonly (readonly [string, string])[]) =>
    askRaw([['X-Gateway-Auth', SECRET], ['X-Forwarded-Method', 'GET'], ['X-Original-Uri', own], ...more]);

  beforeEach(async () => {
    await rig.auth(own, { cookie });
  });

  test('once each: 200', async () => {
    expect(statusOf(await asked(['Cookie', cookie]))).toBe(200);
  });
  test('the secret twice: 401, though both are right', async () => {
    expect(statusOf(await asked(['Cookie', cookie], ['X-Gateway-Auth', SECRET]))).toBe(401);
    expect(statusOf(await asked(['Cookie', cookie], ['x-gateway-auth', 'other']))).toBe(401);
  });
  test('the URI twice: 403', async () => {
    expect(statusOf(await asked(['Cookie', cookie], ['X-Original-Uri', own]))).toBe(403);
  });
  test('two Cookie headers are one longer one', async () => {
    expect(statusOf(await asked(['Cookie', 'a=b'], ['Cookie', cookie]))).toBe(200);
    expect(statusOf(await asked(['Cookie', 'latchkey_s=x'], ['Cookie', 'latchkey_c=y']))).toBe(401);
  });
});

describe('it never answers differently from the router', () => {
  /** The first far more often than the others: a door that is nearly always shut proves little. */
  const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
    fc.oneof(
      { weight: 6, arbitrary: fc.constant(usual) },
      ...others.map((value) => ({ weight: 1, arbitrary: fc.constant(value) })),
    );
  const gates: fc.Arbitrary<Gate> = fc
    .record({
      state: mostly('live' as const, 'over' as const),
      access: mostly('granted' as const, 'revoked' as const),
      linkId: mostly(linkId(1), linkId(2), null),
      page: fc.constantFrom(
        null,
        { from: after(-HOUR), until: after(HOUR) },
        { from: after(-HOUR), until: after(HOUR) },
        { from: after(-HOUR), until: after(3 * HOUR) },
        { from: after(-HOUR), until: after(3 * HOUR) },
        { from: after(1), until: after(HOUR) },
        { from: after(-HOUR), until: NOW },
      ),
      join: fc.constantFrom(
        [],
        [{ from: NOW, until: after(1) }],
        [
          { from: after(-2), until: after(-1) },
          { from: after(-1), until: after(HOUR) },
        ],
      ),
    })
    .map((more) => gateOf(more));

  type Change =
    | { readonly kind: 'gate'; readonly gate: Gate; readonly clientId: number; readonly tenantId: number }
    | { readonly kind: 'forget' }
    | { readonly kind: 'revoked'; readonly ids: readonly string[]; readonly isHeld: boolean }
    | { readonly kind: 'fresh'; readonly isFresh: boolean }
    | { readonly kind: 'now'; readonly now: Instant }
    | { readonly kind: 'ring'; readonly ids: readonly [string, ...string[]] };
  const changes: fc.Arbitrary<Change> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('gate' as const),
        gate: gates,
        clientId: mostly<number>(OWNER.clientId, 8),
        tenantId: mostly<number>(OWNER.tenantId, 2),
      }),
    },
    { weight: 1, arbitrary: fc.constant<Change>({ kind: 'forget' }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('revoked' as const),
        ids: fc.subarray([linkId(1), linkId(2), LOGIN_ID] as string[], { maxLength: 1 }),
        isHeld: mostly(false, true),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('fresh' as const), isFresh: mostly(true, false) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('now' as const),
        now: fc.constantFrom(after(-1), NOW, NOW, after(1), after(HOUR - 1), after(HOUR), after(2 * HOUR)),
      }),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom<readonly [string, ...string[]]>(['cookie-1'], ['cookie-2', 'cookie-1'], ['cookie-2'])
        .map((ids): Change => ({ kind: 'ring', ids })),
    },
  );

  const uris = [
    ...Array.from({ length: 8 }, () => own),
    `${own}/`,
    `${own}/join`,
    `${own}/join`,
    `${own}/join?x=1`,
    `${own}/reschedule`,
    `${own}?/join`,
    `${own}/%6aoin`,
    `${own}//join`,
    `/customer/s/${OTHER_SLUG}`,
    '/customer/login',
  ];

  test('whatever changes in between', async () => {
    const slow = await startGateRig({ quick: false });
    try {
      const bearers = [
        undefined,
        undefined,
        undefined,
        await slow.token(),
        await slow.token(linkId(2)),
        'x.y.z',
      ];
      const cookies = [
        ...Array.from({ length: 4 }, () => cookie),
        login,
        await slow.cookie(linkId(2)),
        await slow.cookie(linkId(1), KEY, 8),
        await slow.cookie(linkId(1, OTHER_KEY), OTHER_KEY),
        await slow.cookie(linkId(1), KEY, OWNER.clientId, 3600),
        await slow.login([8], 'login_-0123456789abcdF'),
        'latchkey_s=forged',
        'theme=dark',
      ];
      let hits = 0;
      await fc.assert(
        fc.asyncProperty(
          gates,
          fc.array(
            fc.record({
              change: fc.option(changes, { nil: undefined, freq: 1 }),
              uri: fc.constantFrom(...uris),
              cookies: fc.array(fc.constantFrom(...cookies), { minLength: 1, maxLength: 3 }),
              bearer: fc.constantFrom(...bearers),
              method: fc.constantFrom('GET', 'GET', 'POST', 'OPTIONS'),
            }),
            { minLength: 4, maxLength: 8 },
          ),
          async (first, steps) => {
            const { memory } = slow;
            memory.forgetAll();
            memory.remember(SLUG, first, OWNER);
            slow.now = NOW;
            slow.keys.cookie = ringOf('cookie-1');
            for (const step of steps) {
              const { change } = step;
              switch (change?.kind) {
                case undefined:
                  break;
                case 'gate':
                  memory.remember(SLUG, change.gate, change);
                  break;
                case 'forget':
                  memory.snapshots.clear();
                  break;
                case 'revoked':
                  memory.revoked.clear();
                  for (const id of change.ids) memory.revoked.add(id);
                  memory.held.clear();
                  if (change.isHeld) memory.held.add(KEY);
                  break;
                case 'fresh':
                  memory.isFresh = change.isFresh;
                  break;
                case 'now':
                  slow.now = change.now;
                  break;
                case 'ring':
                  slow.keys.cookie = ringOf(...change.ids);
                  break;
              }
              const headers = {
                'x-forwarded-method': step.method,
                ...(step.cookies.length === 0 ? {} : { cookie: step.cookies.join('; ') }),
                ...(step.bearer === undefined ? {} : { authorization: `Bearer ${step.bearer}` }),
              };
              const before = askAtOnce(slow.forwardAuth, question(step.uri, headers));
              const answer = await slow.auth(step.uri, headers, step.method);
              const then = askAtOnce(slow.forwardAuth, question(step.uri, headers));
              // What is remembered decides nothing but the way: now every signature has been checked.
              expect(then !== undefined).toBe(answer.status === 200);
              if (before !== undefined) expect(answer.status).toBe(200);
              for (const quick of [before, then])
                if (quick !== undefined) expect(identityIn(quick)).toEqual(identityIn(answer.headers));
              if (before !== undefined) hits += 1;
            }
          },
        ),
        { numRuns: 250 },
      );
      // The property says little where nothing is ever let in at once.
      expect(hits).toBeGreaterThan(30);
    } finally {
      await slow.close();
    }
  });
});

describe('answers of one turn', () => {
  test('are written together, each once and to its own request, also where somebody has gone', async () => {
    const later: (() => void)[] = [];
    const write = createWriteTogether((work) => void later.push(work));
    const paths = ['/one', '/gone', '/two'];
    let arrived = 0;
    const server = createServer((req, res) => {
      write(res, ['x-for', req.url ?? '', 'content-length', '0']);
      if (req.url === '/gone') req.socket.destroy();
      arrived += 1;
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const asked = paths.map((path) =>
        ask(`http://127.0.0.1:${port}${path}`).then(
          (answer) => `${answer.status} ${answer.headers.get('x-for')}`,
          () => 'nothing',
        ),
      );
      while (arrived < paths.length) await new Promise(setImmediate);
      expect(later).toHaveLength(1);
      for (const work of later) work();
      expect(await Promise.all(asked)).toEqual(['200 /one', 'nothing', '200 /two']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
