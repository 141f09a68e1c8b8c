import { randomBytes } from 'node:crypto';
import type { Database } from '../../db/connect.ts';
import { ensureTenant, findOrMakeClient, recordOrder, tenantOfDomain } from '../../db/queries/people.ts';
import { intendSessions, lockOrder, sessionsOfOrder } from '../../db/queries/sessions.ts';
import { findOrMakeCalendar, findOrMakeTemplate } from '../../db/queries/templates.ts';
import type { NewSession, Session, Tenant } from '../../db/tables.ts';
import {
  type ConventionDefaults,
  languageOf,
  readOrder,
  type UnitSold,
  unclearLines,
} from '../../integrations/saleor/convention.ts';
import type { SaleorOrder } from '../../integrations/saleor/wire.ts';
import { sessionWorkflowId } from '../../platform/session-ids.ts';
import type { SessionInput } from '../../workflows/contract/session.ts';
import type { Instant } from '../../workflows/contract/values.ts';

export interface OrderSettings {
  /** The shop that this installation is set up for; its orders fall to the default tenant. */
  readonly domain: string | undefined;
  readonly productTypes: readonly string[];
  readonly defaults: ConventionDefaults;
  /** Made when it is missing. */
  readonly defaultTenant: { readonly id: number; readonly name: string; readonly timeZone: string };
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

/** 128 bits: nobody finds another client's session by trying. */
const SLUG_BYTES = 16;

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
    const missing = units.filter((unit) => !known.some((one) => one.session_key === unit.sessionKey));
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
  return domain === settings.domain ? ensureTenant(transaction, settings.defaultTenant) : undefined;
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
    const calendar = await findOrMakeCalendar(transaction, {
      tenantId: tenant.id,
      provider: unit.provider,
      eventType: unit.eventType,
      name: unit.productName,
      ownerId: settings.calendarOwnerId,
    });
    const template = await findOrMakeTemplate(transaction, {
      tenantId: tenant.id,
      calendarId: calendar.id,
      saleorProductId: key,
      name: unit.productName,
      durationMinutes: Math.max(1, Math.round(unit.durationMs / 60_000)),
    });
    templates.set(key, template.id);
  }
  return templates;
}

function newSession(
  unit: UnitSold,
  row: {
    saleorDomain: string;
    orderId: string;
    tenantId: number;
    clientId: number;
    templateId: number;
    language: string;
  },
  at: Instant,
): NewSession {
  const input: SessionInput = {
    rulesVersion: 1,
    sessionKey: unit.sessionKey,
    tenantId: row.tenantId,
    policy: unit.policy,
    paidAt: at,
    provider: unit.provider,
    durationMs: unit.durationMs,
    startsAt: unit.startsAt,
    problems: unit.problems,
  };
  const instant = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
  return {
    session_key: unit.sessionKey,
    tenant_id: row.tenantId,
    client_id: row.clientId,
    template_id: row.templateId,
    saleor_domain: row.saleorDomain,
    order_id: row.orderId,
    line_id: unit.lineId,
    unit: unit.unit,
    slug: randomBytes(SLUG_BYTES).toString('base64url'),
    workflow_id: sessionWorkflowId(unit.sessionKey),
    intended_at: new Date(at),
    started_at: null,
    input: JSON.stringify(input),
    product_name: unit.productName,
    variant_name: unit.variantName,
    resource: unit.resource,
    event_type: unit.eventType,
    time_zone: unit.timeZone,
    language: row.language,
    amount: unit.amount,
    currency: unit.currency,
    refused: JSON.stringify(unit.refused),
    ticket_id: null,
    ticket_number: null,
    booking_url: null,
    outcome: null,
    starts_at: instant(unit.startsAt),
    ends_at: instant(unit.startsAt === null ? null : unit.startsAt + unit.durationMs),
    cutoff_at: instant(unit.startsAt === null ? null : unit.startsAt - unit.policy.cutoffMs),
    needs_attention: unit.problems.length > 0,
    updated_at: new Date(at),
  };
}
