import { type Selectable, sql } from 'kysely';
import type { BookingKey, LinkId, Provider } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { BookingStatus, LinksTable } from '../tables.ts';

export type LinkPurpose = LinksTable['purpose'];

/** The first of these that fits: `revoked`, `spent`, `expired`; otherwise `active`. */
export type LinkState = 'active' | 'revoked' | 'expired' | 'spent';

/** A booking that has, or once had, an appointment. A one-time link is spent by it, never by one that still waits. */
const booked = sql<boolean>`(bookings.status <> 'pending' or exists (
  select from appointments where appointments.booking_key = bookings.booking_key))`;

/** What a link can be made for: the template with its calendar, and the client; null where the tenant has none. */
export interface LinkSubjects {
  readonly template: { readonly calendarId: number; readonly userId: number } | null;
  readonly hasClient: boolean;
}

/** Looks for both below one tenant. Another tenant's rows are not there. */
export async function findLinkSubjects(
  db: Database,
  wanted: { readonly tenantId: number; readonly templateId: number; readonly clientId: number },
): Promise<LinkSubjects> {
  const template = await db
    .selectFrom('templates')
    .innerJoin('calendars', (join) =>
      join
        .onRef('calendars.id', '=', 'templates.calendar_id')
        .onRef('calendars.tenant_id', '=', 'templates.tenant_id'),
    )
    .select(['templates.calendar_id as calendarId', 'calendars.user_id as userId'])
    .where('templates.id', '=', wanted.templateId)
    .where('templates.tenant_id', '=', wanted.tenantId)
    .executeTakeFirst();
  if (template === undefined) return { template: null, hasClient: false };
  const client = await db
    .selectFrom('clients')
    .select('id')
    .where('id', '=', wanted.clientId)
    .where('tenant_id', '=', wanted.tenantId)
    .executeTakeFirst();
  return { template, hasClient: client !== undefined };
}

/** The row under a new link's `jti`: the claims of its token. Never the token. */
export async function insertBookingLink(
  db: Database,
  link: {
    readonly linkId: LinkId;
    readonly tenantId: number;
    readonly userId: number;
    readonly calendarId: number;
    readonly templateId: number;
    readonly clientId: number;
    readonly purpose: LinkPurpose;
    readonly issuedAt: Date;
    readonly expiresAt: Date | null;
  },
): Promise<void> {
  await db
    .insertInto('links')
    .values({
      link_id: link.linkId,
      session_key: null,
      tenant_id: link.tenantId,
      user_id: link.userId,
      calendar_id: link.calendarId,
      template_id: link.templateId,
      client_id: link.clientId,
      purpose: link.purpose,
      issued_at: link.issuedAt,
      expires_at: link.expiresAt,
      revoked_at: null,
    })
    .execute();
}

/** What a booking page and a booking need to know of a link's template and client. */
export interface LinkFacts {
  readonly templateName: string;
  readonly durationMinutes: number;
  readonly provider: Provider;
  /** Of the calendar that the link names. */
  readonly eventType: string;
  readonly clientFirstName: string;
  readonly language: string;
}

/** A booking that was made with a link. */
export interface LinkBooking {
  readonly bookingKey: BookingKey;
  readonly status: BookingStatus;
  readonly bookingUrl: string | null;
  /** It has, or once had, an appointment: a one-time link is spent by it. */
  readonly booked: boolean;
}

export interface LinkStanding {
  readonly row: Selectable<LinksTable>;
  readonly facts: LinkFacts;
  /** How many bookings were made with it. */
  readonly uses: number;
  /** The newest; a one-time link has at most this one. */
  readonly booking: LinkBooking | null;
}

/** All that is known of a link of the Booking Link API. A session's link is none. */
export async function findLinkStanding(db: Database, linkId: LinkId): Promise<LinkStanding | undefined> {
  const found = await db
    .selectFrom('links')
    .innerJoin('templates', 'templates.id', 'links.template_id')
    .innerJoin('calendars', 'calendars.id', 'links.calendar_id')
    .innerJoin('clients', 'clients.id', 'links.client_id')
    .selectAll('links')
    .select([
      'templates.name as templateName',
      'templates.duration_minutes as durationMinutes',
      'calendars.provider',
      'calendars.event_type as eventType',
      'clients.first_name as clientFirstName',
      'clients.language',
    ])
    .where('links.link_id', '=', linkId)
    .where('links.session_key', 'is', null)
    .executeTakeFirst();
  if (found === undefined) return undefined;
  const bookings = await db
    .selectFrom('bookings')
    .select([
      'booking_key as bookingKey',
      'status',
      'booking_url as bookingUrl',
      booked.as('booked'),
      sql<number>`(count(*) over ())::int`.as('uses'),
    ])
    .where('link_id', '=', linkId)
    .orderBy('created_at', 'desc')
    .orderBy('booking_key')
    .limit(1)
    .execute();
  const { templateName, durationMinutes, provider, eventType, clientFirstName, language, ...row } = found;
  const facts = { templateName, durationMinutes, provider, eventType, clientFirstName, language };
  const [newest] = bookings;
  if (newest === undefined) return { row, facts, uses: 0, booking: null };
  const { uses, ...booking } = newest;
  return { row, facts, uses, booking };
}

/** A link as its tenant sees it. */
export interface ListedLink {
  readonly linkId: LinkId;
  readonly purpose: LinkPurpose;
  readonly templateId: number;
  readonly clientId: number;
  readonly issuedAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** How many bookings were made with it. */
  readonly uses: number;
  readonly state: LinkState;
}

/** Where a page of links ends. */
export interface LinkPlace {
  readonly issuedAt: Date;
  readonly linkId: LinkId;
}

/**
 * One tenant's links of the Booking Link API, newest first.
 *
 * @param wanted.at the instant that expiry is judged at.
 * @param wanted.after the last link of the page before, or null.
 */
export async function listBookingLinks(
  db: Database,
  wanted: {
    readonly tenantId: number;
    readonly at: Date;
    readonly after: LinkPlace | null;
    readonly limit: number;
    readonly templateId: number | null;
    readonly clientId: number | null;
    readonly state: LinkState | null;
  },
): Promise<readonly ListedLink[]> {
  const state = sql<LinkState>`case
    when links.revoked_at is not null then 'revoked'
    when links.purpose = 'one-time-booking-link' and exists (
      select from bookings where bookings.link_id = links.link_id and ${booked}) then 'spent'
    when links.expires_at <= ${wanted.at} then 'expired'
    else 'active' end`;
  let query = db
    .selectFrom('links')
    .select([
      'link_id as linkId',
      'purpose',
      'template_id as templateId',
      'client_id as clientId',
      'issued_at as issuedAt',
      'expires_at as expiresAt',
      'revoked_at as revokedAt',
      sql<number>`(select count(*)::int from bookings where bookings.link_id = links.link_id)`.as('uses'),
      state.as('state'),
    ])
    .where('tenant_id', '=', wanted.tenantId)
    .where('session_key', 'is', null)
    .orderBy('issued_at', 'desc')
    .orderBy('link_id', 'desc')
    .limit(wanted.limit);
  if (wanted.templateId !== null) query = query.where('template_id', '=', wanted.templateId);
  if (wanted.clientId !== null) query = query.where('client_id', '=', wanted.clientId);
  if (wanted.state !== null) query = query.where(state, '=', wanted.state);
  if (wanted.after !== null) {
    const { issuedAt, linkId } = wanted.after;
    query = query.where(sql<boolean>`(issued_at, link_id) < (${issuedAt}, ${linkId})`);
  }
  return query.execute();
}
