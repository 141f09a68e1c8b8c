import { Script } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bookingWidget } from '../../api/pages/booking-widget.ts';
import { clientEntry } from '../../api/pages/history-entries.ts';
import { amountInWords } from '../../platform/money.ts';
import { lengthInWords, remainingInWords } from '../../api/pages/remaining.ts';
import { calendarFile, sequenceOf } from '../../api/pages/session-calendar.ts';
import type { SessionFacts } from '../../api/pages/session-facts.ts';
import { sessionScript } from '../../api/pages/session-script.ts';
import { nextTurn, waysOf } from '../../api/pages/session-ways.ts';
import { localStart, offsetsOf, readStart } from '../../api/pages/start-input.ts';
import { chosenZone, isZone, zoneCookie, zonesByRegion } from '../../api/pages/zone-choice.ts';
import type { PageRow } from '../../db/queries/session-page.ts';
import type { AppointmentUri, Instant, SessionKey } from '../../workflows/contract/values.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const plain = (text: string): string => text.replaceAll(/\s/g, ' ');

describe('spans and amounts in words', () => {
  test.each([
    [2 * DAY + 3 * HOUR + 59_000, 'in 2 days 3 hours', 'in 2 Tagen 3 Stunden'],
    [DAY, 'in 1 day', 'in 1 Tag'],
    [HOUR + 60_000, 'in 1 hour 1 minute', 'in 1 Stunde 1 Minute'],
    [90_000, 'in 1 minute 30 seconds', 'in 1 Minute 30 Sekunden'],
    [1, 'in 1 second', 'in 1 Sekunde'],
  ])('%d ms', (ms, en, de) => {
    expect([remainingInWords(ms, 'en'), remainingInWords(ms, 'de')]).toEqual([en, de]);
  });

  test('a length', () => {
    expect([lengthInWords(90 * 60_000, 'en'), lengthInWords(HOUR, 'de')]).toEqual([
      '1 hour 30 minutes',
      '1 Stunde',
    ]);
  });

  test.each([
    ['49.00', 'EUR', '€49.00', '49,00 €'],
    ['1234567890123.45', 'EUR', '€1,234,567,890,123.45', '1.234.567.890.123,45 €'],
    ['5000', 'JPY', 'JP¥5,000', '5.000 ¥'],
    ['0.10', 'USD', 'US$0.10', '0,10 $'],
    ['free', 'EUR', 'free EUR', 'free EUR'],
    ['1', 'no currency', '1 no currency', '1 no currency'],
  ])('%s %s', (amount, currency, en, de) => {
    expect(plain(amountInWords(amount, currency, 'en'))).toBe(en);
    expect(plain(amountInWords(amount, currency, 'de'))).toBe(de);
  });
});

describe('a new start from a form', () => {
  const now = Date.parse('2026-03-01T00:00:00Z');
  const read = (local: string, zone: string, which?: 'first' | 'second') =>
    readStart({ local, zone, which }, now);
  const at = (iso: string) => ({ ok: true, startsAt: Date.parse(iso) });

  test.each([
    ['2026-03-28T10:00', 'Europe/Berlin', '2026-03-28T09:00:00Z'],
    ['2026-03-30T10:00', 'Europe/Berlin', '2026-03-30T08:00:00Z'],
    ['2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59:00Z'],
    ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
    ['2026-12-24T10:00:00', 'America/New_York', '2026-12-24T15:00:00Z'],
    ['2026-10-04T02:30', 'Australia/Sydney', null],
    ['2026-10-04T02:15', 'Australia/Lord_Howe', null],
    ['2026-03-29T02:30', 'Europe/Berlin', null],
    ['2026-03-08T02:30', 'America/New_York', null],
  ])('%s in %s', (local, zone, iso) => {
    expect(read(local, zone)).toEqual(iso === null ? { ok: false, problem: 'gap' } : at(iso));
  });

  test('a time that comes twice must be said which', () => {
    expect(read('2026-10-25T02:30', 'Europe/Berlin')).toEqual({ ok: false, problem: 'twice' });
    expect(offsetsOf('2026-10-25T02:30', 'Europe/Berlin')).toEqual(['UTC+2', 'UTC+1']);
    expect(read('2026-10-25T02:30', 'Europe/Berlin', 'first')).toEqual(at('2026-10-25T00:30:00Z'));
    expect(read('2026-10-25T02:30', 'Europe/Berlin', 'second')).toEqual(at('2026-10-25T01:30:00Z'));
  });

  test.each([
    ['', 'Europe/Berlin', 'missing'],
    ['soon', 'Europe/Berlin', 'unreadable'],
    ['2026-13-01T10:00', 'Europe/Berlin', 'unreadable'],
    ['2026-12-01T10:00Z', 'Europe/Berlin', 'unreadable'],
    ['2026-12-01T10:00', 'Atlantis/Capital', 'zone'],
    ['2026-12-01T10:00', '+02:00', 'zone'],
    ['2026-02-28T10:00', 'Europe/Berlin', 'past'],
  ] as const)('%j in %s: %s', (local, zone, problem) => {
    expect(read(local, zone)).toEqual({ ok: false, problem });
  });

  test('what the field shows is read as the instant that it was made of, unless it comes twice', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'UTC'];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 * 365 * 24 * 4 }),
        fc.constantFrom(...zones),
        (quarter, zone) => {
          const instant = now + quarter * 15 * 60_000;
          const result = read(localStart(instant, zone), zone);
          if (!result.ok) expect(result.problem).toBe('twice');
          else expect(result.startsAt).toBe(instant);
        },
      ),
    );
  });
});

describe('time zones', () => {
  test.each(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'Asia/Calcutta'])(
    '%s is one, and is remembered',
    (zone) => {
      expect(isZone(zone)).toBe(true);
      const line = zoneCookie(zone);
      expect(chosenZone(`a=b; ${line.split(';')[0]}; c=d`)).toBe(zone);
      expect(line).toContain('Path=/customer;');
    },
  );

  test.each([
    '',
    'X',
    '+02:00',
    'Europe/Berlin\r\nSet-Cookie: a=b',
    '../../etc/passwd',
    'Mars/Base',
    5,
    null,
  ])('%j is none', (zone) => {
    expect(isZone(zone)).toBe(false);
  });

  test('a cookie that is no zone counts for nothing', () => {
    expect(chosenZone('latchkey_zone=TWFycy9CYXNl')).toBeUndefined();
    expect(chosenZone('latchkey_zone=%%%')).toBeUndefined();
  });

  test('every zone of the list can be chosen', () => {
    const all = [...zonesByRegion().values()].flat();
    expect(all.length).toBeGreaterThan(300);
    expect(all.filter((zone) => !isZone(zone))).toEqual([]);
  });
});

const now = Date.parse('2026-12-07T09:00:00Z');
const uri = (text: string) => text as AppointmentUri;
const factsOf = (more: Partial<SessionFacts> = {}): SessionFacts => ({
  phase: 'scheduled',
  outcome: null,
  startsAt: now + 48 * HOUR,
  endsAt: now + 49 * HOUR,
  cutoffAt: now + 24 * HOUR,
  bookingDeadline: null,
  appointment: uri('https://api.calendly.com/scheduled_events/E/invitees/I'),
  rebook: false,
  lateChangePending: false,
  lateDeadline: null,
  moveUntil: null,
  refund: 'none',
  join: [{ from: (now + 47 * HOUR) as Instant, until: (now + 50 * HOUR) as Instant }],
  current: true,
  ...more,
});
const may = (facts: SessionFacts, at = now): string =>
  Object.entries(waysOf(facts, at))
    .filter(([, value]) => value === true)
    .map(([name]) => name)
    .join(' ');

describe('what a client may do', () => {
  test.each([
    ['before the cutoff', {}, 0, 'reschedule cancel'],
    ['at the cutoff, the phase behind', {}, 24 * HOUR, ''],
    ['after it', { phase: 'locked' }, 25 * HOUR, 'askLate'],
    ['from the start on', { phase: 'locked' }, 48 * HOUR, ''],
    ['while a change is looked at', { phase: 'locked', lateChangePending: true }, 25 * HOUR, ''],
    ['once it was approved', { phase: 'locked', moveUntil: now + 48 * HOUR }, 25 * HOUR, 'reschedule'],
    [
      'unbooked',
      { phase: 'awaiting-booking', startsAt: null, cutoffAt: null, appointment: null },
      0,
      'book cancel',
    ],
    ['a time of the order’s', { appointment: null }, 0, 'book reschedule cancel'],
    ['handed over', { rebook: true }, 0, 'book reschedule cancel'],
    ['at Cal.com', { appointment: uri('calcom:bookings/u') }, 0, 'reschedule cancel nameStart'],
    ['while it opens', { phase: 'opening' }, 0, ''],
    ['afterwards', { phase: 'settling' }, 0, ''],
  ] as const)('%s', (_name, more, later, ways) => {
    expect(may(factsOf(more), now + later)).toBe(ways);
  });

  test('the way in opens and closes', () => {
    const at = (hours: number) => {
      const { joinFrom, joinUntil } = waysOf(factsOf(), now + hours * HOUR);
      return [joinFrom, joinUntil].map((instant) => instant && (instant - now) / HOUR);
    };
    expect([at(0), at(47), at(49.9), at(50)]).toEqual([
      [47, null],
      [null, 50],
      [null, 50],
      [null, null],
    ]);
  });

  test('the page turns at the next instant that changes it', () => {
    expect(nextTurn(factsOf(), now)).toBe(now + 24 * HOUR);
    expect(nextTurn(factsOf(), now + 24 * HOUR)).toBe(now + 47 * HOUR);
    expect(nextTurn(factsOf(), now + 50 * HOUR)).toBeNull();
  });
});

describe('the booking widget', () => {
  const origins = { calendly: 'https://calendly.com', calcom: 'https://cal.com' };
  const widget = (provider: 'calendly' | 'calcom', url: string | null) =>
    bookingWidget(provider, url, origins, 'Choose');

  test('Calendly’s: its own script, and a frame of its own', () => {
    const made = widget('calendly', 'https://calendly.com/d/x/60?utm_content=r.s&email=a%40b.c');
    expect(made?.frame?.needs).toEqual({
      outsideScripts: ['https://assets.calendly.com/assets/external/widget.js'],
      frames: ['https://calendly.com'],
    });
    expect(made?.frame?.body.text).toContain(
      'data-url="https://calendly.com/d/x/60?utm_content=r.s&amp;email=a%40b.c"',
    );
  });

  test('Cal.com’s: a frame, and no script of others', () => {
    const made = widget('calcom', 'https://cal.com/d/x/60-min?metadata[bookingRef]=r.s');
    expect(made?.frame?.needs).toEqual({ frames: ['https://cal.com'] });
    expect(made?.frame?.body.text).toContain(
      'data-frame="https://cal.com/d/x/60-min/embed?metadata[bookingRef]=r.s"',
    );
  });

  test.each([
    ['calendly', 'https://evil.example/d/x', true],
    ['calendly', 'https://cal.com/d/x', true],
    ['calcom', 'https://calendly.com/d/x', true],
    ['calendly', 'javascript:alert(1)', false],
    ['calendly', null, false],
  ] as const)('%s at %s is a plain link or nothing', (provider, url, isLink) => {
    expect(widget(provider, url)).toEqual(isLink ? { link: new URL(url ?? '').href, frame: null } : null);
  });
});

describe('the calendar file', () => {
  const row = {
    sessionKey: 'k'.repeat(22) as SessionKey,
    tenantName: 'Müller; & Söhne, "GmbH"',
    productName: 'Ein sehr langer Name, mit Komma; und Strichpunkt\nund einer zweiten Zeile',
    gateVersion: now,
  } as PageRow;
  const about = { pageUrl: 'https://gw.example/customer/s/slug', language: 'de', now } as const;
  const fileAt = (startsAt: number, cancelled = false, gateVersion = now) =>
    calendarFile({ ...row, gateVersion }, { startsAt, endsAt: startsAt + HOUR, cancelled }, about);
  /** Names and values, folded lines put together (RFC 5545 section 3.1). */
  const lines = (file: string): ReadonlyMap<string, string> =>
    new Map(
      file
        .replaceAll(/\r\n[ \t]/g, '')
        .split('\r\n')
        .filter((line) => line !== '')
        .map((line) => [line.slice(0, line.search(/[;:]/)), line.slice(line.indexOf(':') + 1)]),
    );

  test('is one event in UTC that names the page and nothing behind it', () => {
    const file = fileAt(Date.parse('2026-12-09T09:00:00Z'));
    const event = lines(file);
    expect(event.get('UID')).toBe(`${row.sessionKey}@gw.example`);
    expect(event.get('DTSTART')).toBe('20261209T090000Z');
    expect(event.get('DTEND')).toBe('20261209T100000Z');
    expect(event.get('DTSTAMP')).toBe('20261207T090000Z');
    expect(event.get('METHOD')).toBe('PUBLISH');
    expect(event.get('STATUS')).toBe('CONFIRMED');
    expect(event.get('SUMMARY')).toBe(
      'Ein sehr langer Name\\, mit Komma\\; und Strichpunkt\\nund einer zweiten Zeile – Müller\\; & Söhne\\, "GmbH"',
    );
    expect(event.get('DESCRIPTION')).toContain('Alles zu dieser Sitzung');
    expect(file).not.toMatch(/VALARM|ATTENDEE|token=/);
    for (const line of file.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  });

  test.each([
    ['2026-03-29T00:30:00Z', '20260329T003000Z', '20260329T013000Z'],
    ['2026-10-25T00:30:00Z', '20261025T003000Z', '20261025T013000Z'],
    ['2026-10-25T01:30:00Z', '20261025T013000Z', '20261025T023000Z'],
  ])('across a change of the clocks: %s', (iso, start, end) => {
    const event = lines(fileAt(Date.parse(iso)));
    expect([event.get('DTSTART'), event.get('DTEND')]).toEqual([start, end]);
  });

  test('keeps its UID, and its sequence rises from a move to the cancellation', () => {
    const versions = [now, now + 5000, now + 60_000];
    const files = versions.map((version, at) => lines(fileAt(now + at * DAY, at === 2, version)));
    expect(new Set(files.map((file) => file.get('UID'))).size).toBe(1);
    const sequences = files.map((file) => Number(file.get('SEQUENCE')));
    expect(sequences.toSorted((a, b) => a - b)).toEqual(sequences);
    expect(new Set(sequences).size).toBe(3);
    expect(files.map((file) => file.get('STATUS'))).toEqual(['CONFIRMED', 'CONFIRMED', 'CANCELLED']);
  });

  test('a sequence never falls, and is a number of 32 bits', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3.9e12, noNaN: true }), fc.nat(), (version, more) => {
        const [one, other] = [sequenceOf(version), sequenceOf(version + more)];
        expect(other).toBeGreaterThanOrEqual(one);
        expect(Number.isInteger(one) && one >= 0 && other < 2 ** 31).toBe(true);
      }),
    );
  });
});

test.each([
  ['opening.over', 'opened', 'opened'],
  ['clock.opened', 'opened', undefined],
  ['request.reschedule', 'reschedule-allowed', 'reschedule-begun'],
  ['appointment.moved', 'moved', 'moved'],
  ['effect.done', 'provider-says-moved', 'moved'],
  ['effect.done', 'half-reschedule-freed', 'freed'],
  ['clock.late-deadline', 'declined-by-default', 'late-declined'],
  ['effect.failed', 'vendor-timeout', undefined],
  ['operator.retry', 'step-retried', undefined],
  ['appointment.booked', 'repeated', undefined],
])('%s, %s is told to the client as %s', (event, reason, entry) => {
  expect(clientEntry({ seq: 1, at: new Date(), event, reason })).toBe(entry);
});

test('the page’s script is small, and can be written into a page', () => {
  expect(Buffer.byteLength(sessionScript)).toBeLessThan(3072);
  expect(sessionScript).not.toMatch(/<\/script|innerHTML|eval\(/i);
  expect(() => new Script(sessionScript)).not.toThrow();
});
