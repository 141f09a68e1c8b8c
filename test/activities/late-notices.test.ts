import { describe, expect, test } from '@jest/globals';
import { type NoticeFacts, renderNotice } from '../../activities/notices.ts';
import { ticketPriority } from '../../activities/tickets.ts';
import type { LateNote, TicketNote } from '../../workflows/contract/effects.ts';
import type { AppointmentUri } from '../../workflows/contract/values.ts';
import { instant } from './support/rows.ts';

const facts: NoticeFacts = {
  product: 'Consulting',
  variant: '60 min',
  orderNumber: '1001',
  firstName: 'Zoë',
  language: 'en',
  timeZone: 'UTC',
  amount: '49.00',
  currency: 'USD',
  pageUrl: 'https://gateway.example/customer/s/slug',
  accessUrl: null,
  soldInShop: true,
  workflowId: 'session-k',
  runUrl: null,
  refused: [],
};

const moved: LateNote = {
  kind: 'move',
  wanted: {
    appointment: 'https://api.calendly.com/scheduled_events/E2/invitees/I2' as AppointmentUri,
    startsAt: instant('2026-12-03T10:00:00Z'),
    endsAt: instant('2026-12-03T11:00:00Z'),
  },
  deadline: instant('2026-12-01T01:59:00Z'),
  byDefault: 'decline',
};

function render(topic: TicketNote['topic'], change: Partial<TicketNote> = {}): string {
  const note: TicketNote = {
    rev: 1,
    topic,
    status: 'late-change',
    state: 'open',
    toClient: false,
    clearAction: false,
    startsAt: instant('2026-12-01T10:00:00Z'),
    endsAt: instant('2026-12-01T11:00:00Z'),
    cutoffAt: instant('2026-11-30T10:00:00Z'),
    reason: null,
    linkId: null,
    ...change,
  };
  return renderNotice(note, facts).body;
}

describe('what agents read of a late change', () => {
  test.each(['late-change-requested', 'late-change-reminder'] as const)(
    '%s: both times, the appointment, how to answer, until when, and what happens otherwise',
    (topic) => {
      const body = render(topic, { late: moved });
      expect(body).toContain('Start: Tuesday, 1 December 2026, 10:00');
      expect(body).toContain('Start: Thursday, 3 December 2026, 10:00');
      expect(body).toContain('scheduled_events/E2/invitees/I2');
      expect(body).toContain('approve_change');
      expect(body).toContain('Answer until Tuesday, 1 December 2026, 01:59');
      expect(body).toContain('it is declined then');
    },
  );

  test('declined and already moved: which time holds, which appointment to move back, when it is settled', () => {
    const body = render('late-change-declined-but-moved', { late: moved });
    expect(body).toContain('Start: Tuesday, 1 December 2026, 10:00');
    expect(body).toContain('scheduled_events/E2/invitees/I2');
    expect(body).toContain('move the appointment below back');
    expect(body).toContain('late-change-declined-but-moved');
    expect(body).not.toContain('Answer until');
  });

  test('declined and already cancelled there: it is to be booked again', () => {
    const body = render('late-change-declined-but-moved', {
      late: { ...moved, kind: 'cancel', wanted: null },
    });
    expect(body).toContain('Book the session');
    expect(body).not.toContain('Wanted instead');
  });

  test('the client is told of none of that', () => {
    const body = render('late-change-declined-but-moved', { toClient: true, reason: 'declined-by-default' });
    expect(body).toContain('Start: Tuesday, 1 December 2026, 10:00');
    expect(body).not.toMatch(/invitees|skip|approve_change/);
  });

  test('a grace says that it was the one', () => {
    expect(render('late-change-approved', { toClient: true, reason: 'grace' })).toContain(
      'the one late change',
    );
  });

  test('a refund that waits names its amount and who decides', () => {
    const body = render('refund-approval');
    expect(body).toContain('49.00 USD');
    expect(body).toContain('refund/decision');
    expect(body).toContain('decideRefund');
  });
});

test.each([
  ['late-change-requested', '3 high'],
  ['late-change-reminder', '3 high'],
  ['late-change-declined-but-moved', '3 high'],
  ['refund-approval', '3 high'],
  ['late-change-approved', '2 normal'],
  ['late-change-declined', '2 normal'],
  ['late-change-withdrawn', '2 normal'],
  ['booked', undefined],
  ['closed', undefined],
] as const)('%s has priority %s', (topic, priority) => {
  expect(ticketPriority(topic)).toBe(priority);
});
