import { describe, expect, test } from '@jest/globals';
import type { ProviderAppointment } from '../../integrations/scheduling/provider.ts';
import {
  type CalendlyWebhook,
  isInviteeEvent,
  parseCalendlyWebhook,
  toAppointmentEvent,
} from '../../integrations/calendly/webhook-body.ts';
import { toAppointmentTruth } from '../../integrations/scheduling/truth.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { type CalendlyFixture, calendlyFixtures, readCalendlyFixture } from './calendly-fixtures.ts';

const first =
  'https://api.calendly.com/scheduled_events/7f3c1d52-0b6e-4a0f-9f0a-1c2d3e4f5a01/invitees/2b9d7c10-55aa-4b7e-8e21-6d5c4b3a2901';
const second =
  'https://api.calendly.com/scheduled_events/7f3c1d52-0b6e-4a0f-9f0a-1c2d3e4f5a02/invitees/2b9d7c10-55aa-4b7e-8e21-6d5c4b3a2902';
const noShow = 'https://api.calendly.com/invitee_no_shows/6ee96ed4-83a3-4966-a278-cd19b3c02e09';
const late = Date.parse('2026-12-01T00:00:00Z') as Instant;
const at = (text: string) => Date.parse(text);

function parse(body: Buffer | string) {
  const webhook = parseCalendlyWebhook(Buffer.from(body));
  if (!webhook) throw new Error('not parsed');
  return webhook;
}

/** The appointment of a body that lacks nothing. */
function wholeOf(webhook: CalendlyWebhook): ProviderAppointment {
  if (!webhook.appointment) throw new Error('the body lacks something');
  return webhook.appointment;
}

function meaningOf(webhook: CalendlyWebhook, receivedAt: Instant = late) {
  return toAppointmentEvent(webhook, wholeOf(webhook), receivedAt);
}

function eventOf(name: CalendlyFixture, receivedAt: Instant = late) {
  return meaningOf(parse(readCalendlyFixture(name)), receivedAt);
}

/** A fixture with changes to its payload, and to its envelope. */
function changed(name: CalendlyFixture, payload: object, envelope: object = {}): string {
  const body: unknown = JSON.parse(readCalendlyFixture(name).toString());
  if (typeof body !== 'object' || body === null || !('payload' in body)) throw new Error('no payload');
  return JSON.stringify({ ...body, ...envelope, payload: { ...Object(body.payload), ...payload } });
}

describe('what each delivery means', () => {
  test('booked, at the instant the invitee was created', () => {
    expect(eventOf('invitee.created')).toEqual({
      type: 'appointment.booked',
      appointment: first,
      startsAt: at('2026-03-28T09:00:00Z'),
      endsAt: at('2026-03-28T10:00:00Z'),
      occurredAt: at('2026-03-01T09:15:30.118Z'),
      receivedAt: late,
    });
  });

  test('cancelled by the client, at the cancellation and not at the envelope', () => {
    expect(eventOf('invitee.canceled')).toEqual({
      type: 'appointment.cancelled',
      appointment: first,
      by: 'client',
      occurredAt: at('2026-03-20T12:00:00.510Z'),
      receivedAt: late,
    });
  });

  test('cancelled by the host', () => {
    expect(eventOf('invitee.canceled.by_host')).toMatchObject({ type: 'appointment.cancelled', by: 'host' });
  });

  test('the old half of a reschedule is no cancellation', () => {
    expect(eventOf('reschedule.1.canceled_old')).toEqual({
      type: 'appointment.reschedule-pending',
      appointment: first,
      replacedBy: second,
      occurredAt: at('2026-03-20T12:00:00.510Z'),
      receivedAt: late,
    });
  });

  test('a cancel that only names its new invitee is none either', () => {
    const webhook = parse(changed('reschedule.1.canceled_old', { rescheduled: false }));
    expect(meaningOf(webhook).type).toBe('appointment.reschedule-pending');
  });

  test('the new half moves the old one', () => {
    expect(eventOf('reschedule.2.created_new')).toEqual({
      type: 'appointment.moved',
      appointment: second,
      replaces: first,
      startsAt: at('2026-03-30T08:00:00Z'),
      endsAt: at('2026-03-30T09:00:00Z'),
      occurredAt: at('2026-03-20T12:00:00.301Z'),
      receivedAt: late,
    });
  });

  test('no-show set and cleared', () => {
    expect(eventOf('invitee_no_show.created')).toEqual({
      type: 'appointment.no-show',
      appointment: first,
      occurredAt: at('2026-03-28T10:30:01.902Z'),
      receivedAt: late,
    });
    expect(eventOf('invitee_no_show.deleted')).toEqual({
      type: 'appointment.no-show-cleared',
      appointment: first,
      occurredAt: at('2026-03-28T11:00:00Z'),
      receivedAt: late,
    });
  });

  test('the given name invitee.no_show is an alias, with the same delivery key', () => {
    const alias = parse(changed('invitee_no_show.created', {}, { event: 'invitee.no_show' }));
    expect(alias.event).toBe('invitee_no_show.created');
    expect(alias.deliveryKey).toBe(parse(readCalendlyFixture('invitee_no_show.created')).deliveryKey);
    expect(meaningOf(alias).type).toBe('appointment.no-show');
  });

  test.each(calendlyFixtures)('%s never occurred after it was received', (name) => {
    const receivedAt = at('2026-01-01T00:00:00Z') as Instant;
    expect(eventOf(name, receivedAt)?.occurredAt).toBe(receivedAt);
  });

  test('another event about an invitee means nothing to a session', () => {
    const body = changed('invitee.created', {}, { event: 'invitee.updated' });
    expect(parseCalendlyWebhook(Buffer.from(body))).toBeUndefined();
    expect(isInviteeEvent('invitee.updated')).toBe(false);
    expect(isInviteeEvent('invitee.no_show')).toBe(true);
  });
});

describe('delivery keys', () => {
  test('name the event, what it is about and its time', () => {
    const keys = calendlyFixtures.map((name) => parse(readCalendlyFixture(name)).deliveryKey);
    expect(keys).toEqual([
      `invitee.created|${first}|${at('2026-03-01T09:15:30.118Z')}`,
      `invitee.canceled|${first}|${at('2026-03-20T12:00:00.510Z')}`,
      `invitee.canceled|${first}|${at('2026-03-20T12:00:00.510Z')}`,
      `invitee.canceled|${first}|${at('2026-03-20T12:00:00.510Z')}`,
      `invitee.created|${second}|${at('2026-03-20T12:00:00.301Z')}`,
      `invitee_no_show.created|${noShow}|${at('2026-03-28T10:30:01.902Z')}`,
      `invitee_no_show.deleted|${first}|${at('2026-03-28T11:00:00Z')}`,
    ]);
  });

  test('a repeat with a new envelope time is the same booking', () => {
    const repeat = parse(changed('invitee.created', {}, { created_at: '2026-03-01T10:15:31.000000Z' }));
    expect(repeat.deliveryKey).toBe(parse(readCalendlyFixture('invitee.created')).deliveryKey);
  });

  test('mark, unmark, mark, unmark are four', () => {
    const marked = (uuid: string, time: string) =>
      changed('invitee_no_show.created', {
        no_show: { uri: `https://api.calendly.com/invitee_no_shows/${uuid}`, created_at: time },
      });
    const keys = [
      marked('n1', '2026-03-28T10:30:01.902713Z'),
      changed('invitee_no_show.deleted', {}, { created_at: '2026-03-28T11:00:00.000000Z' }),
      marked('n2', '2026-03-28T11:10:00.000001Z'),
      changed('invitee_no_show.deleted', {}, { created_at: '2026-03-28T11:20:00.000000Z' }),
    ].map((body) => parse(body).deliveryKey);
    expect(new Set(keys).size).toBe(4);
  });

  test('hold no personal data', () => {
    for (const name of calendlyFixtures) {
      expect(parse(readCalendlyFixture(name)).deliveryKey).not.toMatch(/ada|example/i);
    }
  });
});

describe('reading', () => {
  test('everything a session needs from an invitee', () => {
    expect(parse(readCalendlyFixture('invitee_no_show.created')).appointment).toEqual({
      uri: first,
      eventUri: 'https://api.calendly.com/scheduled_events/7f3c1d52-0b6e-4a0f-9f0a-1c2d3e4f5a01',
      createdAt: at('2026-03-01T09:15:30.118Z'),
      startsAt: at('2026-03-28T09:00:00Z'),
      endsAt: at('2026-03-28T10:00:00Z'),
      status: 'active',
      rescheduled: false,
      replaces: null,
      replacedBy: null,
      noShow: true,
      cancellation: null,
      rescheduleUrl: 'https://calendly.com/reschedulings/2b9d7c10-55aa-4b7e-8e21-6d5c4b3a2901',
      cancelUrl: 'https://calendly.com/cancellations/2b9d7c10-55aa-4b7e-8e21-6d5c4b3a2901',
      joinUrl: 'https://zoom.example.test/j/111',
      timeZone: 'Europe/Berlin',
      reference: 'bk_01HZX4.s1gN',
      campaign: null,
    });
  });

  test.each([
    ['unknown fields', { something_new: { deep: true } }],
    ['no no_show, no first_name', { no_show: undefined, first_name: undefined }],
    ['a location without a link', {}],
  ])('lenient about %s', (_, payload) => {
    expect(parse(changed('invitee.created', payload)).appointment).not.toBeNull();
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{"event":'],
    ['a string', '"invitee.created"'],
    ['no payload', '{"event":"invitee.created","created_at":"2026-03-01T09:15:31.000000Z"}'],
    [
      'another resource',
      '{"event":"routing_form_submission.created","created_at":"2026-03-01T09:15:31.000000Z","payload":{"uri":"x"}}',
    ],
    ['a time that is none', changed('invitee.created', { created_at: 'yesterday' })],
    ['a status that is none', changed('invitee.created', { status: 'maybe' })],
  ])('undefined for %s', (_, body) => {
    expect(parseCalendlyWebhook(Buffer.from(body))).toBeUndefined();
  });
});

describe('a body that lacks a part, as those of 2020 to 2022 do', () => {
  const eventWithout = (field: string) => ({
    scheduled_event: { ...Object(eventWithoutCancellation()), [field]: undefined },
  });
  const lacking: [string, object][] = [
    ['the event', { scheduled_event: undefined }],
    ['the event, which is null', { scheduled_event: null }],
    ['the start', eventWithout('start_time')],
    ['the end', eventWithout('end_time')],
    ['the event’s URI', eventWithout('uri')],
    ['tracking', { tracking: undefined }],
    ['the status', { status: undefined }],
    ['when it was made', { created_at: undefined }],
    ['whether it was rescheduled', { rescheduled: undefined }],
    ['what it replaced', { old_invitee: undefined }],
    ['what replaced it', { new_invitee: undefined }],
  ];

  test.each(lacking)('%s: Calendly must be asked, and nothing is guessed', (_, payload) => {
    const webhook = parse(changed('invitee.canceled', payload));
    expect(webhook.appointment).toBeNull();
    expect(webhook.inviteeUri).toBe(first);
  });

  test.each(lacking)('%s: a repeat has the same key, whatever its envelope says', (_, payload) => {
    for (const name of ['invitee.created', 'invitee.canceled'] as const) {
      const [one, repeat] = ['2026-03-20T12:00:00.000000Z', '2026-03-20T13:00:00.000000Z'].map(
        (created_at) => parse(changed(name, payload, { created_at })).deliveryKey,
      );
      expect(repeat).toBe(one);
    }
  });

  test('nothing but the invitee: it is still another message than any other event of that invitee', () => {
    const keys = ['invitee.created', 'invitee.canceled', 'invitee_no_show.created'].map(
      (event) =>
        parse(JSON.stringify({ event, created_at: '2026-03-20T12:00:00Z', payload: { uri: first } }))
          .deliveryKey,
    );
    expect(new Set(keys).size).toBe(3);
  });

  test('what Calendly answers completes it; the no-show keeps its own instant', () => {
    const webhook = parse(changed('invitee_no_show.created', { scheduled_event: undefined }));
    const answered = wholeOf(parse(readCalendlyFixture('invitee.created')));
    expect(toAppointmentEvent(webhook, { ...answered, noShow: true }, late)).toMatchObject({
      type: 'appointment.no-show',
      occurredAt: at('2026-03-28T10:30:01.902Z'),
    });
  });

  test('the reference and the event’s URI are told where they are there', () => {
    expect(parse(changed('invitee.created', { scheduled_event: undefined }))).toMatchObject({
      reference: 'bk_01HZX4.s1gN',
      eventUri: 'https://api.calendly.com/scheduled_events/7f3c1d52-0b6e-4a0f-9f0a-1c2d3e4f5a01',
    });
    const bare = parse(changed('invitee.created', { event: null, tracking: null, scheduled_event: null }));
    expect(bare).toMatchObject({ reference: null, eventUri: null });
  });
});

describe('truth', () => {
  const truth = (name: CalendlyFixture) => toAppointmentTruth(wholeOf(parse(readCalendlyFixture(name))));
  const cancelledAt = at('2026-03-20T12:00:00.510Z');

  test.each([
    ['invitee.created', { replaces: null, noShow: false, end: { kind: 'none' } }],
    ['invitee_no_show.created', { replaces: null, noShow: true, end: { kind: 'none' } }],
    ['invitee.canceled', { end: { kind: 'cancelled', by: 'client', at: cancelledAt } }],
    ['invitee.canceled.by_host', { end: { kind: 'cancelled', by: 'host', at: cancelledAt } }],
    ['reschedule.1.canceled_old', { end: { kind: 'replaced', replacedBy: second, at: cancelledAt } }],
    ['reschedule.2.created_new', { appointment: second, replaces: first, end: { kind: 'none' } }],
  ] as const)('%s', (name, expected) => {
    expect(truth(name)).toMatchObject(expected);
  });

  test('a cancelled invitee without its cancellation ended when it was last changed', () => {
    const body = changed('invitee.canceled', {
      cancellation: undefined,
      scheduled_event: eventWithoutCancellation(),
    });
    expect(toAppointmentTruth(wholeOf(parse(body))).end).toEqual({
      kind: 'cancelled',
      by: 'client',
      at: at('2026-03-20T12:00:00.523Z'),
    });
  });
});

function eventWithoutCancellation(): unknown {
  const body: unknown = JSON.parse(readCalendlyFixture('invitee.created').toString());
  return Object(Object(body).payload).scheduled_event;
}
