import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { Client, Tenant } from '../tables.ts';

export async function tenantOfDomain(db: Database, saleorDomain: string): Promise<Tenant | undefined> {
  return db.selectFrom('tenants').selectAll().where('saleor_domain', '=', saleorDomain).executeTakeFirst();
}

export async function findTenant(db: Database, id: number): Promise<Tenant | undefined> {
  return db.selectFrom('tenants').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The tenant under this very id, made when it is missing. */
export async function ensureTenant(
  transaction: Database,
  tenant: { id: number; name: string; timeZone: string },
): Promise<Tenant> {
  const made = await transaction
    .insertInto('tenants')
    .values({ id: tenant.id, name: tenant.name, time_zone: tenant.timeZone, saleor_domain: null })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (made) {
    // An explicit id does not move the identity's sequence; the next generated one would collide.
    await sql`select setval(pg_get_serial_sequence('tenants', 'id'), (select max(id) from tenants))`.execute(
      transaction,
    );
    return made;
  }
  return transaction.selectFrom('tenants').selectAll().where('id', '=', tenant.id).executeTakeFirstOrThrow();
}

/** What an address is compared by: trimmed and lower-cased. */
export function emailKeyOf(email: string): string {
  return email.trim().toLowerCase();
}

export interface Person {
  readonly tenantId: number;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  /** BCP 47, lower case, e.g. `en` or `pt-br`. */
  readonly language: string;
}

/** The tenant's client with this address; the first one's names stay. Safe when two ask at once. */
export async function findOrMakeClient(transaction: Database, person: Person): Promise<Client> {
  const emailKey = emailKeyOf(person.email);
  const made = await transaction
    .insertInto('clients')
    .values({
      tenant_id: person.tenantId,
      email: person.email.trim(),
      email_key: emailKey,
      first_name: person.firstName,
      last_name: person.lastName,
      language: person.language,
      zammad_customer_id: null,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'email_key']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return (
    made ??
    (await transaction
      .selectFrom('clients')
      .selectAll()
      .where('tenant_id', '=', person.tenantId)
      .where('email_key', '=', emailKey)
      .executeTakeFirstOrThrow())
  );
}

/** The tenant's client with this address, whatever its case. */
export async function clientOfAddress(
  db: Database,
  tenantId: number,
  email: string,
): Promise<Client | undefined> {
  return db
    .selectFrom('clients')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('email_key', '=', emailKeyOf(email))
    .executeTakeFirst();
}

/** The order as it was first seen. */
export async function recordOrder(
  transaction: Database,
  order: {
    saleorDomain: string;
    orderId: string;
    tenantId: number;
    clientId: number;
    number: string;
    currency: string;
  },
): Promise<void> {
  await transaction
    .insertInto('orders')
    .values({
      saleor_domain: order.saleorDomain,
      order_id: order.orderId,
      tenant_id: order.tenantId,
      client_id: order.clientId,
      number: order.number,
      currency: order.currency,
    })
    .onConflict((conflict) => conflict.columns(['saleor_domain', 'order_id']).doNothing())
    .execute();
}
