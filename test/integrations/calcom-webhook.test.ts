import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signCalcomWebhook, verifyCalcomSignature } from '../../integrations/calcom/webhook.ts';
import {
  ageOf,
  type CalcomWebhook,
  isBookingTrigger,
  parseCalcomWebhook,
  toAppointmentEvent,
  withEnding,
} from '../../integrations/calcom/webhook-body.ts';
import type { ProviderAppointment } from '../../integrations/scheduling/provider.ts';
import type { AppointmentEvent } from '../../workflows/contract/events.ts';
import type { AppointmentUri, Instant, Millis } from '../../workflows/contract/values.ts';
import type { SessionState } from '../../workflows/policy/state.ts';
import { hear } from '../../workflows/policy/v1/facts.ts';
import { type CalcomFixture, calcomFixtures, changedFixture, readCalcomFixture } from './calcom-fixtures.ts';

const secret = 'test-webhook-secret';
const OLD = 'calcom:bookings/bFJeNb2uX8ANpT3JL5EfXw';
const NEW = 'calcom:bookings/nEwUid2uX8ANpT3JL5EfXw';
const at = (text: string): number => Date.parse(text);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function parsed(body: Buffer): CalcomWebhook {
  const webhook = parseCalcomWebhook(body);
  if (webhook === undefined) throw new Error('not read');
  return webhook;
}

const read = (name: CalcomFixture): CalcomWebhook => parsed(readCalcomFixture(name));

describe('the signature', () => {
  const body = Buffer.from('{"triggerEvent":"PING"}');
  const signature = 'f31c3d1f4fabe9d79d9c6d7a7d7e5f53e8a3e4a1f2bb8be0ad0f6d1a4b5b5d9b';
  const good = signCalcomWebhook(body, secret);
  const verify = (header: string | undefined, key = secret) =>
    verifyCalcomSignature({ header, body, secret: key });

  test('is the hex HMAC-SHA256 of the raw bytes', () => {
    // RFC 4231, test case 2.
    expect(signCalcomWebhook(Buffer.from('what do ya want for nothing?'), 'Jefe')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  test.each([
    ['as sent', good, true],
    ['upper-case hex', good.toUpperCase(), true],
    ['of something else', signature, false],
    ['none', undefined, false],
    ['empty', '', false],
    ['what is sent when there is no secret', 'no-secret-provided', false],
    ['cut', good.slice(0, 62), false],
    ['with a tail', `${good}00`, false],
    ['no hex', 'g'.repeat(64), false],
    ['with a prefix', `sha256=${good}`, false],
  ])('%s', (_, header, expected) => {
    expect(verify(header)).toBe(expected);
  });

  test('an empty secret verifies nothing', () => {
    expect(verify(signCalcomWebhook(body, ''), '')).toBe(false);
  });

  test('the raw bytes are signed, not what they mean', () => {
    const odd = Buffer.from('{ "triggerEvent":"PING",\t"n":1e2, "s":"\\u0041" }\n');
    const header = signCalcomWebhook(odd, secret);
    expect(verifyCalcomSignature({ header, body: odd, secret })).toBe(true);
    const same = Buffer.from(JSON.stringify(JSON.parse(odd.toString())));
    expect(verifyCalcomSignature({ header, body: same, secret })).toBe(false);
  });

  test('any changed byte or key is refused', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (bytes, where, flip) => {
          const original = Buffer.from(bytes);
          const header = signCalcomWebhook(original, secret);
          const tampered = Buffer.from(bytes);
          const index = where % tampered.length;
          tampered[index] = (tampered[index] ?? 0) ^ flip;
          expect(verifyCalcomSignature({ header, body: original, secret })).toBe(true);
          expect(verifyCalcomSignature({ header, body: tampered, secret })).toBe(false);
          expect(verifyCalcomSignature({ header, body: original, secret: `${secret}x` })).toBe(false);
        },
      ),
    );
  });
});

describe('what each body says', () => {
  test('BOOKING_CREATED tells everything', () => {
    expect(read('BOOKING_CREATED')).toEqual({
      trigger: 'BOOKING_CREATED',
      deliveryKey: `BOOKING_CREATED|bFJeNb2uX8ANpT3JL5EfXw|${at('2026-03-01T09:15:31.538Z')}`,
      saidAt: at('2026-03-01T09:15:31.538Z'),
      appointmentUri: OLD,
      replaces: null,
      reference: 'bk_01HZX4',
      ending: null,
      appointment: {
        uri: OLD,
        eventUri: OLD,
        createdAt: at('2026-03-01T09:15:31.538Z'),
        startsAt: at('2026-03-28T09:00:00Z'),
        endsAt: at('2026-03-28T10:00:00Z'),
        status: 'active',
        rescheduled: false,
        replaces: null,
        replacedBy: null,
        noShow: false,
        cancellation: null,
        rescheduleUrl: 'https://cal.example.test/reschedule/bFJeNb2uX8ANpT3JL5EfXw',
        cancelUrl: 'https://cal.example.test/booking/bFJeNb2uX8ANpT3JL5EfXw?cancel=true',
        joinUrl: 'https://cal.example.test/video/bFJeNb2uX8ANpT3JL5EfXw',
        timeZone: 'Europe/Berlin',
        reference: 'bk_01HZX4',
        campaign: null,
      },
    });
  });

  test('BOOKING_RESCHEDULED is a new booking that names the old one', () => {
    const webhook = read('BOOKING_RESCHEDULED');
    expect(webhook).toMatchObject({ appointmentUri: NEW, replaces: OLD, reference: 'bk_01HZX4' });
    expect(webhook.appointment).toMatchObject({
      uri: NEW,
      replaces: OLD,
      startsAt: at('2026-03-30T08:00:00Z'),
      endsAt: at('2026-03-30T09:00:00Z'),
    });
  });

  test('BOOKING_CANCELLED has no reference, so Cal.com is asked; who and when it tells itself', () => {
    expect(read('BOOKING_CANCELLED')).toEqual({
      trigger: 'BOOKING_CANCELLED',
      deliveryKey: `BOOKING_CANCELLED|bFJeNb2uX8ANpT3JL5EfXw|${at('2026-03-20T12:00:00Z')}`,
      saidAt: at('2026-03-20T12:00:00Z'),
      appointmentUri: OLD,
      replaces: null,
      reference: null,
      ending: { by: 'client', asksToReschedule: false },
      appointment: null,
    });
    expect(read('BOOKING_CANCELLED.request_reschedule').ending).toEqual({
      by: 'host',
      asksToReschedule: true,
    });
  });

  test('BOOKING_NO_SHOW_UPDATED names the booking as no other does', () => {
    expect(read('BOOKING_NO_SHOW_UPDATED')).toMatchObject({
      appointmentUri: OLD,
      saidAt: at('2026-03-28T10:30:02.774Z'),
      appointment: null,
    });
  });

  test('MEETING_ENDED is flat, and its createdAt is the booking’s', () => {
    expect(read('MEETING_ENDED')).toMatchObject({
      deliveryKey: 'MEETING_ENDED|00000000-0000-5000-8000-000000000000',
      saidAt: at('2026-03-28T10:00:00Z'),
      appointmentUri: OLD,
      reference: 'bk_01HZX4',
      appointment: null,
    });
  });

  test.each(['BOOKING_PAID', 'BOOKING_PAYMENT_INITIATED'] as const)(
    '%s is not of a booking’s course',
    (name) => {
      expect(parseCalcomWebhook(readCalcomFixture(name))).toBeUndefined();
      expect(isBookingTrigger(name)).toBe(false);
    },
  );

  test.each(
    calcomFixtures
      .filter((name) => isBookingTrigger(name.split('.')[0] ?? ''))
      .map((name) => [name, read(name).deliveryKey] as const),
  )('%s has a delivery key of its own: %s', (name, key) => {
    const others = calcomFixtures
      .filter((one) => one !== name)
      .map((one) => {
        return parseCalcomWebhook(readCalcomFixture(one))?.deliveryKey;
      });
    // The two cancellations are of one booking in one instant: they are two forms of one message.
    if (!name.startsWith('BOOKING_CANCELLED')) expect(others).not.toContain(key);
    const again = Buffer.from(`${readCalcomFixture(name).toString()}\n`);
    expect(parsed(again).deliveryKey).toBe(key);
  });

  test.each([
    ['no JSON', Buffer.from('<html>')],
    ['an array', Buffer.from('[]')],
    ['a template’s words', Buffer.from('{"content":"A new event has been scheduled"}')],
    [
      'an unknown trigger',
      Buffer.from('{"triggerEvent":"FORM_SUBMITTED","createdAt":"2026-03-01T09:15:31Z"}'),
    ],
    ['no uid', changedFixture('BOOKING_CREATED', { uid: undefined })],
    ['a time that is none', changedFixture('BOOKING_CREATED', { startTime: 'tomorrow' })],
    ['a time without a zone', changedFixture('BOOKING_CREATED', { startTime: '2026-03-28T09:00:00' })],
    ['no instant of its own', changedFixture('BOOKING_CANCELLED', {}, { createdAt: undefined })],
    ['a no-show without a booking', changedFixture('BOOKING_NO_SHOW_UPDATED', { bookingUid: '' })],
  ])('is not read: %s', (_, body) => {
    expect(parseCalcomWebhook(body)).toBeUndefined();
  });

  test.each(['2026-03-28T09:00:00Z', '2026-03-28T09:00:00.000Z', '2026-03-28T10:00:00+01:00'])(
    'times are read as they are written: %s',
    (startTime) => {
      const { appointment } = parsed(changedFixture('BOOKING_CREATED', { startTime }));
      expect(appointment?.startsAt).toBe(at('2026-03-28T09:00:00Z'));
    },
  );

  test('without metadata Cal.com is asked; with metadata of others there is no reference', () => {
    expect(parsed(changedFixture('BOOKING_CREATED', { metadata: undefined })).appointment).toBeNull();
    const strange = parsed(changedFixture('BOOKING_CREATED', { metadata: { bookingRef: 7, campaign: '' } }));
    expect(strange.appointment).toMatchObject({ reference: null, campaign: null });
    expect(strange.reference).toBeNull();
  });

  test.each(['host@example.test', 'ada@example.test', 'somebody@example.test', '', null, undefined])(
    'cancelled in the name of %s: anybody can write it there, so it was the client',
    (cancelledBy) => {
      expect(parsed(changedFixture('BOOKING_CANCELLED', { cancelledBy })).ending?.by).toBe('client');
    },
  );

  test('a join link is only what a browser opens', () => {
    const of = (payload: Record<string, unknown>) =>
      parsed(changedFixture('BOOKING_CREATED', { metadata: {}, ...payload })).appointment?.joinUrl;
    expect(of({ location: 'https://meet.example.test/x' })).toBe('https://meet.example.test/x');
    expect(of({ location: 'integrations:daily' })).toBeNull();
    expect(of({ location: 'javascript:alert(1)' })).toBeNull();
    expect(of({ location: { value: 'attendeeInPerson' } })).toBeNull();
  });
});

describe('the age of a message', () => {
  const created = read('BOOKING_CREATED');
  test.each([
    [0, 'fresh'],
    [25 * HOUR, 'fresh'],
    [25 * HOUR + 1, 'stale'],
    [-5 * MINUTE, 'fresh'],
    [-5 * MINUTE - 1, 'early'],
  ] as const)('%d ms after it was said: %s', (ms, expected) => {
    expect(ageOf(created, created.saidAt + ms)).toBe(expected);
  });

  test('the end of a meeting is held against the meeting, not against when it was booked', () => {
    const ended = read('MEETING_ENDED');
    expect(ageOf(ended, at('2026-03-28T10:00:05Z'))).toBe('fresh');
    expect(ageOf(ended, at('2026-03-28T09:00:00Z'))).toBe('early');
    expect(ageOf(ended, at('2026-03-29T12:00:00Z'))).toBe('stale');
  });
});

const answered = (changes: Partial<ProviderAppointment> = {}): ProviderAppointment => ({
  uri: OLD,
  eventUri: OLD,
  createdAt: at('2026-03-01T09:15:31Z'),
  startsAt: at('2026-03-28T09:00:00Z'),
  endsAt: at('2026-03-28T10:00:00Z'),
  status: 'active',
  rescheduled: false,
  replaces: null,
  replacedBy: null,
  noShow: false,
  cancellation: null,
  rescheduleUrl: null,
  cancelUrl: null,
  joinUrl: null,
  timeZone: null,
  reference: null,
  campaign: null,
  ...changes,
});

function eventOf(body: Buffer, changes: Partial<ProviderAppointment> = {}): AppointmentEvent {
  const webhook = parsed(body);
  const receivedAt = (webhook.saidAt + 1500) as Instant;
  return toAppointmentEvent(webhook, webhook.appointment ?? answered(changes), receivedAt);
}

describe('what a webhook means', () => {
  const times = { startsAt: at('2026-03-28T09:00:00Z'), endsAt: at('2026-03-28T10:00:00Z') };

  test('a booking', () => {
    const occurredAt = at('2026-03-01T09:15:31.538Z');
    expect(eventOf(readCalcomFixture('BOOKING_CREATED'))).toEqual({
      type: 'appointment.booked',
      appointment: OLD,
      ...times,
      occurredAt,
      receivedAt: occurredAt + 1500,
    });
  });

  test.each(['BOOKING_RESCHEDULED', 'BOOKING_REQUESTED', 'BOOKING_CREATED'])(
    'a move, whatever it is called: %s',
    (triggerEvent) => {
      expect(eventOf(changedFixture('BOOKING_RESCHEDULED', {}, { triggerEvent }))).toMatchObject({
        type: 'appointment.moved',
        appointment: NEW,
        replaces: OLD,
        startsAt: at('2026-03-30T08:00:00Z'),
      });
    },
  );

  test('a request without an old booking is a booking: its time is held', () => {
    const body = changedFixture('BOOKING_CREATED', {}, { triggerEvent: 'BOOKING_REQUESTED' });
    expect(eventOf(body)).toMatchObject({ type: 'appointment.booked', appointment: OLD });
  });

  test('a cancellation, and a rejection, which is the host’s', () => {
    expect(eventOf(readCalcomFixture('BOOKING_CANCELLED'))).toMatchObject({
      type: 'appointment.cancelled',
      appointment: OLD,
      by: 'client',
      occurredAt: at('2026-03-20T12:00:00Z'),
    });
    const rejected = changedFixture('BOOKING_CANCELLED', {}, { triggerEvent: 'BOOKING_REJECTED' });
    expect(eventOf(rejected)).toMatchObject({ type: 'appointment.cancelled', by: 'host' });
  });

  test('a host who asks for another time has cancelled nothing', () => {
    const body = readCalcomFixture('BOOKING_CANCELLED.request_reschedule');
    expect(eventOf(body)).toMatchObject({
      type: 'appointment.reschedule-pending',
      appointment: OLD,
      replacedBy: null,
    });
  });

  test('a no-show is what is held of the client, not what the body says of somebody', () => {
    const body = readCalcomFixture('BOOKING_NO_SHOW_UPDATED');
    expect(eventOf(body, { noShow: true })).toMatchObject({ type: 'appointment.no-show' });
    expect(eventOf(body)).toMatchObject({ type: 'appointment.no-show-cleared' });
  });

  test('the end of a meeting', () => {
    expect(eventOf(readCalcomFixture('MEETING_ENDED'))).toMatchObject({
      type: 'appointment.ended',
      appointment: OLD,
      occurredAt: at('2026-03-28T10:00:00Z'),
    });
  });

  test('nothing occurs after it was heard of', () => {
    const webhook = read('BOOKING_CREATED');
    const receivedAt = (webhook.saidAt - 1) as Instant;
    const event = toAppointmentEvent(webhook, webhook.appointment ?? answered(), receivedAt);
    expect(event.occurredAt).toBe(receivedAt);
  });

  test('an answer from before the cancel, or that cannot tell a request from one, is put right', () => {
    const cancelled = withEnding(read('BOOKING_CANCELLED'), answered());
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      rescheduled: false,
      cancellation: { by: 'client', at: at('2026-03-20T12:00:00Z') },
    });
    const asked = withEnding(
      read('BOOKING_CANCELLED.request_reschedule'),
      answered({ status: 'cancelled', cancellation: { by: 'client', at: 0 } }),
    );
    expect(asked).toMatchObject({ rescheduled: true, cancellation: { by: 'host' } });
    expect(withEnding(read('BOOKING_CREATED'), answered())).toEqual(answered());
  });
});

describe('order and repetition', () => {
  const HALF_MS = HOUR as Millis;
  const THIRD = 'calcom:bookings/tHiRd2uX8ANpT3JL5EfXw';
  /** Booked, moved twice, then cancelled, or asked to be moved once more: each in its own webhook. */
  const life = (last: 'cancelled' | 'request'): readonly Buffer[] => [
    readCalcomFixture('BOOKING_CREATED'),
    readCalcomFixture('BOOKING_RESCHEDULED'),
    changedFixture(
      'BOOKING_RESCHEDULED',
      {
        uid: 'tHiRd2uX8ANpT3JL5EfXw',
        rescheduleUid: 'nEwUid2uX8ANpT3JL5EfXw',
        startTime: '2026-04-02T08:00:00Z',
        endTime: '2026-04-02T09:00:00Z',
      },
      { triggerEvent: 'BOOKING_REQUESTED', createdAt: '2026-03-21T12:00:00.301Z' },
    ),
    changedFixture(
      last === 'request' ? 'BOOKING_CANCELLED.request_reschedule' : 'BOOKING_CANCELLED',
      { uid: 'tHiRd2uX8ANpT3JL5EfXw' },
      { createdAt: '2026-03-22T12:00:00.000Z' },
    ),
  ];

  const now = at('2026-03-23T00:00:00Z') as Instant;

  function told(body: Buffer): AppointmentEvent {
    const webhook = parsed(body);
    return toAppointmentEvent(webhook, webhook.appointment ?? answered(), now);
  }

  const heard = (events: readonly AppointmentEvent[]): SessionState['appointments'] =>
    events.reduce<SessionState['appointments']>((facts, event) => hear(facts, event, now, HALF_MS), {});

  test.each(['cancelled', 'request'] as const)('any order, any number of times: %s', (last) => {
    const events = life(last).map(told);
    const straight = heard(events);
    const uris = [OLD, NEW, THIRD] as AppointmentUri[];
    expect(uris.map((uri) => straight[uri]?.replacedBy)).toEqual([NEW, THIRD, null]);
    expect(straight[THIRD as AppointmentUri]).toMatchObject(
      last === 'request'
        ? { cancelled: null, askedToMoveAt: at('2026-03-22T12:00:00Z') }
        : { cancelled: { by: 'client', at: at('2026-03-22T12:00:00Z') }, askedToMoveAt: null },
    );
    const again = fc.array(fc.constantFrom(...events), { maxLength: 6 });
    fc.assert(
      fc.property(fc.shuffledSubarray([...events], { minLength: events.length }), again, (order, more) => {
        expect(heard([...order, ...more])).toEqual(straight);
        expect(heard([...more, ...order])).toEqual(straight);
      }),
    );
  });
});
