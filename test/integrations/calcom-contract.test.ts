import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { bookingUri } from '../../integrations/calcom/booking-uri.ts';
import { createCalcomClient } from '../../integrations/calcom/client.ts';
import type { CalcomClient } from '../../integrations/calcom/contract.ts';
import { subscribedTriggers } from '../../integrations/calcom/subscription.ts';
import { contractAgainst } from './contract-subject.ts';
import { calcomTargets, type OpenCalcom } from './calcom-targets.ts';
import { codeOf, failureOf } from './failure-of.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const targets = calcomTargets(process.env);
const onlyCleans = contractAgainst(process.env) === 'clean';
if (targets.length === 0)
  describe.skip('Cal.com: not named, CALCOM_CONTRACT_API_KEY or CALCOM_CONTRACT_EVENT_TYPE_ID not set', () => {
    test('its contract', () => undefined);
  });

/** What every run calls its things by. */
const WEBHOOKS = 'https://example.com/latchkey-contract/';
const ATTENDEE = /^contract\+[0-9a-f]{8}@example\.com$/;

/** What sessions stand on, held against a Cal.com: what is true of the twin must be true of it. */
describe.each(targets)('$name', (target) => {
  let calcom: OpenCalcom | undefined;
  let client: CalcomClient;
  const run = randomUUID().slice(0, 8);
  /** With a plus, as many addresses have one. */
  const email = `contract+${run}@example.com`;
  const webhookUrl = `${WEBHOOKS}${run}`;
  let days = 60;

  const opened = (): OpenCalcom => {
    if (calcom === undefined) throw new Error('not open');
    return calcom;
  };

  async function api(method: string, path: string, version: string, body?: unknown) {
    const { apiUrl, apiKey } = opened();
    const answer = await fetch(apiUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        'cal-api-version': version,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json: unknown = await answer.json();
    return { status: answer.status, json };
  }

  /** A weekday's 10:00 UTC, another day each time. */
  function nextStart(): number {
    for (;;) {
      days += 1;
      const at = new Date(Date.now() + days * DAY);
      at.setUTCHours(10, 0, 0, 0);
      if (at.getUTCDay() % 6 !== 0) return at.getTime();
    }
  }

  async function book(marks: Record<string, string> = {}): Promise<{ uri: string; startsAt: number }> {
    const startsAt = nextStart();
    const { status, json } = await api('POST', '/v2/bookings', '2024-08-13', {
      start: new Date(startsAt).toISOString(),
      eventTypeId: Number(opened().eventTypeId),
      attendee: { name: 'Ada Example', email, timeZone: 'Europe/Berlin' },
      metadata: marks,
    });
    expect(status).toBe(201);
    const { data } = z.looseObject({ data: z.looseObject({ uid: z.string() }) }).parse(json);
    return { uri: bookingUri(data.uid), startsAt };
  }

  const found = async (uri: string) => {
    const appointment = await client.getAppointment(uri);
    if (appointment === undefined) throw new Error('not found');
    return appointment;
  };

  beforeAll(async () => {
    calcom = await target.open();
    const { apiUrl: baseUrl, webUrl, apiKey } = calcom;
    client = createCalcomClient({ baseUrl, webUrl, apiKey, timeoutMs: 15_000 });
  });

  /** Removes what this run and broken ones left. @returns how much that was. */
  async function removeOurs(): Promise<number> {
    const bookings = z.looseObject({
      data: z.array(
        z.looseObject({ uid: z.string(), attendees: z.array(z.looseObject({ email: z.string() })) }),
      ),
    });
    const upcoming = await api('GET', '/v2/bookings?status=upcoming&take=250', '2024-08-13');
    const booked = bookings
      .parse(upcoming.json)
      .data.filter(({ attendees }) => attendees.some((one) => ATTENDEE.test(one.email)));
    for (const { uid } of booked)
      await client.cancelAppointment(bookingUri(uid), 'The contract test is over.');
    const webhooks = z.looseObject({
      data: z.array(z.looseObject({ id: z.string(), subscriberUrl: z.string() })),
    });
    const listed = await api('GET', '/v2/webhooks', '2024-08-13');
    const hooks = webhooks.parse(listed.json).data.filter((one) => one.subscriberUrl.startsWith(WEBHOOKS));
    for (const { id } of hooks) await api('DELETE', `/v2/webhooks/${id}`, '2024-08-13');
    return booked.length + hooks.length;
  }

  afterAll(async () => {
    if (calcom === undefined) return;
    await removeOurs();
    await calcom.close();
  }, 60_000);

  if (onlyCleans) {
    test('leftovers of a broken run are removed', async () => {
      process.stderr.write(`Cal.com: ${await removeOurs()} removed\n`);
      expect(await removeOurs()).toBe(0);
    });
    return;
  }

  test('who we are, and the rules of our event type', async () => {
    const me = await client.me();
    expect(me.email).toContain('@');
    expect(me.timeZone).not.toBe('');
    const eventType = await client.readEventType(opened().eventTypeId);
    expect(eventType).toMatchObject({
      id: Number(opened().eventTypeId),
      needsConfirmation: false,
      seats: false,
    });
    expect(eventType?.durationMs).toBeGreaterThan(0);
    expect(await client.readEventType('999999999')).toBeUndefined();
  });

  test('a key that is not valid is told as such', async () => {
    const { apiUrl: baseUrl, webUrl } = opened();
    const stranger = createCalcomClient({ baseUrl, webUrl, apiKey: 'cal_wrong', timeoutMs: 15_000 });
    expect((await failureOf(stranger.me())).code).toBe('vendor-unauthorized');
  });

  test('a private link carries our marks and the client, and is another one each time', async () => {
    const facts = { reference: 'ref.sig', campaign: 'booking-1', name: 'Ada Example', email };
    const links = [
      await client.createSchedulingLink(opened().eventTypeId, facts),
      await client.createSchedulingLink(opened().eventTypeId, facts),
    ].map(({ bookingUrl }) => new URL(bookingUrl));
    for (const { pathname, searchParams } of links) {
      expect(pathname).toMatch(/^\/d\/[\w-]+\/[\w-]+$/);
      expect(Object.fromEntries(searchParams)).toEqual({
        'metadata[bookingRef]': 'ref.sig',
        'metadata[campaign]': 'booking-1',
        name: 'Ada Example',
        email,
      });
    }
    expect(links[0]?.pathname).not.toBe(links[1]?.pathname);
  });

  test('a private link can be taken back, until it is gone', async () => {
    const facts = { reference: 'ref.sig', campaign: 'booking-1', name: 'Ada Example', email };
    const { link } = await client.createSchedulingLink(opened().eventTypeId, facts);
    expect(link).toMatch(/^calcom:event-types\/\d+\/private-links\/[\w-]+$/);
    expect(await client.withdrawLink(link ?? '')).toBe('withdrawn');
    expect(await client.withdrawLink(link ?? '')).toBe('gone');
  });

  test('a booking is an appointment, with what it was marked with', async () => {
    const { uri, startsAt } = await book({ bookingRef: 'ref.sig', campaign: 'booking-1' });
    const uid = uri.slice('calcom:bookings/'.length);
    expect(await found(uri)).toMatchObject({
      uri,
      eventUri: uri,
      startsAt,
      status: 'active',
      rescheduled: false,
      replaces: null,
      replacedBy: null,
      noShow: false,
      cancellation: null,
      reference: 'ref.sig',
      campaign: 'booking-1',
      timeZone: 'Europe/Berlin',
      rescheduleUrl: `${opened().webUrl}/reschedule/${uid}`,
      cancelUrl: `${opened().webUrl}/booking/${uid}?cancel=true`,
    });
    expect(await client.readBooking(uri)).toMatchObject({ uid });
  });

  test.each(['calcom:bookings/doesNotExist12345678', 'https://api.calendly.com/scheduled_events/a', 'x'])(
    'an unknown appointment is undefined: %s',
    async (uri) => {
      expect(await client.getAppointment(uri)).toBeUndefined();
    },
  );

  test('a search finds all of one address, also what is cancelled, and nothing of others', async () => {
    const first = await book();
    const second = await book();
    await client.cancelAppointment(first.uri, 'The session was cancelled.');
    const all = await client.findAppointments({ email, since: Date.now() });
    const statuses = new Map(all.map(({ uri, status }) => [uri, status]));
    expect(statuses.get(first.uri)).toBe('cancelled');
    expect(statuses.get(second.uri)).toBe('active');
    expect(await client.findAppointments({ email: `no-${email}`, since: Date.now() })).toEqual([]);
    const later = await client.findAppointments({ email, since: second.startsAt });
    expect(later.map(({ uri }) => uri)).not.toContain(first.uri);
  });

  test('cancelling twice is cancelling', async () => {
    const { uri } = await book();
    await client.cancelAppointment(uri, 'The session was cancelled.');
    await client.cancelAppointment(uri, 'The session was cancelled.');
    const cancelled = await found(uri);
    expect(cancelled).toMatchObject({ status: 'cancelled', rescheduled: false, replacedBy: null });
    expect(cancelled.cancellation?.at).toBeGreaterThanOrEqual(cancelled.createdAt);
    expect((await failureOf(client.cancelAppointment('calcom:bookings/doesNotExist123', 'x'))).code).toBe(
      'vendor-not-found',
    );
  });

  test('moving makes a new booking that points back, and a repeat finds it', async () => {
    const old = await book({ bookingRef: 'ref.sig', campaign: 'booking-1' });
    const to = { startsAt: old.startsAt + 4 * HOUR, reason: 'The client asked for another time.' };
    const moved = await client.moveAppointment(old.uri, to);
    expect(moved).toMatchObject({
      startsAt: to.startsAt,
      status: 'active',
      replaces: old.uri,
      reference: 'ref.sig',
      campaign: 'booking-1',
    });
    expect(moved.uri).not.toBe(old.uri);
    expect(await found(old.uri)).toMatchObject({
      status: 'cancelled',
      rescheduled: true,
      replacedBy: moved.uri,
    });
    expect((await client.moveAppointment(old.uri, to)).uri).toBe(moved.uri);
    expect((await client.moveAppointment(moved.uri, to)).uri).toBe(moved.uri);

    const back = await client.moveAppointment(moved.uri, { ...to, startsAt: old.startsAt });
    expect(back).toMatchObject({ startsAt: old.startsAt, replaces: moved.uri, status: 'active' });
    // The move was made, whatever became of it later; one to yet another time was not.
    expect((await client.moveAppointment(old.uri, to)).uri).toBe(moved.uri);
    expect(await codeOf(client.moveAppointment(old.uri, { ...to, startsAt: to.startsAt + DAY }))).toBe(
      'vendor-conflict',
    );
  });

  test('what is cancelled or unknown cannot be moved, nor anything into the past', async () => {
    const { uri, startsAt } = await book();
    const past = { startsAt: Date.now() - DAY, reason: 'x' };
    expect((await failureOf(client.moveAppointment(uri, past))).code).toBe('vendor-rejected');
    await client.cancelAppointment(uri, 'The session was cancelled.');
    const to = { startsAt: startsAt + HOUR, reason: 'x' };
    expect(await codeOf(client.moveAppointment(uri, to))).toBe('vendor-rejected');
    expect(await codeOf(client.moveAppointment('calcom:bookings/doesNotExist123', to))).toBe(
      'vendor-not-found',
    );
  });

  test('the webhook is made, left alone, and put right', async () => {
    const webhook = { url: webhookUrl, secret: 'a'.repeat(40) };
    expect(await client.ensureWebhook(webhook)).toBe('was-missing');
    expect(await client.ensureWebhook(webhook)).toBe('none');
    const other = { ...webhook, secret: 'b'.repeat(40) };
    expect(await client.ensureWebhook(other)).toBe('had-other-secret');
    expect(await client.ensureWebhook(other)).toBe('none');

    const id = await heldId();
    const change = (body: unknown) => api('PATCH', `/v2/webhooks/${id}`, '2024-08-13', body);
    await change({ active: false });
    expect(await client.ensureWebhook(other)).toBe('was-disabled');
    await change({ triggers: ['BOOKING_CREATED'] });
    expect(await client.ensureWebhook(other)).toBe('had-other-events');
    await change({ triggers: [...subscribedTriggers, 'MEETING_STARTED'] });
    expect(await client.ensureWebhook(other)).toBe('had-other-events');
    expect(await heldId()).toBe(id);
    await change({ payloadTemplate: '{"content":"{{title}}"}' });
    expect(await client.ensureWebhook(other)).toBe('had-a-template');
    expect(await client.ensureWebhook(other)).toBe('none');
  });

  async function heldId(): Promise<string> {
    const { json } = await api('GET', '/v2/webhooks', '2024-08-13');
    const { data } = z
      .looseObject({ data: z.array(z.looseObject({ id: z.string(), subscriberUrl: z.string() })) })
      .parse(json);
    const held = data.filter(({ subscriberUrl }) => subscriberUrl === webhookUrl);
    expect(held).toHaveLength(1);
    return held[0]?.id ?? '';
  }

  test('two that make the webhook at once make one', async () => {
    const webhook = { url: webhookUrl, secret: 'c'.repeat(40) };
    await api('DELETE', `/v2/webhooks/${await heldId()}`, '2024-08-13');
    const changes = await Promise.all([client.ensureWebhook(webhook), client.ensureWebhook(webhook)]);
    expect(changes).toContain('was-missing');
    await heldId();
    expect(await client.ensureWebhook(webhook)).toBe('none');
  });
});
