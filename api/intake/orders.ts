import type { Database } from '../../db/connect.ts';
import { ensureTenant, findOrMakeClient, recordOrder, tenantOfDomain } from '../../db/queries/people.ts';
import { lockStarts, takenSeats } from '../../db/queries/seats.ts';
import { intendSessions, lockOrder, sessionsOfOrder } from '../../db/queries/sessions.ts';
import type { Session, Tenant } from '../../db/tables.ts';
import {
  type ConventionDefaults,
  languageOf,
  readOrder,
  type UnitSold,
  unclearLines,
} from '../../integrations/saleor/convention.ts';
import type { SaleorOrder } from '../../integrations/saleor/wire.ts';
import { beyondCapacity, type Seat, startsOf } from '../../integrations/saleor/capacity.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { newSession, templateFor } from '../sessions/sold.ts';

export interface OrderSettings {
  /** Our shops by their domains. Tenants that are not there yet are made. */
  readonly shops: ReadonlyMap<
    string,
    { readonly id: number; readonly name: string; readonly timeZone: string }
  >;
  readonly productTypes: readonly string[];
  /** Whose sessions are that were paid elsewhere; made when it is missing. */
  readonly defaultTenant: { readonly id: number; readonly name: string; readonly timeZone: string };
  readonly defaults: ConventionDefaults;
  /** Who owns a calendar made for a tenant that has none. */
  readonly calendarOwnerId: number;
}

export type TakenOrder =
  | { readonly kind: 'unknown-shop' }
  | { readonly kind: 'no-address' }
  | {
      readonly kind: 'taken';
      /** Every unit of the order, whatever became of it. */
      readonly sessions: readonly Session[];
      /** Lines that may be sessions and cannot be read. */
      readonly unclear: readonly string[];
    };

/**
 * Writes a paid order down in one transaction, under the order's lock: tenant, client, calendar, template, the
 * order and each unit as `intended`. Repeating it adds nothing and changes nothing.
 */
export async function takeOrder(
  db: Database,
  order: SaleorOrder,
  from: { domain: string; at: Instant },
  settings: OrderSettings,
): Promise<TakenOrder> {
  return db.transaction().execute(async (transaction): Promise<TakenOrder> => {
    const identity = { saleorDomain: from.domain, orderId: order.id };
    await lockOrder(transaction, identity);
    const tenant = await tenantFor(transaction, from.domain, settings);
    if (!tenant) return { kind: 'unknown-shop' };

    const units = readOrder(order, {
      domain: from.domain,
      productTypes: settings.productTypes,
      tenantTimeZone: tenant.time_zone,
      now: from.at,
      defaults: settings.defaults,
    });
    const known = await sessionsOfOrder(transaction, identity);
    const unknown = units.filter((unit) => !known.some((one) => one.session_key === unit.sessionKey));
    const missing = beyondCapacity(unknown, await seatsTaken(transaction, from.domain, unknown));
    const unclear = unclearLines(order);
    if (missing.length === 0) return { kind: 'taken', sessions: known, unclear };
    if (order.userEmail.trim() === '') return { kind: 'no-address' };

    const language = languageOf(order.languageCodeEnum);
    const client = await findOrMakeClient(transaction, {
      tenantId: tenant.id,
      email: order.userEmail,
      firstName: order.billingAddress?.firstName ?? '',
      lastName: order.billingAddress?.lastName ?? '',
      language,
    });
    await recordOrder(transaction, {
      ...identity,
      tenantId: tenant.id,
      clientId: client.id,
      number: order.number,
      currency: missing[0]?.currency ?? '',
    });
    const templates = await templatesFor(transaction, tenant, missing, settings);
    await intendSessions(
      transaction,
      missing.flatMap((unit) => {
        const templateId = templates.get(templateKey(unit));
        if (templateId === undefined) return [];
        return [
          newSession(
            unit,
            { ...identity, tenantId: tenant.id, clientId: client.id, templateId, language },
            from.at,
          ),
        ];
      }),
    );
    return { kind: 'taken', sessions: await sessionsOfOrder(transaction, identity), unclear };
  });
}

async function tenantFor(
  transaction: Database,
  domain: string,
  settings: OrderSettings,
): Promise<Tenant | undefined> {
  const known = await tenantOfDomain(transaction, domain);
  if (known) return known;
  const tenant = settings.shops.get(domain);
  return tenant && ensureTenant(transaction, tenant);
}

/** How many units each fixed start of these was sold to already. Held until the transaction ends. */
async function seatsTaken(
  transaction: Database,
  domain: string,
  units: readonly UnitSold[],
): Promise<readonly Seat[]> {
  const starts = startsOf(units);
  await lockStarts(transaction, domain, starts);
  const seats: Seat[] = [];
  for (const start of starts) seats.push({ ...start, taken: await takenSeats(transaction, domain, start) });
  return seats;
}

/** A line whose product was deleted still has its name. */
const templateKey = (unit: UnitSold): string => unit.productId ?? `deleted:${unit.productName}`;

/** The template of each product, made where missing; in one order of products, so that two orders never wait in a ring. */
async function templatesFor(
  transaction: Database,
  tenant: Tenant,
  units: readonly UnitSold[],
  settings: OrderSettings,
): Promise<ReadonlyMap<string, number>> {
  const templates = new Map<string, number>();
  for (const unit of units.toSorted((a, b) => (templateKey(a) < templateKey(b) ? -1 : 1))) {
    const key = templateKey(unit);
    if (templates.has(key)) continue;
    templates.set(
      key,
      await templateFor(transaction, unit, {
        tenantId: tenant.id,
        product: key,
        ownerId: settings.calendarOwnerId,
      }),
    );
  }
  return templates;
}
