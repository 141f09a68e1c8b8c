import { describe, expect, test } from '@jest/globals';
import type { Booked, Deeds } from '../../scripts/faults/deeds.ts';
import { demandOf } from '../../scripts/faults/demand.ts';
import { mailsDue, topicOf } from '../../scripts/faults/mails.ts';
import { bookedDeeds, ENDS_AT, STARTS_AT } from './support/evidence.ts';

const [first] = bookedDeeds().booked;
const second = (change: Partial<Booked> = {}): Booked => ({
  uri: 'A2',
  at: 110_000,
  startsAt: 230_000,
  endsAt: 234_500,
  replaces: null,
  ...change,
});
const both = (change: Partial<Booked> = {}): Pick<Deeds, 'booked'> => ({
  booked: first ? [first, second(change)] : [],
});
const move = (allowed: boolean) => both({ replaces: { uri: 'A1', allowed } });
const fixed = { startsAt: STARTS_AT, endsAt: ENDS_AT };
const cancelledThere = [{ uri: 'A1', at: 105_000 }];

describe('what the deeds demand', () => {
  test.each<[string, Deeds, { outcome: string; refund: boolean; shutFrom: number | null }]>([
    ['booked', bookedDeeds(), { outcome: 'completed', refund: false, shutFrom: ENDS_AT + 5000 }],
    [
      'moved with leave',
      bookedDeeds('moved', move(true)),
      { outcome: 'completed', refund: false, shutFrom: 239_500 },
    ],
    [
      'moved late, approved',
      bookedDeeds('late-approved', { ...move(false), lateChange: 'approved' }),
      { outcome: 'completed', refund: false, shutFrom: 239_500 },
    ],
    [
      'moved late, the approval refused',
      bookedDeeds('late-approved', { ...move(false), lateChange: 'refused' }),
      { outcome: 'completed', refund: false, shutFrom: 239_500 },
    ],
    [
      'cancelled at the provider, and booked again',
      bookedDeeds('rebooked', { ...both(), cancelledThere }),
      { outcome: 'completed', refund: false, shutFrom: 239_500 },
    ],
    [
      'cancelled at the provider, where that ends it',
      bookedDeeds('cancelled-at-provider', { product: 'ending', cancelledThere }),
      { outcome: 'cancelled', refund: true, shutFrom: null },
    ],
    [
      'cancelled on the page',
      bookedDeeds('cancelled-on-page', { cancelledOnPageAt: 120_000 }),
      { outcome: 'cancelled', refund: true, shutFrom: null },
    ],
    [
      'never booked',
      bookedDeeds('expired', { product: 'expiring', booked: [] }),
      { outcome: 'expired', refund: true, shutFrom: null },
    ],
    [
      'refunded by the shop',
      bookedDeeds('shop-refunded', { shopEndedAt: 90_000, booked: [] }),
      { outcome: 'refunded', refund: false, shutFrom: null },
    ],
    [
      'marked as missed',
      bookedDeeds('no-show', { product: 'missed', noShowAt: STARTS_AT }),
      { outcome: 'no-show', refund: false, shutFrom: ENDS_AT + 5000 },
    ],
    [
      'with a time of its own',
      bookedDeeds('fixed-time', { fixed, booked: [] }),
      { outcome: 'completed', refund: false, shutFrom: ENDS_AT + 5000 },
    ],
    [
      'with a time that had passed when it was taken in',
      bookedDeeds('fixed-time', { fixed, fixedWasPast: true, booked: [second()] }),
      { outcome: 'completed', refund: false, shutFrom: 239_500 },
    ],
  ])('%s', (_what, deeds, demand) => {
    expect(demandOf(deeds)).toMatchObject(demand);
  });

  test('a late change that was declined leaves something to look at, and one mail', () => {
    const declined = bookedDeeds('late-declined', move(false));
    const demand = demandOf(declined);
    expect(demand.attention).toEqual(['late-change-declined-but-moved']);
    expect(mailsDue(declined, demand)).toMatchObject({
      moved: { least: 0, most: 1 },
      'late-change-declined-but-moved': { least: 1, most: 1 },
      'late-change-approved': { least: 0, most: 0 },
    });
  });

  test('a client whose access was revoked does not join', () => {
    expect(demandOf(bookedDeeds('revoked')).joins).toBe(true);
    expect(demandOf(bookedDeeds('revoked', { revokedAt: 1 })).joins).toBe(false);
  });

  test('a client who came in the last moment need not have joined', () => {
    expect(demandOf(bookedDeeds('fixed-time', { openedAt: ENDS_AT })).joins).toBe(false);
  });
});

describe('the topic of an article, by its subject', () => {
  test.each([
    ['Your session: Consulting session', 'link'],
    ['Your session is booked: Consulting session', 'booked'],
    ['Your session begins in 15 seconds: Consulting session', 'reminder'],
    ['Session opened', 'opened'],
    ['Your session has ended', 'closed'],
    ['Something else', 'unknown'],
  ])('%s', (subject, topic) => {
    expect(topicOf(subject)).toBe(topic);
  });
});
