import { describe, expect, test } from '@jest/globals';
import type { Gate } from '../../workflows/contract/session.ts';
import type { Instant, Interval, LinkId, SessionKey } from '../../workflows/contract/values.ts';
import { narrows } from '../../workflows/session/narrowing.ts';

const interval = (from: number, until: number): Interval => ({
  from: from as Instant,
  until: until as Instant,
});

const open: Gate = {
  sessionKey: 'k' as SessionKey,
  version: 1,
  state: 'live',
  access: 'granted',
  page: interval(0, 100),
  join: [interval(50, 60)],
  linkId: 'k-1' as LinkId,
};

describe('a gate narrows', () => {
  test.each<[string, Partial<Gate>, Partial<Gate>, boolean]>([
    ['when nothing changes', {}, {}, false],
    ['when it is over', {}, { state: 'over' }, true],
    ['when it was over already', { state: 'over' }, { state: 'over', page: null }, false],
    ['when access is revoked', {}, { access: 'revoked' }, true],
    ['when access is restored', { access: 'revoked' }, {}, false],
    ['when the first link is issued', { linkId: null }, {}, false],
    ['when another link takes its place', {}, { linkId: 'k-2' as LinkId }, true],
    ['when the link is revoked', {}, { linkId: null }, true],
    ['when the page opens', { page: null }, {}, false],
    ['when the page closes', {}, { page: null }, true],
    ['when the page ends earlier', {}, { page: interval(0, 99) }, true],
    ['when the page ends later', {}, { page: interval(0, 101) }, false],
    ['when the join link moves', {}, { join: [interval(51, 61)] }, true],
    ['when the join link opens a second time', {}, { join: [interval(50, 60), interval(70, 80)] }, false],
    [
      'when two intervals together cover the old one',
      {},
      { join: [interval(55, 70), interval(40, 55)] },
      false,
    ],
    ['when two intervals leave a gap', {}, { join: [interval(40, 54), interval(55, 70)] }, true],
    ['when the join link goes', {}, { join: [] }, true],
  ])('%s', (_name, before, after, expected) => {
    expect(narrows({ ...open, ...before }, { ...open, ...after })).toBe(expected);
  });
});
