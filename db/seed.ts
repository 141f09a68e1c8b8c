import { sql } from 'kysely';
import type { Database } from './connect.ts';

export const DEVELOPMENT_TENANT_ID = 1;

/**
 * Tenant 1, calendar 1 (of user 5) and template 1 for local use. Repeating it changes nothing but the event type,
 * which follows the configuration.
 */
export async function seedDevelopment(db: Database, options: { eventType?: string } = {}): Promise<void> {
  const eventType = options.eventType ?? 'development';
  await db.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('tenants')
      .values({ id: DEVELOPMENT_TENANT_ID, name: 'Demo', time_zone: 'Europe/Berlin', saleor_domain: null })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    await transaction
      .insertInto('calendars')
      .values({
        id: 1,
        tenant_id: DEVELOPMENT_TENANT_ID,
        user_id: 5,
        name: 'Demo calendar',
        provider: 'calendly',
        event_type: eventType,
      })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ event_type: eventType }))
      .execute();
    await transaction
      .insertInto('templates')
      .values({
        id: 1,
        tenant_id: DEVELOPMENT_TENANT_ID,
        calendar_id: 1,
        name: 'Demo session',
        duration_minutes: 60,
        saleor_product_id: null,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    // Explicit ids do not move the identities' sequences; the next generated one would collide.
    for (const table of ['tenants', 'calendars', 'templates'])
      await sql`select setval(pg_get_serial_sequence(${table}, 'id'), (select max(id) from ${sql.table(table)}))`.execute(
        transaction,
      );
  });
}
