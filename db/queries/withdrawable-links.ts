import { sql } from 'kysely';
import type { Provider, SessionKey } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';

/** Since it was made, its session got an appointment at its provider: most likely with it. */
const spent = sql<boolean>`exists (
  select from appointments
  where appointments.session_key = withdrawable_links.session_key
    and appointments.provider = withdrawable_links.provider
    and appointments.created_at >= withdrawable_links.made_at)`;

/** A link that nobody should book with any more, and that was not taken back yet. */
export interface LeftLink {
  readonly link: string;
  readonly provider: Provider;
  readonly sessionKey: SessionKey;
  /** It was most likely booked with. */
  readonly isSpent: boolean;
}

/**
 * Links of sessions that are over, and those that another one took the place of; by name. One that was booked with is
 * used up, and is left alone as long as its session goes on.
 */
export async function leftLinks(
  db: Database,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly LeftLink[]> {
  return db
    .selectFrom('withdrawable_links')
    .innerJoin('sessions', 'sessions.session_key', 'withdrawable_links.session_key')
    .select([
      'withdrawable_links.link',
      'withdrawable_links.provider',
      'withdrawable_links.session_key as sessionKey',
    ])
    .select(spent.as('isSpent'))
    .where('withdrawable_links.settled_at', 'is', null)
    .where('withdrawable_links.link', '>', page.after)
    .where((where) =>
      where.or([
        where('sessions.start_state', '=', 'ended'),
        where.and([
          where('sessions.booking_link', 'is distinct from', where.ref('withdrawable_links.link')),
          where.not(spent),
        ]),
      ]),
    )
    .orderBy('withdrawable_links.link')
    .limit(page.limit)
    .execute();
}

/** Nobody has to ask for this link again. */
export async function settleLink(db: Database, link: string, at: Date): Promise<void> {
  await db.updateTable('withdrawable_links').set({ settled_at: at }).where('link', '=', link).execute();
}
