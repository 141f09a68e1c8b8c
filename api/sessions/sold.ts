import { randomBytes } from 'node:crypto';
import type { Database } from '../../db/connect.ts';
import { findOrMakeCalendar, findOrMakeTemplate } from '../../db/queries/templates.ts';
import type { NewSession } from '../../db/tables.ts';
import type { UnitSold } from '../../integrations/saleor/convention.ts';
import { sessionWorkflowId } from '../../platform/session-ids.ts';
import type { SessionInput } from '../../workflows/contract/session.ts';
import type { Instant } from '../../workflows/contract/values.ts';

/** 128 bits: nobody finds another client's session by trying. */
const SLUG_BYTES = 16;

/**
 * The template of what was sold, with its calendar; both are made where they are missing.
 *
 * @param of.product what the template is found by: the shop's product id, or what stands for one.
 * @param of.ownerId who owns a calendar that is made for a tenant without any.
 * @returns the template's id.
 */
export async function templateFor(
  transaction: Database,
  unit: Pick<UnitSold, 'provider' | 'eventType' | 'productName' | 'durationMs'>,
  of: { readonly tenantId: number; readonly product: string; readonly ownerId: number },
): Promise<number> {
  const calendar = await findOrMakeCalendar(transaction, {
    tenantId: of.tenantId,
    provider: unit.provider,
    eventType: unit.eventType,
    name: unit.productName,
    ownerId: of.ownerId,
  });
  const template = await findOrMakeTemplate(transaction, {
    tenantId: of.tenantId,
    calendarId: calendar.id,
    saleorProductId: of.product,
    name: unit.productName,
    durationMinutes: Math.max(1, Math.round(unit.durationMs / 60_000)),
  });
  return template.id;
}

/** The row of a unit that was sold at this instant, its workflow still owed. */
export function newSession(
  unit: UnitSold,
  row: {
    readonly saleorDomain: string;
    readonly orderId: string;
    readonly tenantId: number;
    readonly clientId: number;
    readonly templateId: number;
    readonly language: string;
  },
  at: Instant,
): NewSession {
  const input: SessionInput = {
    rulesVersion: 1,
    attentive: true,
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
    variant_id: unit.variantId,
    resource: unit.resource,
    provider: unit.provider,
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
