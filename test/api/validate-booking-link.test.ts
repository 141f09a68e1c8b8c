import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { validateBookingLink } from '../../api/booking/validate.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { insertBookingLink } from '../../db/queries/booking-links.ts';
import { seedDevelopment } from '../../db/seed.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type BookingTokenClaims, mintBookingToken, mintSessionToken } from '../../platform/tokens.ts';
import type { BookingKey, Instant, LinkId } from '../../workflows/contract/values.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { ringOf } from './support/keys.ts';
import { writeBooking } from './support/link-rig.ts';
import { after, HOUR, KEY, linkId, NOW } from './support/values.ts';

const ring = ringOf('2026b', '2026a');
const JTI = 'abcdefghijklmnopqrst_-' as LinkId;
const once: BookingTokenClaims = {
  linkId: JTI,
  tenantId: 1,
  userId: 5,
  calendarId: 1,
  templateId: 1,
  clientId: 123,
  purpose: 'one-time-booking-link',
  issuedAt: NOW,
  expiresAt: after(24 * HOUR),
};
const forever: BookingTokenClaims = { ...once, purpose: 'permanent-booking-link', expiresAt: null };
const facts = {
  templateName: 'Demo session',
  durationMinutes: 60,
  provider: 'calendly',
  eventType: 'development',
  clientFirstName: 'Ada',
  language: 'en',
};

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.connection.db;
  await seedDevelopment(db);
});
afterAll(() => database.drop());
const clear = async (): Promise<void> => {
  for (const table of ['appointments', 'bookings', 'links'] as const) await db.deleteFrom(table).execute();
};
beforeEach(clear);

const issue = async (claims: BookingTokenClaims, keys: KeyRing = ring): Promise<string> => {
  await insertBookingLink(db, {
    ...claims,
    issuedAt: new Date(claims.issuedAt),
    expiresAt: claims.expiresAt === null ? null : new Date(claims.expiresAt),
  });
  return mintBookingToken(keys, claims);
};
const revoke = () =>
  db
    .updateTable('links')
    .set({ revoked_at: new Date(NOW) })
    .execute();
const validate = (token: string, now: Instant = NOW, linkKeys: KeyRing = ring) =>
  validateBookingLink({ db, linkKeys }, token, now);

describe('a good link', () => {
  test.each([
    ['one-time', once],
    ['permanent', forever],
  ])('%s: its claims and what a page shows', async (_, claims) => {
    expect(await validate(await issue(claims))).toEqual({ ok: true, claims, facts, uses: 0, booking: null });
  });

  test('is not changed by looking', async () => {
    const token = await issue(once);
    for (let looks = 0; looks < 5; looks++) expect((await validate(token)).ok).toBe(true);
  });

  test('one-time: leads to its booking until that has an appointment', async () => {
    const token = await issue(once);
    await writeBooking(db, JTI);
    expect(await validate(token)).toMatchObject({
      ok: true,
      uses: 1,
      booking: { bookingKey: JTI as string as BookingKey, status: 'pending', bookingUrl: null },
    });
    await db.updateTable('bookings').set({ booking_url: 'https://calendly.example/d/1' }).execute();
    const verdict = await validate(token);
    expect(verdict.ok && verdict.booking).toEqual({
      bookingKey: JTI,
      status: 'pending',
      bookingUrl: 'https://calendly.example/d/1',
    });
  });

  test.each(['scheduled', 'completed', 'cancelled'] as const)(
    'one-time: is spent once its booking is %s',
    async (status) => {
      const token = await issue(once);
      await writeBooking(db, JTI, { status });
      expect(await validate(token)).toEqual({ ok: false, reason: 'spent' });
    },
  );

  test('one-time: is spent by an appointment that the booking’s record does not show yet', async () => {
    const token = await issue(once);
    await writeBooking(db, JTI, { appointment: true });
    expect(await validate(token)).toEqual({ ok: false, reason: 'spent' });
  });

  test('permanent: books any number of times', async () => {
    const token = await issue(forever);
    await writeBooking(db, JTI, { key: 'a'.repeat(22), status: 'completed' });
    await writeBooking(db, JTI, { key: 'b'.repeat(22), status: 'pending', appointment: true });
    expect(await validate(token, after(9000 * HOUR))).toMatchObject({ ok: true, uses: 2, booking: null });
  });
});

describe('a bad link', () => {
  test('is told apart by its reason', async () => {
    const token = await issue(once);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const decoded = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = (more: Record<string, unknown>, kid: string | null = '2026b'): Promise<string> =>
      new SignJWT({ ...decoded, ...more })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT', ...(kid === null ? {} : { kid }) })
        .sign(ring.newest.secret);
    const table: readonly (readonly [string, string, string])[] = [
      ['nothing', '', 'malformed'],
      ['a word', 'token', 'malformed'],
      ['two parts', `${header}.${payload}`, 'malformed'],
      ['four parts', `${token}.x`, 'malformed'],
      ['five parts', `${token}.x.y`, 'malformed'],
      ['an endless one', `${token}${'x'.repeat(2048)}`, 'malformed'],
      ['no signature', `${header}.${payload}.`, 'bad-signature'],
      [
        'another’s payload',
        `${header}.${encode({ ...decoded, client_id: 124 })}.${signature}`,
        'bad-signature',
      ],
      [
        'another secret',
        await mintBookingToken(
          { ...ring, newest: { ...ring.newest, secret: ringOf('x').newest.secret } },
          once,
        ),
        'bad-signature',
      ],
      ['another key', await mintBookingToken(ringOf('2025'), once), 'unknown-key'],
      ['no key id', await signed({}, null), 'unknown-key'],
      ['alg none', `${encode({ alg: 'none', typ: 'JWT', kid: '2026b' })}.${payload}.`, 'wrong-algorithm'],
      ['another issuer', await signed({ iss: 'elsewhere' }), 'wrong-issuer'],
      ['another audience', await signed({ aud: 'latchkey:access' }), 'wrong-audience'],
      ['not yet', await signed({ nbf: NOW / 1000 + 60 }), 'not-yet-valid'],
      ['no client', await signed({ client_id: undefined }), 'bad-claims'],
      ['a text for a tenant', await signed({ tenant_id: '1' }), 'bad-claims'],
      ['a one-time link for ever', await signed({ exp: undefined }), 'bad-claims'],
      ['another purpose', await signed({ purpose: 'any' }), 'bad-claims'],
      ['a jti of another form', await signed({ jti: 'short' }), 'bad-claims'],
      [
        'a session’s token',
        await mintSessionToken(ring, { ...forever, linkId: linkId(1), sessionKey: KEY }),
        'bad-claims',
      ],
      // From here on the signature is ours, and the row is not as the token says.
      ['no row', await signed({ jti: 'z'.repeat(22) }), 'unknown-link'],
      ['another tenant', await signed({ tenant_id: 2 }), 'unknown-link'],
      ['another user', await signed({ user_id: 6 }), 'unknown-link'],
      ['another calendar', await signed({ calendar_id: 2 }), 'unknown-link'],
      ['another template', await signed({ template_id: 2 }), 'unknown-link'],
      ['another client', await signed({ client_id: 124 }), 'unknown-link'],
      ['a longer life', await signed({ exp: NOW / 1000 + 48 * 3600 }), 'unknown-link'],
      ['an older one', await signed({ iat: NOW / 1000 - 1 }), 'unknown-link'],
      ['made permanent', await signed({ purpose: 'permanent-booking-link', exp: undefined }), 'unknown-link'],
    ];
    const told = await Promise.all(
      table.map(async ([name, bad]) => {
        const verdict = await validate(bad);
        return [name, verdict.ok ? 'ok' : verdict.reason];
      }),
    );
    expect(told).toEqual(table.map(([name, , reason]) => [name, reason]));
    expect((await validate(token)).ok).toBe(true);
  });

  test('expires with its second', async () => {
    const token = await issue(once);
    expect((await validate(token, after(24 * HOUR - 1))).ok).toBe(true);
    expect(await validate(token, after(24 * HOUR))).toEqual({ ok: false, reason: 'expired' });
  });

  test('says revoked before spent', async () => {
    const token = await issue(once);
    await writeBooking(db, JTI, { status: 'scheduled' });
    await revoke();
    expect(await validate(token)).toEqual({ ok: false, reason: 'revoked' });
  });

  test('is never told while PostgreSQL is away', async () => {
    const token = await issue(once);
    // Nobody listens on port 1.
    const away = connectDatabase('postgres://a@127.0.0.1:1/x', { max: 1, onIdleError: () => undefined });
    try {
      const deps = { db: away.db, linkKeys: ring };
      await expect(validateBookingLink(deps, token, NOW)).rejects.toThrow('ECONNREFUSED');
      expect(await validateBookingLink(deps, 'a.b', NOW)).toEqual({ ok: false, reason: 'malformed' });
    } finally {
      await away.close();
    }
  });
});

test('rotation: an old key’s links hold until the key is dropped', async () => {
  const token = await issue(forever, ringOf('2026a'));
  expect((await validate(token, NOW, ringOf('2026a'))).ok).toBe(true);
  expect((await validate(token, NOW, ringOf('2026b', '2026a'))).ok).toBe(true);
  expect((await validate(token, NOW, ringOf('2026c', '2026b', '2026a'))).ok).toBe(true);
  expect(await validate(token, NOW, ringOf('2026c', '2026b'))).toEqual({ ok: false, reason: 'unknown-key' });
});

test('valid if and only if not expired, not used up and not revoked', async () => {
  const purposes = ['one-time-booking-link', 'permanent-booking-link'] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        purpose: fc.constantFrom(...purposes),
        // Around the 24 hours to the millisecond, and far from them.
        age: fc.oneof(
          fc.integer({ min: 24 * HOUR - 2, max: 24 * HOUR + 2 }),
          fc.integer({ min: 0, max: 100 * HOUR }),
        ),
        booking: fc.constantFrom(null, 'pending', 'scheduled', 'completed', 'cancelled'),
        appointment: fc.boolean(),
        revoked: fc.boolean(),
      }),
      async ({ purpose, age, booking, appointment, revoked }) => {
        await clear();
        const oneTime = purpose === 'one-time-booking-link';
        const token = await issue(oneTime ? once : forever);
        if (booking !== null)
          await writeBooking(db, JTI, { key: 'k'.repeat(22), status: booking, appointment });
        if (revoked) await revoke();
        const expired = oneTime && age >= 24 * HOUR;
        const used = oneTime && booking !== null && (booking !== 'pending' || appointment);
        const verdict = await validate(token, after(age));
        expect(verdict.ok).toBe(!expired && !used && !revoked);
        if (!verdict.ok) expect(verdict.reason).toBe(expired ? 'expired' : revoked ? 'revoked' : 'spent');
      },
    ),
    { numRuns: 150 },
  );
});
