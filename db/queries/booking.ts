import { sql } from 'kysely';
import type { Instant, Provider, SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import { PAGE_CHANNEL, tellPage } from './session-page.ts';
import { underVendorClaim } from './vendor-claims.ts';

/** What a session's provider is asked with. */
export interface BookingSubject {
  readonly provider: Provider;
  readonly eventType: string;
  readonly email: string;
  /** First and last name, or an empty text. */
  readonly name: string;
  /** No appointment of this session can be older. */
  readonly since: Instant;
}

export async function findBookingSubject(db: Database, key: SessionKey): Promise<BookingSubject | undefined> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('clients', 'clients.id', 'sessions.client_id')
    .select([
      'sessions.provider',
      'sessions.event_type',
      'sessions.input',
      'clients.email',
      'clients.first_name',
      'clients.last_name',
    ])
    .where('sessions.session_key', '=', key)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    provider: row.provider,
    eventType: row.event_type,
    email: row.email,
    name: `${row.first_name} ${row.last_name}`.trim(),
    since: row.input.paidAt,
  };
}

/**
 * Keeps the session's scheduling link, or has a new one made, one caller at a time. `make` gets the stored link and
 * how many appointments this session has had, and answers with the link to store, or null to keep what is there. A link
 * that somebody else stored meanwhile stays. Each that can be taken back is kept for it, also one that is not handed out.
 *
 * @param make keeps no connection, however long it takes.
 * @returns false when there is no such session.
 * @throws {CodedFailure} `vendor-timeout` when others were making it all the time.
 */
export async function renewBookingLink(
  db: Database,
  key: SessionKey,
  make: (current: {
    readonly url: string | null;
    readonly booked: number;
  }) => Promise<{ readonly bookingUrl: string; readonly link: string | null } | null>,
): Promise<boolean> {
  return underVendorClaim(db, `booking-link|${key}`, async () => {
    const row = await db
      .selectFrom('sessions')
      .select(['booking_url', 'provider', 'event_type'])
      .select((of) =>
        of
          .selectFrom('appointments')
          .whereRef('appointments.session_key', '=', 'sessions.session_key')
          .select(sql<number>`count(*)::int`.as('count'))
          .as('booked'),
      )
      .where('session_key', '=', key)
      .executeTakeFirst();
    if (!row) return false;
    const made = await make({ url: row.booking_url, booked: row.booked ?? 0 });
    if (made === null) return true;
    const { bookingUrl, link } = made;
    await db.transaction().execute(async (trx) => {
      if (link !== null)
        await trx
          .insertInto('withdrawable_links')
          .values({ link, provider: row.provider, session_key: key })
          .onConflict((conflict) => conflict.column('link').doNothing())
          .execute();
      await trx
        .updateTable('sessions')
        .set({ booking_url: bookingUrl, booking_link: link })
        .where('session_key', '=', key)
        .where('booking_url', 'is not distinct from', row.booking_url)
        // A session that was handed over meanwhile has no use for it.
        .where('provider', '=', row.provider)
        .where('event_type', '=', row.event_type)
        .execute();
      await tellPage(trx, key);
    });
    return true;
  });
}

/**
 * Names with whom a session books from here on, and as which event type. A link that was made elsewhere is forgotten.
 *
 * @returns false when there is no such session.
 */
export async function handOverSession(
  db: Database,
  key: SessionKey,
  to: { readonly provider: Provider; readonly eventType: string },
): Promise<boolean> {
  const told = await db
    .with('changed', (change) =>
      change
        .updateTable('sessions')
        .set((set) => {
          const unlessLeft = (column: 'booking_url' | 'booking_link') =>
            set
              .case()
              .when(set.and([set('provider', '=', to.provider), set('event_type', '=', to.eventType)]))
              .then(set.ref(column))
              .else(null)
              .end();
          return {
            provider: to.provider,
            event_type: to.eventType,
            booking_url: unlessLeft('booking_url'),
            booking_link: unlessLeft('booking_link'),
          };
        })
        .where('session_key', '=', key)
        .returning('session_key'),
    )
    .selectFrom('changed')
    .select(sql`pg_notify(${PAGE_CHANNEL}, session_key)`.as('told'))
    .executeTakeFirst();
  return told !== undefined;
}
