import type { Selectable } from 'kysely';
import type { Provider } from '../../workflows/contract/values.ts';
import type { Database } from '../connect.ts';
import type { CalendarsTable, Client, TemplatesTable } from '../tables.ts';
import { emailKeyOf, type Person } from './people.ts';

export type Calendar = Selectable<CalendarsTable>;
export type Template = Selectable<TemplatesTable>;

/** A page of a tenant's rows, newest first. */
export interface PageRequest {
  readonly tenantId: number;
  /** The last id of the page before, or null. */
  readonly after: number | null;
  readonly limit: number;
}

export async function insertCalendar(
  db: Database,
  calendar: {
    readonly tenantId: number;
    readonly userId: number;
    readonly name: string;
    readonly provider: Provider;
    readonly eventType: string;
  },
): Promise<Calendar> {
  return db
    .insertInto('calendars')
    .values({
      tenant_id: calendar.tenantId,
      user_id: calendar.userId,
      name: calendar.name,
      provider: calendar.provider,
      event_type: calendar.eventType,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function findCalendar(
  db: Database,
  tenantId: number,
  id: number,
): Promise<Calendar | undefined> {
  return db
    .selectFrom('calendars')
    .selectAll()
    .where('id', '=', id)
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst();
}

export async function listCalendars(db: Database, page: PageRequest): Promise<readonly Calendar[]> {
  const query = db
    .selectFrom('calendars')
    .selectAll()
    .where('tenant_id', '=', page.tenantId)
    .orderBy('id', 'desc')
    .limit(page.limit);
  return (page.after === null ? query : query.where('id', '<', page.after)).execute();
}

/** @returns undefined when the tenant has no such calendar. */
export async function insertTemplate(
  db: Database,
  template: {
    readonly tenantId: number;
    readonly calendarId: number;
    readonly name: string;
    readonly durationMinutes: number;
  },
): Promise<Template | undefined> {
  if ((await findCalendar(db, template.tenantId, template.calendarId)) === undefined) return undefined;
  return db
    .insertInto('templates')
    .values({
      tenant_id: template.tenantId,
      calendar_id: template.calendarId,
      name: template.name,
      duration_minutes: template.durationMinutes,
      saleor_product_id: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function findTemplate(
  db: Database,
  tenantId: number,
  id: number,
): Promise<Template | undefined> {
  return db
    .selectFrom('templates')
    .selectAll()
    .where('id', '=', id)
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst();
}

export async function listTemplates(db: Database, page: PageRequest): Promise<readonly Template[]> {
  const query = db
    .selectFrom('templates')
    .selectAll()
    .where('tenant_id', '=', page.tenantId)
    .orderBy('id', 'desc')
    .limit(page.limit);
  return (page.after === null ? query : query.where('id', '<', page.after)).execute();
}

/** @returns undefined when the tenant has a client of this address already. Safe when two ask at once. */
export async function insertClient(db: Database, person: Person): Promise<Client | undefined> {
  return db
    .insertInto('clients')
    .values({
      tenant_id: person.tenantId,
      email: person.email,
      email_key: emailKeyOf(person.email),
      first_name: person.firstName,
      last_name: person.lastName,
      language: person.language,
      zammad_customer_id: null,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'email_key']).doNothing())
    .returningAll()
    .executeTakeFirst();
}

export async function findClient(db: Database, tenantId: number, id: number): Promise<Client | undefined> {
  return db
    .selectFrom('clients')
    .selectAll()
    .where('id', '=', id)
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst();
}

export async function listClients(db: Database, page: PageRequest): Promise<readonly Client[]> {
  const query = db
    .selectFrom('clients')
    .selectAll()
    .where('tenant_id', '=', page.tenantId)
    .orderBy('id', 'desc')
    .limit(page.limit);
  return (page.after === null ? query : query.where('id', '<', page.after)).execute();
}
