import { describe, expect, test } from '@jest/globals';
import {
  type Credential,
  decideGate,
  type GateReading,
  type GateRequest,
  type GateVerdict,
  type Route,
} from '../../api/gate/decision.ts';
import { after, gateOf, HOUR, KEY, linkId, NOW, OTHER_KEY } from './support/values.ts';

const holder = { sessionKey: KEY, linkId: linkId(1), tenantId: 1, clientId: 7 };
const held = (
  from: 'cookie' | 'bearer' | 'link' = 'cookie',
  more: Partial<typeof holder> = {},
): Credential => ({
  kind: 'held',
  from,
  holder: { ...holder, ...more },
});
const none: Credential = { kind: 'none' };
const forged: Credential = { kind: 'refused', reason: 'bad-signature' };
const unknown: Route = { kind: 'unknown' };
const route: Route = { kind: 'session', sessionKey: KEY, tenantId: 1, clientId: 7, linkDead: false };
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
  credential: Credential,
  route: Route,
  reading: GateReading,
  verdict: GateVerdict,
];

const over: GateReading = { kind: 'over' };
const closed: GateReading = { kind: 'closed' };
const unavailable: GateReading = { kind: 'unavailable' };
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
    held('link', { sessionKey: OTHER_KEY }),
    route,
    reading(),
    no('not-yours'),
  ],
  // Revoked.
  ['link revoked in the rows', page, held(), { ...route, linkDead: true }, reading(), login('revoked')],
  [
    'link revoked in the rows, program',
    program,
    held(),
    { ...route, linkDead: true },
    reading(),
    refuse('revoked'),
  ],
  ['link revoked in the rows, over', page, held(), { ...route, linkDead: true }, over, login('revoked')],
  ['link replaced', page, held(), route, reading({ linkId: linkId(2) }), login('revoked')],
  [
    'link replaced, program',
    program,
    held('bearer'),
    route,
    reading({ linkId: linkId(2) }),
    refuse('revoked'),
  ],
  [
    'link replaced, exchange',
    exchange,
    held('link'),
    route,
    reading({ linkId: linkId(2) }),
    login('revoked'),
  ],
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
  // Cannot tell, closed, over.
  ['stores away', page, held(), route, unavailable, { status: 503 }],
  ['stores away, exchange', exchange, held('link'), route, unavailable, { status: 503 }],
  ['run ended uncleanly', page, held(), route, closed, no('closed')],
  ['run ended uncleanly, exchange', exchange, held('link'), route, closed, no('closed')],
  ['over by the row', page, held(), route, over, { status: 410 }],
  ['over by the gate', page, held(), route, reading({ state: 'over' }), { status: 410 }],
  ['over, link let go', join, held(), route, reading({ state: 'over', linkId: null }), { status: 410 }],
  ['over, exchange', exchange, held('link'), route, reading({ state: 'over' }), { status: 410 }],
  // The page.
  ['page', page, held(), route, reading(), { status: 200, holder, access: 'page' }],
  ['page, program', program, held('bearer'), route, reading(), { status: 200, holder, access: 'page' }],
  ['page, form', post, held(), route, reading(), { status: 200, holder, access: 'page' }],
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
    { status: 200, holder, access: 'page' },
  ],
  [
    'page, last instant',
    page,
    held(),
    route,
    reading({ page: { from: after(-1), until: after(1) } }),
    { status: 200, holder, access: 'page' },
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
  [
    'join, open',
    join,
    held(),
    route,
    reading({ join: [{ from: NOW, until: after(1) }] }),
    { status: 200, holder, access: 'join' },
  ],
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
    { status: 200, holder, access: 'join' },
  ],
  // A token leaves the URL, whatever the door says, and only a token becomes a cookie.
  ['exchange', exchange, held('link'), route, reading(), { status: 303, exchange: holder }],
  [
    'exchange, program',
    { ...exchange, wantsHtml: false },
    held('link'),
    route,
    reading(),
    { status: 303, exchange: holder },
  ],
  [
    'exchange, HEAD',
    { ...exchange, method: 'HEAD' },
    held('link'),
    route,
    reading(),
    { status: 303, exchange: holder },
  ],
  [
    'exchange at the join link, early',
    { ...exchange, door: 'join' },
    held('link'),
    route,
    reading(),
    { status: 303, exchange: holder },
  ],
  [
    'exchange before payment',
    exchange,
    held('link'),
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
];

describe('may this request pass?', () => {
  test.each(rows)('%s', (_name, request, credential, where, what, verdict) => {
    expect(decideGate({ request, credential, route: where, reading: what, now: NOW })).toEqual(verdict);
  });

  test('every verdict is in the table', () => {
    expect(new Set(rows.map((row) => row[5].status))).toEqual(new Set([200, 302, 303, 401, 403, 410, 503]));
    expect(
      new Set(rows.flatMap(({ 5: verdict }) => (verdict.status === 403 ? [verdict.reason] : []))),
    ).toEqual(new Set(['not-yours', 'opening', 'not-booked', 'not-yet', 'no-longer', 'closed']));
  });

  test('200 needs a good signature, the session’s own route, a live link and an open door, all four', () => {
    for (const credential of [none, forged, held(), held('cookie', { clientId: 8 }), held('bearer')])
      for (const where of [unknown, route, { ...route, linkDead: true }])
        for (const what of [
          over,
          closed,
          unavailable,
          reading(),
          reading({ state: 'over' }),
          reading({ page: null }),
        ])
          for (const request of [page, program, post]) {
            const { status } = decideGate({ request, credential, route: where, reading: what, now: NOW });
            const passes =
              credential.kind === 'held' &&
              credential.holder.clientId === 7 &&
              where === route &&
              what.kind === 'gate' &&
              what.gate.state === 'live' &&
              what.gate.page !== null;
            expect(status === 200).toBe(passes);
          }
  });
});
