import { describe, expect, test } from '@jest/globals';
import { html } from '../../platform/html.ts';
import {
  type NoticeFacts,
  oneLine,
  renderMovedHere,
  renderNotice,
  renderOpening,
  renderReminder,
  ticketTitle,
} from '../../activities/notices.ts';
import { noticesDe } from '../../activities/messages/notices.de.ts';
import { noticesEn } from '../../activities/messages/notices.en.ts';
import { readableLength, readableTime, readableWait } from '../../activities/times.ts';
import type { TicketNote, TicketTopic } from '../../workflows/contract/effects.ts';
import type { LinkId } from '../../workflows/contract/values.ts';
import { ENGLISH } from '../support/english.ts';
import { instant } from './support/rows.ts';

const facts: NoticeFacts = {
  product: 'Tax & <script>alert(1)</script>',
  variant: '"60" min',
  orderNumber: "10'01",
  firstName: '<i>Zoë</i>',
  language: 'en',
  timeZone: 'Europe/Berlin',
  amount: '49.00',
  currency: 'USD',
  pageUrl: 'https://gateway.example/customer/s/slug',
  accessUrl: null,
  workflowId: 'session-k',
  runUrl: null,
  soldInShop: true,
  refused: [{ field: 'session.cutoff', value: '<img src=x onerror=1>', code: 'not-a-duration' }],
};

const note: TicketNote = {
  rev: 1,
  topic: 'booked',
  status: 'scheduled',
  state: 'open',
  toClient: true,
  clearAction: false,
  startsAt: instant('2026-12-01T10:00:00Z'),
  endsAt: instant('2026-12-01T11:00:00Z'),
  cutoffAt: instant('2026-11-30T10:00:00Z'),
  reason: null,
  linkId: 'k-1' as LinkId,
};

const topics = Object.keys(noticesEn.topics) as TicketTopic[];

describe('texts of tickets and mails', () => {
  test.each(topics)('%s escapes what came from outside, to client and agent', (topic) => {
    for (const toClient of [true, false]) {
      const { subject, body } = renderNotice({ ...note, topic, toClient, reason: '<b>odd</b>' }, facts);
      expect(subject).not.toMatch(/[\r\n]/);
      expect(body).not.toMatch(/<(script|i|b|img)\b/);
      expect(body).toContain('<p>');
    }
  });

  test('the first note escapes too and shows what was refused', () => {
    const { body } = renderOpening(facts, null);
    expect(body).toContain('&lt;img src=x onerror=1&gt;');
    expect(body).toContain('Tax &amp; &lt;script&gt;');
    expect(body).toContain('&quot;60&quot; min');
    expect(body).toContain('10&#39;01');
    expect(body).not.toMatch(/<(script|i|img)\b/);
  });

  test('agents get to the run where Temporal UI is known, and never by a link with a token', () => {
    const runUrl = 'https://temporal.example/namespaces/default/workflows/session-k';
    const link = `Run: <a href="${runUrl}">session-k</a>`;
    const known = { ...facts, runUrl, accessUrl: 'https://gateway.example/?token=abc' };
    for (const { body } of [
      renderOpening(known, null),
      renderMovedHere(known, '53001'),
      renderNotice({ ...note, toClient: false }, known),
    ]) {
      expect(body).toContain(link);
      expect(body).not.toContain('token');
    }
    expect(renderNotice(note, known).body).not.toContain('temporal.example');
    expect(renderOpening(facts, null).body).toContain('Run: <code>session-k</code>');
  });

  test('a ticket that takes another one’s place names it', () => {
    expect(renderOpening(facts, '53001').body).toContain('53001');
    expect(renderMovedHere(facts, '53001').body).toContain('53001');
    expect(renderMovedHere(facts, '53001').body).not.toMatch(/<(script|i|img)\b/);
  });

  test('a session of a shop that came to nothing says what that means for the stock, to agents', () => {
    const says = (reason: string | null, more: Partial<TicketNote & NoticeFacts> = {}) =>
      renderNotice(
        { ...note, topic: more.topic ?? 'closed', toClient: more.toClient ?? false, reason },
        { ...facts, soldInShop: more.soldInShop ?? true },
      ).body.includes('stays allocated');
    expect(['cancelled', 'expired', 'refunded'].map((reason) => says(reason))).toEqual([true, true, true]);
    expect(['completed', 'no-show', null].map((reason) => says(reason))).toEqual([false, false, false]);
    expect(says('cancelled', { soldInShop: false })).toBe(false);
    expect(says('cancelled', { toClient: true })).toBe(false);
    expect(says('cancelled', { topic: 'booked' })).toBe(false);
  });

  test('times stand in the session’s own zone, which is named', () => {
    const { body } = renderNotice(note, facts);
    expect(body).toContain('Start: Tuesday, 1 December 2026, 11:00 (Europe/Berlin, UTC+01:00)');
    expect(body).toContain('End: Tuesday, 1 December 2026, 12:00 (Europe/Berlin, UTC+01:00)');
    expect(body).toContain('Changes until: Monday, 30 November 2026, 11:00 (Europe/Berlin, UTC+01:00)');
  });

  test('no times, no list', () => {
    const { body } = renderNotice({ ...note, startsAt: null, endsAt: null, cutoffAt: null }, facts);
    expect(body).not.toContain('<ul>');
  });

  test('the link stands only where it is given', () => {
    const accessUrl = `${facts.pageUrl}?token=abc.def.ghi`;
    expect(renderNotice({ ...note, topic: 'link' }, { ...facts, accessUrl }).body).toContain(
      `href="${accessUrl}"`,
    );
    expect(renderNotice({ ...note, topic: 'link' }, facts).body).not.toContain('token');
    expect(
      renderNotice({ ...note, topic: 'link', toClient: false }, { ...facts, accessUrl }).body,
    ).not.toContain('token');
    expect(renderOpening({ ...facts, accessUrl }, null).body).not.toContain('token');
  });

  test('a mail about a session that is over does not lead to its page', () => {
    expect(renderNotice({ ...note, topic: 'cancelled' }, facts).body).not.toContain('href');
    expect(renderNotice({ ...note, topic: 'booked' }, facts).body).toContain(`href="${facts.pageUrl}"`);
  });

  test('agents read a code and what to do; clients never see a code', () => {
    const attention = { ...note, topic: 'attention', toClient: false, reason: 'vendor-forbidden' } as const;
    expect(renderNotice(attention, facts).body).toContain(
      '<code>vendor-forbidden</code>. Our credential lacks',
    );
    expect(renderNotice({ ...attention, toClient: true }, facts).body).not.toContain('vendor-forbidden');
    expect(renderNotice({ ...attention, reason: 'start-in-the-past' }, facts).body).toContain(
      'lies in the past',
    );
  });

  test('a reminder says how long before, in words', () => {
    expect(renderReminder(note, 3_600_000, facts).subject).toContain('Your session begins in 1 hour');
    expect(renderReminder(note, 86_400_000, facts).subject).toContain('24 hours');
  });

  test('the title names product and order and nobody', () => {
    expect(ticketTitle({ product: 'Tax\r\nBcc: x', orderNumber: '1001' })).toBe('Tax Bcc: x / order 1001');
    expect(ticketTitle({ product: 'x'.repeat(400), orderNumber: '1001' })).toHaveLength(250);
    expect(ticketTitle({ product: 'x'.repeat(400), orderNumber: '1001' })).toMatch(/ \/ order 1001$/);
  });

  test('one line', () => {
    expect(oneLine('a\u2028b\u0000c\n\td')).toBe('a b c d');
    expect(oneLine('äöü', 2)).toBe('äö');
  });
});

describe('times', () => {
  test.each([
    ['2026-12-01T10:00:00Z', 'Europe/Berlin', 'Tuesday, 1 December 2026, 11:00 (Europe/Berlin, UTC+01:00)'],
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', 'Sunday, 25 October 2026, 02:30 (Europe/Berlin, UTC+02:00)'],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', 'Sunday, 25 October 2026, 02:30 (Europe/Berlin, UTC+01:00)'],
    ['2026-03-29T01:00:00Z', 'Europe/Berlin', 'Sunday, 29 March 2026, 03:00 (Europe/Berlin, UTC+02:00)'],
    [
      '2026-12-01T10:00:00Z',
      'Australia/Lord_Howe',
      'Tuesday, 1 December 2026, 21:00 (Australia/Lord_Howe, UTC+11:00)',
    ],
    ['2026-12-01T10:00:00Z', 'UTC', 'Tuesday, 1 December 2026, 10:00 (UTC)'],
    ['2026-12-01T10:00:00Z', '<b>Nowhere</b>', 'Tuesday, 1 December 2026, 10:00 (UTC)'],
  ])('%s in %s', (at, zone, text) => {
    expect(readableTime(instant(at), zone, 'en')).toBe(text);
  });

  test.each([
    [3_600_000, '1 hour'],
    [86_400_000, '24 hours'],
    [172_800_000, '2 days'],
    [5_400_000, '90 minutes'],
    [1_000, '1 second'],
    [2_000, '2 seconds'],
    [1_500, '2 seconds'],
  ])('%d ms', (ms, text) => {
    expect(readableLength(ms)).toBe(text);
  });

  test('in German', () => {
    const at = instant('2026-12-01T10:00:00Z');
    expect(readableTime(at, 'Europe/Berlin', 'de')).toBe(
      'Dienstag, 1. Dezember 2026, 11:00 Uhr (Europe/Berlin, UTC+01:00)',
    );
    expect(readableWait(172_800_000, 'de')).toBe('in 2 Tagen');
    expect(readableWait(3_600_000, 'de')).toBe('in 1 Stunde');
  });
});

describe('a client who ordered in German', () => {
  const german: NoticeFacts = { ...facts, product: 'Steuern', variant: '', firstName: 'Zoë', language: 'de' };

  test.each(topics)('%s is told in German, its subject too', (topic) => {
    const { subject, body } = renderNotice({ ...note, topic }, german);
    expect(subject).toBe(`${noticesDe.topics[topic].subject}: Steuern`);
    expect(body).toContain('<p>Guten Tag Zoë,</p>');
    expect(body.replace(/https?:[^"<]*/g, '')).not.toMatch(ENGLISH);
  });

  test('times, price and reason are in German, too', () => {
    const { body } = renderNotice({ ...note, topic: 'refund', reason: 'refund-done' }, german);
    expect(body).toContain('Ihr Preis wurde zurückgezahlt.');
    expect(body).toMatch(/Betrag: 49,00\s\$/);
    expect(body).toContain('Steuern, Bestellung 10&#39;01');
    const booked = renderNotice(note, german).body;
    expect(booked).toContain('Beginn: Dienstag, 1. Dezember 2026, 11:00 Uhr (Europe/Berlin, UTC+01:00)');
    expect(booked).toContain('Die Seite Ihrer Sitzung: <a href="https://gateway.example/customer/s/slug">');
  });

  test('a reminder says how long it is until then', () => {
    expect(renderReminder(note, 172_800_000, german).subject).toBe(
      'Ihre Sitzung beginnt in 2 Tagen: Steuern',
    );
  });

  test.each(topics)('%s stays English for agents', (topic) => {
    const english = renderNotice({ ...note, topic, toClient: false }, { ...german, language: 'en' });
    expect(renderNotice({ ...note, topic, toClient: false }, german)).toEqual(english);
  });
});

test('html escapes values and keeps html', () => {
  expect(html`<p>${'<&>"\''}${html`<b>${1}</b>`}${[html`x`, html`${'<'}`]}</p>`.text).toBe(
    '<p>&lt;&amp;&gt;&quot;&#39;<b>1</b>x&lt;</p>',
  );
});
