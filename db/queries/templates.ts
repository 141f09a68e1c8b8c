import { type Selectable, sql } from 'kysely';
import type { Provider } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { CalendarsTable, TemplatesTable } from '../tables.ts';

/**
 * The tenant's calendar for this event type. A missing one is made for the owner of the tenant's first calendar,
 * or for `ownerId` when the tenant has none.
 */
export async function findOrMakeCalendar(
  transaction: Database,
  calendar: { tenantId: number; provider: Provider; eventType: string; name: string; ownerId: number },
): Promise<Selectable<CalendarsTable>> {
  const name = `calendar|${calendar.tenantId}|${calendar.provider}|${calendar.eventType}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(transaction);
  const known = await transaction
    .selectFrom('calendars')
    .selectAll()
    .where('tenant_id', '=', calendar.tenantId)
    .orderBy('id')
    .execute();
  return (
    known.find((one) => one.provider === calendar.provider && one.event_type === calendar.eventType) ??
    (await transaction
      .insertInto('calendars')
      .values({
        tenant_id: calendar.tenantId,
        user_id: known[0]?.user_id ?? calendar.ownerId,
        name: calendar.name,
        provider: calendar.provider,
        event_type: calendar.eventType,
      })
      .returningAll()
      .executeTakeFirstOrThrow())
  );
}

/** The tenant's template for a shop's product; what it was first made with stays. */
export async function findOrMakeTemplate(
  transaction: Database,
  template: {
    tenantId: number;
    calendarId: number;
    saleorProductId: string;
    name: string;
    durationMinutes: number;
  },
): Promise<Selectable<TemplatesTable>> {
  const made = await transaction
    .insertInto('templates')
    .values({
      tenant_id: template.tenantId,
      calendar_id: template.calendarId,
      name: template.name,
      duration_minutes: template.durationMinutes,
      saleor_product_id: template.saleorProductId,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'saleor_product_id']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return (
    made ??
    (await transaction
      .selectFrom('templates')
      .selectAll()
      .where('tenant_id', '=', template.tenantId)
      .where('saleor_product_id', '=', template.saleorProductId)
      .executeTakeFirstOrThrow())
  );
}
