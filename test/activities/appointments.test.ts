import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ProviderAppointment } from '../../integrations/scheduling/provider.ts';
import { signReference } from '../../platform/reference.ts';
import type { TicketNote } from '../../workflows/contract/effects.ts';
import type { AppointmentUri, SessionKey } from '../../workflows/contract/values.ts';
import { toldAppointment } from '../support/told-appointment.ts';
import { vendorFailure } from './support/fakes.ts';
import { EMAIL, instant, NOW } from './support/rows.ts';
import { createWorld, linkKeys, type World } from './support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const startsAt = instant('2026-12-01T10:00:00Z');
const uriOf = (name: string) =>
  `https://api.calendly.com/scheduled_events/e-${name}/invitees/${name}` as AppointmentUri;

function appoint(name: string, more: Partial<ProviderAppointment> = {}): AppointmentUri {
  const uri = uriOf(name);
  const told = toldAppointment(
    { uri, createdAt: NOW, startsAt },
    {
      rescheduleUrl: `https://calendly.com/reschedulings/${name}`,
      cancelUrl: `https://calendly.com/cancellations/${name}`,
      reference: signReference(linkKeys, world.sessionKey),
      ...more,
    },
  );
  world.calendly.appointments.set(uri, told);
  return uri;
}

const moved = (from: string, to: string) => {
  appoint(from, {
    status: 'cancelled',
    rescheduled: true,
    replacedBy: uriOf(to),
    cancellation: { by: 'client', at: NOW },
  });
  appoint(to, { replaces: uriOf(from), startsAt: startsAt + 86_400_000, endsAt: startsAt + 90_000_000 });
};

const rows = () => world.dependencies.db.selectFrom('appointments').selectAll().orderBy('uri').execute();
const session = () =>
  world.dependencies.db
    .selectFrom('sessions')
    .selectAll()
    .where('session_key', '=', world.sessionKey)
    .executeTakeFirstOrThrow();

describe('makeBookingLink', () => {
  const make = () => world.activities.makeBookingLink({ sessionKey: world.sessionKey });

  test('stores a link with the signed reference and returns none', async () => {
    expect(await make()).toEqual({ kind: 'make-booking-link' });
    const url = new URL((await session()).booking_url ?? '');
    expect(url.origin + url.pathname).toBe('https://calendly.example/d/et-1-1/60-min');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      utm_content: signReference(linkKeys, world.sessionKey),
      utm_campaign: 'booking-1',
      name: 'Zoë Müller',
      email: EMAIL,
    });
  });

  test('twice, and five at once, is one link', async () => {
    await make();
    const first = (await session()).booking_url;
    await Promise.all(Array.from({ length: 5 }, make));
    expect((await session()).booking_url).toBe(first);
    expect(world.calendly.links).toHaveLength(1);
  });

  test('an answer that was lost: only the second link is handed out', async () => {
    world.calendly.trouble.after.push(vendorFailure('vendor-timeout'));
    await expect(make()).rejects.toMatchObject({ type: 'vendor-timeout' });
    expect((await session()).booking_url).toBeNull();
    await make();
    expect((await session()).booking_url).toContain('et-1-2');
  });

  test('after an appointment was made with it, a fresh one', async () => {
    await make();
    await world.activities.askProvider({ sessionKey: world.sessionKey, appointment: appoint('a') });
    await make();
    await make();
    expect(world.calendly.links).toHaveLength(2);
    expect((await session()).booking_url).toContain('utm_campaign=booking-2');
  });

  test('a provider that is not configured', async () => {
    const sessionKey = await world.another(1, { provider: 'calcom' });
    await expect(world.activities.makeBookingLink({ sessionKey })).rejects.toMatchObject({
      type: 'not-configured',
    });
  });
});

describe('askProvider', () => {
  const ask = (appointment: AppointmentUri | null) =>
    world.activities.askProvider({ sessionKey: world.sessionKey, appointment });

  test('one appointment, kept for the page, twice the same', async () => {
    const uri = appoint('a');
    const first = await ask(uri);
    expect(first.truth.appointments).toMatchObject([{ appointment: uri, startsAt, end: { kind: 'none' } }]);
    expect(await ask(uri)).toEqual(first);
    expect(await rows()).toMatchObject([
      { uri, session_key: world.sessionKey, reschedule_url: 'https://calendly.com/reschedulings/a' },
    ]);
  });

  test('follows what replaced it', async () => {
    moved('a', 'b');
    moved('b', 'c');
    const { truth } = await ask(uriOf('a'));
    expect(truth.appointments.map((one) => [one.appointment, one.end.kind])).toEqual([
      [uriOf('a'), 'replaced'],
      [uriOf('b'), 'replaced'],
      [uriOf('c'), 'none'],
    ]);
    expect(await rows()).toHaveLength(3);
  });

  test('a chain in a circle ends', async () => {
    appoint('a', { replacedBy: uriOf('b') });
    appoint('b', { replacedBy: uriOf('a') });
    expect((await ask(uriOf('a'))).truth.appointments).toHaveLength(2);
  });

  test('an unknown one is an empty truth', async () => {
    expect(await ask(uriOf('nobody'))).toEqual({
      kind: 'ask-provider',
      truth: { askedAt: NOW, appointments: [] },
    });
  });

  test('a search takes only what carries our signed reference', async () => {
    const own = appoint('own');
    appoint('none', { reference: null });
    appoint('forged', { reference: `${world.sessionKey}.AAAAAAAAAAA` });
    appoint('other', { reference: signReference(linkKeys, 'y'.repeat(22) as SessionKey) });
    const { truth } = await ask(null);
    expect(truth.appointments.map((one) => one.appointment)).toEqual([own]);
    expect(world.calendly.searches).toEqual([{ email: EMAIL, since: NOW }]);
    expect(await rows()).toHaveLength(1);
  });

  test('ids and instants only', async () => {
    appoint('a');
    expect(JSON.stringify(await ask(null))).not.toMatch(/example\.com|zoe|calendly\.com\/(re|can)/i);
  });
});

describe('cancelAppointment', () => {
  test('twice is one', async () => {
    const appointment = appoint('a');
    for (const _ of [1, 2])
      expect(await world.activities.cancelAppointment({ sessionKey: world.sessionKey, appointment })).toEqual(
        {
          kind: 'cancel-appointment',
        },
      );
    expect(world.calendly.cancelled).toEqual([appointment]);
  });
});

describe('remind', () => {
  const note: TicketNote = {
    rev: 30,
    topic: 'booked',
    status: 'scheduled',
    state: 'open',
    toClient: true,
    clearAction: false,
    startsAt,
    endsAt: null,
    cutoffAt: null,
    reason: null,
    linkId: null,
  };
  const remind = (appointment: AppointmentUri | null) =>
    world.activities.remind({
      sessionKey: world.sessionKey,
      appointment,
      startsAt,
      beforeMs: 3_600_000,
      note,
    });
  const mails = () => world.zammad.tickets[0]?.changes ?? [];
  beforeEach(() => world.activities.openTicket({ sessionKey: world.sessionKey, rev: 1, status: 'opening' }));

  test('mails when the appointment stands, once', async () => {
    const uri = appoint('a');
    expect(await remind(uri)).toMatchObject({ sent: true, truth: { appointments: [{ appointment: uri }] } });
    expect(await remind(uri)).toMatchObject({ sent: true });
    expect(mails()).toHaveLength(1);
    expect(mails()[0]?.article).toMatchObject({ mailTo: EMAIL });
    expect(mails()[0]?.article.subject).toContain('begins in 1 hour');
  });

  test('a time that came with the order needs no provider', async () => {
    expect(await remind(null)).toEqual({ kind: 'remind', sent: true, truth: { appointments: [] } });
    expect(mails()).toHaveLength(1);
  });

  test.each([
    ['cancelled', () => void appoint('a', { status: 'cancelled', cancellation: { by: 'client', at: NOW } })],
    ['moved without our hearing', () => void appoint('a', { startsAt: startsAt + 1 })],
    ['rescheduled', () => moved('a', 'b')],
    ['gone', () => undefined],
  ])('%s: no mail, but the truth', async (_, arrange) => {
    arrange();
    expect(await remind(uriOf('a'))).toMatchObject({ kind: 'remind', sent: false });
    expect(mails()).toHaveLength(0);
  });
});
