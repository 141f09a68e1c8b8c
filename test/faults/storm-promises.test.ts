import { describe, expect, test } from '@jest/globals';
import { violationsOf } from '../../scripts/faults/checks/all.ts';
import type { Evidence } from '../../scripts/faults/evidence.ts';
import type { Poll } from '../../scripts/faults/watch.ts';
import { bookedDeeds, ENDS_AT, goodEvidence, KEY, STARTS_AT } from './support/evidence.ts';

const good = goodEvidence();
const [row] = good.rows;
const [run] = good.runs;
const [ticket] = good.tickets;
const stranger = 'strangerstrangerstrang';

const viewed = (change: Partial<NonNullable<Evidence['runs'][number]['view']>>): Partial<Evidence> => ({
  runs: good.runs.map((one) => ({ ...one, view: one.view && { ...one.view, ...change } })),
});
const passed = (door: Poll['door'], sentAt: number, answeredAt = sentAt): Partial<Evidence> => ({
  polls: [...good.polls, { key: KEY, door, sentAt, answeredAt, status: 200, passed: true }],
});
const grant = { orderId: 'order', reason: `latchkey:${KEY}`, status: 'SUCCESS', amount: '49.00' };
const cancelled = goodEvidence(bookedDeeds('cancelled-on-page', { cancelledOnPageAt: 150_000 }));

/** Each of these is one thing gone wrong, and the promise that must notice it. */
const broken: readonly (readonly [string, string, Partial<Evidence>])[] = [
  ['no row', 'one session per paid unit', { rows: [] }],
  ['no run', 'one session per paid unit', { runs: [] }],
  ['two runs', 'one session per paid unit', { runs: [...good.runs, ...good.runs] }],
  [
    'a session that nobody paid for',
    'one session per paid unit',
    { rows: row ? [row, { ...row, key: stranger }] : [] },
  ],
  [
    'a run that nobody paid for',
    'one session per paid unit',
    { runs: run ? [run, { ...run, workflowId: `session-${stranger}` }] : [] },
  ],
  ['another outcome', 'every session ends as its inputs demand', viewed({ outcome: 'expired' })],
  ['another phase', 'every session ends as its inputs demand', viewed({ phase: 'settling' })],
  [
    'a failed run',
    'every session ends as its inputs demand',
    { runs: run ? [{ ...run, status: 'FAILED' }] : [] },
  ],
  [
    'a row that lags behind',
    'every session ends as its inputs demand',
    { rows: row ? [{ ...row, startState: 'started' }] : [] },
  ],
  [
    'needless attention',
    'every session ends as its inputs demand',
    viewed({ attention: [{ step: 'refund', code: 'refund-failed' }] }),
  ],
  [
    'a story that got stuck',
    'every session ends as its inputs demand',
    { deeds: [bookedDeeds('completed', { stuck: 'not seen within 150 s: a booking' })] },
  ],
  ['no ticket', 'one ticket, written once', { tickets: [] }],
  ['two tickets', 'one ticket, written once', { tickets: ticket ? [ticket, { ...ticket, mails: [] }] : [] }],
  ['an open ticket', 'one ticket, written once', { tickets: ticket ? [{ ...ticket, state: 'open' }] : [] }],
  [
    'a closing note twice',
    'one ticket, written once',
    { tickets: ticket ? [{ ...ticket, notes: [...ticket.notes, 'closed'] }] : [] },
  ],
  [
    'a mail twice',
    'one mail each',
    { tickets: ticket ? [{ ...ticket, mails: [...ticket.mails, 'booked'] }] : [] },
  ],
  ['no link', 'one mail each', { tickets: ticket ? [{ ...ticket, mails: ['booked'] }] : [] }],
  [
    'a mail that is not due',
    'one mail each',
    { tickets: ticket ? [{ ...ticket, mails: [...ticket.mails, 'expired'] }] : [] },
  ],
  ['no route', 'one route, made and gone', { routesSeen: new Set() }],
  ['a route that stayed', 'one route, made and gone', { routesLeft: new Set([`sess-${KEY}`]) }],
  ['a refund that is not due', 'one refund each', { grants: [grant] }],
  ['money that is gone', 'the books balance', { orders: [{ orderId: 'order', charged: '0', units: 1 }] }],
  ['a webhook taken and lost', 'no 2xx webhook is missing', { inbox: [] }],
  [
    'a webhook that waits',
    'no 2xx webhook is missing',
    { inbox: good.inbox.map((one) => ({ ...one, status: 'stored' })) },
  ],
  [
    'a webhook that never came through',
    'every webhook arrives',
    { webhooks: good.webhooks.map((one) => ({ ...one, attempts: [503, null] })) },
  ],
  ['the page open after the end', 'no gate is open when it must be closed', passed('page', ENDS_AT + 5000)],
  [
    'the join link open after the end',
    'no gate is open when it must be closed',
    passed('join', ENDS_AT + 5001),
  ],
  [
    'the join link open before its time',
    'no gate is open when it must be closed',
    passed('join', STARTS_AT - 15_002, STARTS_AT - 15_001),
  ],
  [
    'the page open after a revocation was confirmed',
    'no gate is open when it must be closed',
    { deeds: [bookedDeeds('revoked', { revokedAt: STARTS_AT - 1 })] },
  ],
  [
    'the page open long after the final gate was in the store',
    'no gate is open when it must be closed',
    { seenOver: new Map([[KEY, STARTS_AT - 2000]]) },
  ],
  [
    'a client who never saw the page',
    'every client gets in',
    { polls: good.polls.filter(({ door }) => door === 'join') },
  ],
  [
    'a client who never joined',
    'every client gets in',
    { polls: good.polls.filter(({ door }) => door === 'page') },
  ],
  [
    'a history that does not replay',
    'every history replays',
    { runs: run ? [{ ...run, replay: 'nondeterminism' }] : [] },
  ],
];

describe('the promises', () => {
  test('are kept by what is as it should be', () => {
    expect(violationsOf(good)).toEqual([]);
  });

  test.each(broken)('%s: noticed by "%s"', (_what, promise, change) => {
    const noticed = violationsOf({ ...good, ...change }).map((violation) => violation.promise);
    expect(noticed).toContain(promise);
  });

  test('a pass that was sent in time may be answered later', () => {
    expect(violationsOf({ ...good, ...passed('page', ENDS_AT + 4999, ENDS_AT + 6000) })).toEqual([]);
    expect(violationsOf({ ...good, ...passed('join', STARTS_AT - 15_100, STARTS_AT - 15_000) })).toEqual([]);
  });

  test('a gate that stays open is told once', () => {
    const polls = [1, 2, 3].flatMap((n) => passed('page', ENDS_AT + 5000 + n).polls?.slice(-1) ?? []);
    expect(violationsOf({ ...good, polls: [...good.polls, ...polls] })).toMatchObject([
      { session: KEY, seen: expect.stringContaining('3 times in all') as unknown },
    ]);
  });

  test.each([
    ['no refund', []],
    ['two refunds', [grant, grant]],
    ['a refund that failed', [{ ...grant, status: 'FAILURE' }]],
    ['somebody else’s refund', [{ ...grant, reason: `latchkey:${stranger}` }]],
  ] as const)('of a session cancelled in time: %s', (_what, grants) => {
    expect(violationsOf({ ...cancelled, grants }).map(({ promise }) => promise)).toContain('one refund each');
  });
});
