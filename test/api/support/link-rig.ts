import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { createCatalogRoutes } from '../../../api/admin/catalog.ts';
import type { Caller, CallerRefusal, VerifyBearer } from '../../../api/auth/caller.ts';
import { requireCaller } from '../../../api/auth/guard.ts';
import { createBookingLinkRoutes } from '../../../api/booking/links.ts';
import { refuseCaller, refuseLimited } from '../../../api/booking/refusals.ts';
import type { RevocationOrder, RevocationReceipt, Revocations } from '../../../api/gate/revocations.ts';
import type { LimitName, RateLimits } from '../../../api/limits/limits.ts';
import { rateLimited } from '../../../api/limits/rate-limited.ts';
import { notFound, problemHandler } from '../../../api/problem.ts';
import { describeError, requestLog } from '../../../api/request-log.ts';
import type { Database } from '../../../db/connect.ts';
import { insertCalendar, insertClient, insertTemplate } from '../../../db/queries/catalog.ts';
import { ensureTenant } from '../../../db/queries/people.ts';
import { seedDevelopment } from '../../../db/seed.ts';
import type { KeyRing } from '../../../platform/keys.ts';
import type { BookingKey, Instant, LinkId } from '../../../workflows/contract/values.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { type Answer, ask, type Question } from './ask.ts';
import { ringOf } from './keys.ts';
import { at } from './values.ts';

const callers: Readonly<Record<string, Caller | CallerRefusal>> = {
  admin: { role: 'admin', tenantId: 1, userId: 7, subject: 'a-person' },
  tenant: { role: 'tenant', tenantId: 1, userId: null, subject: 'shop-software' },
  service: { role: 'service', tenantId: 1, userId: null, subject: 'machine' },
  stranger: { role: 'admin', tenantId: 2, userId: 70, subject: 'somebody-else' },
  expired: 'expired',
  'no-tenant': 'no-tenant',
  'keys-away': 'keys-unavailable',
};

/** Bearer tokens are names here; what they carry is another room's test. */
const verify: VerifyBearer = async (authorization) => {
  if (authorization === undefined) return { ok: false, reason: 'no-token' };
  const found = callers[authorization.replace('Bearer ', '')] ?? 'malformed';
  return typeof found === 'string' ? { ok: false, reason: found } : { ok: true, caller: found };
};

export type CallerName = 'admin' | 'tenant' | 'service' | 'stranger';

export interface LinkRig {
  readonly db: Database;
  readonly url: string;
  now: Instant;
  /** Read anew with each request. */
  ring: KeyRing;
  /** What each revocation is answered with. */
  revocationState: RevocationReceipt['state'];
  readonly orders: RevocationOrder[];
  /** Writes the row and notes the order; a test may put another in its place. */
  revocations: Revocations;
  /** The limits that are used up. */
  readonly exhausted: Set<LimitName>;
  readonly charged: string[];
  /** Rows of tenant 2, which tenant 1 must never see. Tenant 1 has what is seeded: template 1, client 123. */
  readonly foreign: { readonly calendarId: number; readonly templateId: number; readonly clientId: number };
  logged(): string;
  as(caller: CallerName, path: string, body?: unknown): Promise<Answer>;
  ask(path: string, question?: Question): Promise<Answer>;
  close(): Promise<void>;
}

/** The booking link and catalog routes on a listener of their own, on a database with two tenants. */
export async function startLinkRig(brokenDatabase?: Database): Promise<LinkRig> {
  const database = await createTestDatabase();
  const { db } = database.connection;
  await seedDevelopment(db);
  await ensureTenant(db, { id: 2, name: 'Other', timeZone: 'Europe/Berlin' });
  const calendar = await insertCalendar(db, {
    tenantId: 2,
    userId: 70,
    name: 'Theirs',
    provider: 'calendly',
    eventType: 'x',
  });
  const template = await insertTemplate(db, {
    tenantId: 2,
    calendarId: calendar.id,
    name: 'Theirs',
    durationMinutes: 30,
  });
  const person = { email: 'eve@example.com', firstName: 'Eve', lastName: 'Example', language: 'en' };
  const client = await insertClient(db, { tenantId: 2, ...person });
  if (template === undefined || client === undefined) throw new Error('nothing was written');

  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const clock = (): Instant => rig.now;
  const revocations: Revocations = {
    async revoke(order, actor) {
      if (order.kind !== 'link') throw new Error('only links are revoked here');
      rig.orders.push(order);
      const [changed] = await db
        .updateTable('links')
        .set({ revoked_at: new Date(rig.now), revoked_by: actor })
        .where('link_id', '=', order.linkId)
        .where('revoked_at', 'is', null)
        .execute();
      return { fresh: changed?.numUpdatedRows === 1n, state: rig.revocationState };
    },
  };
  const limits: RateLimits = {
    async charge(name, key) {
      rig.charged.push(`${name}|${key}`);
      const used = rig.exhausted.has(name);
      return { allowed: !used, limit: 10, remaining: used ? 0 : 9, resetSeconds: 42 };
    },
  };
  const app = express();
  app.set('query parser', 'simple');
  app.use(requestLog(log, 'public'));
  app.use(
    createBookingLinkRoutes({
      db: brokenDatabase ?? db,
      linkKeys: {
        get newest() {
          return rig.ring.newest;
        },
        get all() {
          return rig.ring.all;
        },
        byId: (id) => rig.ring.byId(id),
      },
      clock,
      log,
      revocations: { revoke: (order, actor) => rig.revocations.revoke(order, actor) },
      guard: requireCaller(verify, ['admin', 'tenant'], refuseCaller),
      limits: (['links-per-tenant', 'links-per-user', 'links-per-address'] as const).map((name) =>
        rateLimited(limits, name, () => 'key', refuseLimited),
      ),
    }),
  );
  app.use(
    createCatalogRoutes({
      db: brokenDatabase ?? db,
      clock,
      guard: requireCaller(verify, ['admin']),
      providers: ['calendly'],
    }),
  );
  app.use(
    notFound,
    problemHandler((error) => log.error({ err: describeError(error) }, 'request failed')),
  );
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  const rig: LinkRig = {
    db,
    url,
    now: at('2024-01-15T19:30:00.789Z'),
    ring: ringOf('2024a'),
    revocationState: 'confirmed',
    orders: [],
    revocations,
    exhausted: new Set(),
    charged: [],
    foreign: { calendarId: calendar.id, templateId: template.id, clientId: client.id },
    logged: () => lines.join(''),
    as: (caller, path, body) =>
      ask(url + path, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${caller}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    ask: (path, question) => ask(url + path, question),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await database.drop();
    },
  };
  return rig;
}

/** A booking that was made with a link, as the booking page would write it. */
export async function writeBooking(
  db: Database,
  linkId: LinkId,
  more: {
    readonly key?: string;
    readonly status?: 'pending' | 'scheduled' | 'completed' | 'cancelled';
    readonly url?: string;
    readonly appointment?: boolean;
  } = {},
): Promise<BookingKey> {
  const bookingKey = (more.key ?? linkId) as BookingKey;
  const link = await db
    .selectFrom('links')
    .selectAll()
    .where('link_id', '=', linkId)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('bookings')
    .values({
      booking_key: bookingKey,
      link_id: linkId,
      nonce: 'nonce',
      tenant_id: link.tenant_id,
      client_id: link.client_id,
      template_id: link.template_id,
      workflow_id: `booking-${bookingKey}`,
      intended_at: link.issued_at,
      started_at: null,
      input: '{}',
      provider: 'calendly',
      event_type: 'x',
      booking_url: more.url ?? null,
      status: more.status ?? 'pending',
      reason: null,
      starts_at: null,
      ends_at: null,
      updated_at: link.issued_at,
    })
    .execute();
  if (more.appointment === true)
    await db
      .insertInto('appointments')
      .values({
        uri: `https://calendly.example/invitees/${bookingKey}`,
        session_key: null,
        booking_key: bookingKey,
        provider: 'calendly',
        event_uri: 'https://calendly.example/events/1',
        starts_at: link.issued_at,
        ends_at: link.issued_at,
        reschedule_url: null,
        cancel_url: null,
        join_url: null,
        time_zone: null,
      })
      .execute();
  return bookingKey;
}
