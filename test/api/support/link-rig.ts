import { addCatalogRoutes } from '../../../api/admin/catalog.ts';
import { addBookingLinkRoutes } from '../../../api/booking/links.ts';
import type { RevocationOrder, RevocationReceipt, Revocations } from '../../../api/gate/revocations.ts';
import type { LimitName, RateLimits } from '../../../api/limits/limits.ts';
import { rateLimited } from '../../../api/limits/rate-limited.ts';
import type { Database } from '../../../db/connect.ts';
import { insertCalendar, insertClient, insertTemplate } from '../../../db/queries/catalog.ts';
import { ensureTenant } from '../../../db/queries/people.ts';
import { seedDevelopment } from '../../../db/seed.ts';
import type { KeyRing } from '../../../platform/keys.ts';
import type { BookingKey, Instant, LinkId } from '../../../workflows/contract/values.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { type Answer, ask, type Question } from './ask.ts';
import { ringOf } from './keys.ts';
import { type CallerName, verifyNamed } from './named-callers.ts';
import { keepersOf, serveRoutes } from './serve-routes.ts';
import { at } from './values.ts';

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
  const linkKeys: KeyRing = {
    get newest() {
      return rig.ring.newest;
    },
    get all() {
      return rig.ring.all;
    },
    byId: (id) => rig.ring.byId(id),
  };
  const served = await serveRoutes({
    keepers: {
      ...keepersOf(verifyNamed),
      limit: (name, refuse) => rateLimited(limits, name, () => 'key', refuse),
    },
    add(routes) {
      const asked = { db: brokenDatabase ?? db, clock };
      addBookingLinkRoutes(routes, {
        ...asked,
        linkKeys,
        revocations: { revoke: (order, actor) => rig.revocations.revoke(order, actor) },
      });
      addCatalogRoutes(routes, asked);
    },
  });
  const url = served.origin;

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
    logged: () => served.lines.join(''),
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
      await served.close();
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
