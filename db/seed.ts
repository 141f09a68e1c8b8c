import { sql } from 'kysely';
import type { Database } from './connect.ts';

export const DEVELOPMENT_TENANT_ID = 1;

/**
 * Tenant 1, calendar 1 (of user 5), template 1 and client 123 for local use: the rows of the Booking Link API's
 * example. Repeating it changes nothing but the event type, which follows the configuration.
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
    await transaction
      .insertInto('clients')
      .values({
        id: 123,
        tenant_id: DEVELOPMENT_TENANT_ID,
        email: 'ada@example.com',
        email_key: 'ada@example.com',
        first_name: 'Ada',
        last_name: 'Example',
        language: 'en',
        zammad_customer_id: null,
      })
      // Also when the address is in use: whoever ordered with it before stays who they are.
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    // Explicit ids do not move the identities' sequences; the next generated one would collide.
    for (const table of ['tenants', 'calendars', 'templates', 'clients'])
      await sql`select setval(pg_get_serial_sequence(${table}, 'id'), (select max(id) from ${sql.table(table)}))`.execute(
        transaction,
      );
  });
}
