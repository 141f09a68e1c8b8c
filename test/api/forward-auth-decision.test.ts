import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Credential,
  decideGate,
  type GateReading,
  type GateRequest,
  type GateVerdict,
  type LinkHolder,
  type LoginHolder,
  type Route,
} from '../../api/gate/decision.ts';
import { after, gateOf, HOUR, KEY, LOGIN_ID, linkId, NOW, OTHER_KEY } from './support/values.ts';

const holder: LinkHolder = { kind: 'link', sessionKey: KEY, linkId: linkId(1), tenantId: 1, clientId: 7 };
const person: LoginHolder = {
  kind: 'login',
  loginId: LOGIN_ID,
  clients: [
    { tenantId: 2, clientId: 4 },
    { tenantId: 1, clientId: 7 },
  ],
};
const held = (
  from: 'cookie' | 'bearer' | 'url' = 'cookie',
  more: Partial<LinkHolder> = {},
): readonly Credential[] => [{ kind: 'held', from, holder: { ...holder, ...more } }];
const loggedIn = (more: Partial<LoginHolder> = {}): readonly Credential[] => [
  { kind: 'held', from: 'cookie', holder: { ...person, ...more } },
];
const none: readonly Credential[] = [];
const forged: readonly Credential[] = [{ kind: 'refused', reason: 'bad-signature' }];

/** A slug's session without its gate. */
type Where = { readonly kind: 'unknown' } | { readonly kind: 'unavailable' } | Omit<SessionRoute, 'reading'>;
type SessionRoute = Extract<Route, { kind: 'session' }>;
const unknown: Where = { kind: 'unknown' };
const storeAway: Where = { kind: 'unavailable' };
const route = {
  kind: 'session',
  sessionKey: KEY,
  tenantId: 1,
  clientId: 7,
  held: false,
  dead: new Set<string>(),
} as const;
const linkDead = { ...route, dead: new Set([linkId(1)]) };
const loginDead = { ...route, dead: new Set([LOGIN_ID]) };
const accessHeld = { ...route, held: true };
const routeOf = (where: Where, reading: GateReading): Route =>
  where.kind === 'session' ? { ...where, reading } : where;

const reading = (more: Parameters<typeof gateOf>[0] = {}): GateReading => ({
  kind: 'gate',
  gate: gateOf(more),
});
const page: GateRequest = { method: 'GET', door: 'page', wantsHtml: true, tokenInUrl: false };
const join: GateRequest = { ...page, door: 'join' };
const program: GateRequest = { ...page, wantsHtml: false };
const post: GateRequest = { ...page, method: 'POST' };
const exchange: GateRequest = { ...page, tokenInUrl: true };

type Row = readonly [
  name: string,
  request: GateRequest,
  credentials: readonly Credential[],
  where: Where,
  reading: GateReading,
  verdict: GateVerdict,
];

const over: GateReading = { kind: 'over' };
const closed: GateReading = { kind: 'closed' };
const unavailable: GateReading = { kind: 'unavailable' };
const letIn = (access: 'page' | 'join'): GateVerdict => ({
  status: 200,
  session: { sessionKey: KEY, tenantId: 1, clientId: 7 },
  access,
});
const unable = (reason: 'store' | 'engine'): GateVerdict => ({ status: 503, reason });
const login = (reason: 'no-credential' | 'bad-credential' | 'revoked'): GateVerdict => ({
  status: 302,
  reason,
});
const refuse = (reason: 'no-credential' | 'bad-credential' | 'revoked'): GateVerdict => ({
  status: 401,
  reason,
});
const no = (reason: Extract<GateVerdict, { status: 403 }>['reason'], ms?: number): GateVerdict => ({
  status: 403,
  reason,
  at: ms === undefined ? null : after(ms),
});

const rows: readonly Row[] = [
  // Who is not logged in learns nothing: not whether the slug exists, not whether the session is over.
  ['nobody, known slug', page, none, route, reading(), login('no-credential')],
  ['nobody, unknown slug', page, none, unknown, unavailable, login('no-credential')],
  ['nobody, session over', page, none, route, over, login('no-credential')],
  ['nobody, stores away', page, none, route, unavailable, login('no-credential')],
  ['nobody, HEAD', { ...page, method: 'HEAD' }, none, route, reading(), login('no-credential')],
  ['nobody, program', program, none, route, reading(), refuse('no-credential')],
  ['nobody, form', post, none, route, reading(), refuse('no-credential')],
  ['nobody, method missing', { ...page, method: '' }, none, route, reading(), refuse('no-credential')],
  ['forged, browser', page, forged, route, reading(), login('bad-credential')],
  ['forged, program', program, forged, route, reading(), refuse('bad-credential')],
  ['forged token in the URL', exchange, forged, route, reading(), login('bad-credential')],
  [
    'forged, program, token in the URL',
    { ...exchange, wantsHtml: false },
    forged,
    route,
    reading(),
    refuse('bad-credential'),
  ],
  // Who is logged in elsewhere learns only that it is not theirs.
  [
    'known slug of another',
    page,
    held('cookie', { sessionKey: OTHER_KEY }),
    route,
    reading(),
    no('not-yours'),
  ],
  ['unknown slug', page, held(), unknown, unavailable, no('not-yours')],
  ['another client', page, held('cookie', { clientId: 8 }), route, reading(), no('not-yours')],
  ['another tenant', page, held('cookie', { tenantId: 2 }), route, reading(), no('not-yours')],
  ['not theirs and over', page, held('cookie', { sessionKey: OTHER_KEY }), route, over, no('not-yours')],
  [
    'not theirs, exchange',
    exchange,
    held('url', { sessionKey: OTHER_KEY }),
    route,
    reading(),
    no('not-yours'),
  ],
  // Revoked.
  ['link revoked in the rows', page, held(), linkDead, reading(), login('revoked')],
  ['link revoked in the rows, program', program, held(), linkDead, reading(), refuse('revoked')],
  ['link revoked in the rows, over', page, held(), linkDead, over, login('revoked')],
  ['link replaced', page, held(), route, reading({ linkId: linkId(2) }), login('revoked')],
  [
    'link replaced, program',
    program,
    held('bearer'),
    route,
    reading({ linkId: linkId(2) }),
    refuse('revoked'),
  ],
  ['link replaced, exchange', exchange, held('url'), route, reading({ linkId: linkId(2) }), login('revoked')],
  ['no link any more', page, held(), route, reading({ linkId: null }), login('revoked')],
  ['access revoked', page, held(), route, reading({ access: 'revoked' }), login('revoked')],
  [
    'access revoked, over',
    program,
    held(),
    route,
    reading({ access: 'revoked', state: 'over' }),
    refuse('revoked'),
  ],
  ['access revoked, the workflow not there yet', page, held(), accessHeld, reading(), login('revoked')],
  ['access revoked, program', program, held('bearer'), accessHeld, reading(), refuse('revoked')],
  ['access revoked, stores away', page, held(), accessHeld, unavailable, login('revoked')],
  ['access revoked, exchange', exchange, held('url'), accessHeld, reading(), login('revoked')],
  // Cannot tell, closed, over.
  ['PostgreSQL away', page, held(), storeAway, unavailable, unable('store')],
  ['PostgreSQL away, program', program, held('bearer'), storeAway, unavailable, unable('store')],
  ['PostgreSQL away, exchange', exchange, held('url'), storeAway, unavailable, unable('store')],
  ['PostgreSQL away, nobody', page, none, storeAway, unavailable, login('no-credential')],
  ['PostgreSQL away, forged', program, forged, storeAway, unavailable, refuse('bad-credential')],
  ['stores away', page, held(), route, unavailable, unable('engine')],
  ['stores away, exchange', exchange, held('url'), route, unavailable, unable('engine')],
  ['run ended uncleanly', page, held(), route, closed, no('closed')],
  ['run ended uncleanly, exchange', exchange, held('url'), route, closed, no('closed')],
  ['over by the row', page, held(), route, over, { status: 410 }],
  ['over by the gate', page, held(), route, reading({ state: 'over' }), { status: 410 }],
  ['over, link let go', join, held(), route, reading({ state: 'over', linkId: null }), { status: 410 }],
  ['over, exchange', exchange, held('url'), route, reading({ state: 'over' }), { status: 410 }],
  // The page.
  ['page', page, held(), route, reading(), letIn('page')],
  ['page, program', program, held('bearer'), route, reading(), letIn('page')],
  ['page, form', post, held(), route, reading(), letIn('page')],
  ['page, before payment', page, held(), route, reading({ page: null }), no('opening')],
  [
    'page, 1 ms early',
    page,
    held(),
    route,
    reading({ page: { from: after(1), until: after(HOUR) } }),
    no('not-yet', 1),
  ],
  [
    'page, first instant',
    page,
    held(),
    route,
    reading({ page: { from: NOW, until: after(1) } }),
    letIn('page'),
  ],
  [
    'page, last instant',
    page,
    held(),
    route,
    reading({ page: { from: after(-1), until: after(1) } }),
    letIn('page'),
  ],
  [
    'page, until is outside',
    page,
    held(),
    route,
    reading({ page: { from: after(-1), until: NOW } }),
    no('no-longer', 0),
  ],
  // The join link.
  ['join, early', join, held(), route, reading(), no('not-yet', HOUR)],
  ['join, open', join, held(), route, reading({ join: [{ from: NOW, until: after(1) }] }), letIn('join')],
  [
    'join, past',
    join,
    held(),
    route,
    reading({ join: [{ from: after(-2), until: NOW }] }),
    no('no-longer', 0),
  ],
  ['join, nothing booked', join, held(), route, reading({ join: [] }), no('not-booked')],
  ['join, before payment', join, held(), route, reading({ join: [], page: null }), no('opening')],
  [
    'join, between two times',
    join,
    held(),
    route,
    reading({
      join: [
        { from: after(-2), until: after(-1) },
        { from: after(5), until: after(9) },
        { from: after(3), until: after(4) },
      ],
    }),
    no('not-yet', 3),
  ],
  [
    'join, second of two times',
    join,
    held(),
    route,
    reading({
      join: [
        { from: after(-9), until: after(-5) },
        { from: after(-1), until: after(4) },
      ],
    }),
    letIn('join'),
  ],
  // A token leaves the URL, whatever the door says, and only a token becomes a cookie.
  ['exchange', exchange, held('url'), route, reading(), { status: 303, exchange: holder }],
  [
    'exchange, program',
    { ...exchange, wantsHtml: false },
    held('url'),
    route,
    reading(),
    { status: 303, exchange: holder },
  ],
  [
    'exchange, HEAD',
    { ...exchange, method: 'HEAD' },
    held('url'),
    route,
    reading(),
    { status: 303, exchange: holder },
  ],
  [
    'exchange at the join link, early',
    { ...exchange, door: 'join' },
    held('url'),
    route,
    reading(),
    { status: 303, exchange: holder },
  ],
  [
    'exchange before payment',
    exchange,
    held('url'),
    route,
    reading({ page: null }),
    { status: 303, exchange: holder },
  ],
  [
    'bad token beside a good cookie',
    exchange,
    held('cookie'),
    route,
    reading(),
    { status: 303, exchange: null },
  ],
  // A login opens every session of its clients, whatever the link is by now.
  ['login', page, loggedIn(), route, reading(), letIn('page')],
  ['login, program', program, loggedIn(), route, reading(), letIn('page')],
  ['login, form', post, loggedIn(), route, reading(), letIn('page')],
  ['login, link replaced', page, loggedIn(), route, reading({ linkId: linkId(2) }), letIn('page')],
  ['login, no link yet', page, loggedIn(), route, reading({ linkId: null }), letIn('page')],
  [
    'login, join',
    join,
    loggedIn(),
    route,
    reading({ join: [{ from: NOW, until: after(1) }] }),
    letIn('join'),
  ],
  ['login, join, early', join, loggedIn(), route, reading(), no('not-yet', HOUR)],
  ['login, unknown slug', page, loggedIn(), unknown, unavailable, no('not-yours')],
  [
    'login, the same client number at another tenant',
    page,
    loggedIn({ clients: [{ tenantId: 2, clientId: 7 }] }),
    route,
    reading(),
    no('not-yours'),
  ],
  [
    'login, another client of the tenant',
    page,
    loggedIn({ clients: [{ tenantId: 1, clientId: 8 }] }),
    route,
    reading(),
    no('not-yours'),
  ],
  ['login of nobody', page, loggedIn({ clients: [] }), route, reading(), no('not-yours')],
  ['login revoked', page, loggedIn(), loginDead, reading(), login('revoked')],
  ['login revoked, program', program, loggedIn(), loginDead, reading(), refuse('revoked')],
  ['login, access revoked', page, loggedIn(), route, reading({ access: 'revoked' }), login('revoked')],
  ['login, access held', program, loggedIn(), accessHeld, reading(), refuse('revoked')],
  ['login, over', page, loggedIn(), route, over, { status: 410 }],
  ['login, closed', page, loggedIn(), route, closed, no('closed')],
  ['login, stores away', page, loggedIn(), route, unavailable, unable('engine')],
  ['login, PostgreSQL away', page, loggedIn(), storeAway, unavailable, unable('store')],
  // Of several, the best holds.
  ['revoked link beside a login', page, [...held(), ...loggedIn()], linkDead, reading(), letIn('page')],
  ['login beside a revoked link', page, [...loggedIn(), ...held()], linkDead, reading(), letIn('page')],
  ['revoked login beside a link', page, [...loggedIn(), ...held()], loginDead, reading(), letIn('page')],
  ['forged cookie beside a bearer', program, [...forged, ...held('bearer')], route, reading(), letIn('page')],
  [
    'another session’s cookie beside a login',
    page,
    [...held('cookie', { sessionKey: OTHER_KEY }), ...loggedIn()],
    route,
    reading(),
    letIn('page'),
  ],
  [
    'another session’s cookie beside a revoked link',
    page,
    [...held('cookie', { sessionKey: OTHER_KEY }), ...held()],
    linkDead,
    reading(),
    login('revoked'),
  ],
  [
    'another session’s cookie beside a forged one',
    program,
    [...forged, ...held('cookie', { sessionKey: OTHER_KEY })],
    route,
    reading(),
    no('not-yours'),
  ],
  ['both revoked', page, [...held(), ...loggedIn()], accessHeld, reading(), login('revoked')],
  ['both too early', join, [...held(), ...loggedIn()], route, reading(), no('not-yet', HOUR)],
  [
    'exchange beside a login',
    exchange,
    [...loggedIn(), ...held('url')],
    route,
    reading(),
    { status: 303, exchange: holder },
  ],
  [
    'exchange of a revoked link beside a login',
    exchange,
    [...held('url'), ...loggedIn()],
    linkDead,
    reading(),
    { status: 303, exchange: null },
  ],
];

const verdictOf = (
  request: GateRequest,
  credentials: readonly Credential[],
  where: Where,
  what: GateReading,
): GateVerdict => decideGate({ request, credentials, route: routeOf(where, what), now: NOW }).verdict;

describe('may this request pass?', () => {
  test.each(rows)('%s', (_name, request, credentials, where, what, verdict) => {
    expect(verdictOf(request, credentials, where, what)).toEqual(verdict);
  });

  test('every verdict is in the table', () => {
    expect(new Set(rows.map((row) => row[5].status))).toEqual(new Set([200, 302, 303, 401, 403, 410, 503]));
    expect(
      new Set(rows.flatMap(({ 5: verdict }) => (verdict.status === 403 ? [verdict.reason] : []))),
    ).toEqual(new Set(['not-yours', 'opening', 'not-booked', 'not-yet', 'no-longer', 'closed']));
    const unauthenticated = rows.flatMap(({ 5: verdict }) =>
      verdict.status === 302 || verdict.status === 401 ? [`${verdict.status} ${verdict.reason}`] : [],
    );
    expect(new Set(unauthenticated)).toEqual(
      new Set(
        ['302', '401'].flatMap((status) =>
          ['no-credential', 'bad-credential', 'revoked'].map((reason) => `${status} ${reason}`),
        ),
      ),
    );
  });

  test('200 needs a good signature, the session’s own route, a live credential and an open door, all four', () => {
    for (const credentials of [
      none,
      forged,
      held(),
      held('cookie', { clientId: 8 }),
      held('bearer'),
      loggedIn(),
      loggedIn({ clients: [] }),
    ])
      for (const where of [unknown, storeAway, route, linkDead, loginDead, accessHeld])
        for (const what of [
          over,
          closed,
          unavailable,
          reading(),
          reading({ state: 'over' }),
          reading({ page: null }),
          reading({ access: 'revoked' }),
        ])
          for (const request of [page, program, post]) {
            const { status } = verdictOf(request, credentials, where, what);
            const [credential] = credentials;
            const isLogin = credential?.kind === 'held' && credential.holder.kind === 'login';
            const isLink = credential?.kind === 'held' && credential.holder.kind === 'link';
            const passes =
              ((isLogin && credential.holder.clients.length > 0 && where !== loginDead) ||
                (isLink && credential.holder.clientId === 7 && where !== linkDead)) &&
              where.kind === 'session' &&
              !where.held &&
              what.kind === 'gate' &&
              what.gate.state === 'live' &&
              what.gate.access === 'granted' &&
              what.gate.page !== null;
            expect(status === 200).toBe(passes);
          }
  });

  test('whose credential decided', () => {
    const decide = (credentials: readonly Credential[], where: Where) =>
      decideGate({ request: program, credentials, route: routeOf(where, reading()), now: NOW }).by;
    expect(decide(none, route)).toBeNull();
    expect(decide(forged, route)).toBeNull();
    expect(decide([...forged, ...held()], linkDead)).toEqual(holder);
    expect(decide([...held(), ...loggedIn()], linkDead)).toEqual(person);
  });
});

const anyCredential: fc.Arbitrary<Credential> = fc.oneof(
  fc.constant<Credential>({ kind: 'refused', reason: 'expired' }),
  fc
    .record({
      from: fc.constantFrom('url' as const, 'cookie' as const, 'bearer' as const),
      sessionKey: fc.constantFrom(KEY, OTHER_KEY),
      linkId: fc.constantFrom(linkId(1), linkId(2)),
      tenantId: fc.constantFrom(1, 2),
      clientId: fc.constantFrom(7, 8),
    })
    .map(({ from, ...who }): Credential => ({ kind: 'held', from, holder: { kind: 'link', ...who } })),
  fc
    .record({
      loginId: fc.constantFrom('a', 'b'),
      clients: fc.array(fc.record({ tenantId: fc.constantFrom(1, 2), clientId: fc.constantFrom(7, 8) }), {
        maxLength: 2,
      }),
    })
    .map((who): Credential => ({ kind: 'held', from: 'cookie', holder: { kind: 'login', ...who } })),
);
const anyWhere: fc.Arbitrary<Where> = fc.oneof(
  fc.constant(unknown),
  fc.constant(storeAway),
  fc.record({
    kind: fc.constant('session' as const),
    sessionKey: fc.constantFrom(KEY, OTHER_KEY),
    tenantId: fc.constantFrom(1, 2),
    clientId: fc.constantFrom(7, 8),
    held: fc.boolean(),
    dead: fc
      .subarray(['a', 'b', linkId(1), linkId(2)] as string[])
      .map((ids): ReadonlySet<string> => new Set(ids)),
  }),
);
const anyReading: fc.Arbitrary<GateReading> = fc.oneof(
  fc.constantFrom(over, closed, unavailable),
  fc
    .record({
      state: fc.constantFrom('live' as const, 'over' as const),
      access: fc.constantFrom('granted' as const, 'granted' as const, 'revoked' as const),
      linkId: fc.constantFrom(linkId(1), linkId(2), null),
      page: fc.constantFrom(null, { from: after(-1), until: after(1) }, { from: after(1), until: after(2) }),
    })
    .map((more) => reading(more)),
);
const anyRequest: fc.Arbitrary<GateRequest> = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS', ''),
  door: fc.constantFrom('page' as const, 'join' as const),
  wantsHtml: fc.boolean(),
  tokenInUrl: fc.boolean(),
});

describe('several credentials', () => {
  test('their order and number change nothing, and the best of them alone says the same', () => {
    fc.assert(
      fc.property(
        anyRequest,
        fc.array(anyCredential, { minLength: 1, maxLength: 4 }),
        anyWhere,
        anyReading,
        (request, credentials, where, what) => {
          const verdict = verdictOf(request, credentials, where, what);
          expect(verdictOf(request, [...credentials].reverse(), where, what)).toEqual(verdict);
          expect(verdictOf(request, [...credentials, ...credentials], where, what)).toEqual(verdict);
          expect(credentials.map((one) => verdictOf(request, [one], where, what))).toContainEqual(verdict);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('one more never takes away what the others opened', () => {
    fc.assert(
      fc.property(
        anyRequest,
        fc.array(anyCredential, { maxLength: 3 }),
        anyCredential,
        anyWhere,
        anyReading,
        (request, credentials, more, where, what) => {
          const before = verdictOf(request, credentials, where, what);
          const now = verdictOf(request, [...credentials, more], where, what);
          if (before.status === 200 || before.status === 303)
            expect([before.status, now.status]).toEqual([before.status, before.status]);
          // Who has no good signature learns the same of every slug.
          if ([...credentials, more].every(({ kind }) => kind === 'refused'))
            expect(now).toEqual(verdictOf(request, [...credentials, more], unknown, unavailable));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
