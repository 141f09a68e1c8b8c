import type { Database } from '../../../db/connect.ts';
import { writeAudit } from '../../../db/queries/audit.ts';
import { rememberRequest } from '../../../db/queries/idempotency.ts';
import { ensureTenant, findOrMakeClient, findTenant, recordOrder } from '../../../db/queries/people.ts';
import { intendSessions, lockOrder, sessionByKey } from '../../../db/queries/sessions.ts';
import type { Session, Tenant } from '../../../db/tables.ts';
import type { UnitSold } from '../../../integrations/saleor/convention.ts';
import { defaultPolicy } from '../../../integrations/saleor/policy.ts';
import { elsewhereIdentity } from '../../../platform/paid-elsewhere.ts';
import { sessionKeyOf, type UnitIdentity } from '../../../platform/session-ids.ts';
import type { Policy } from '../../../workflows/contract/session.ts';
import type { Instant } from '../../../workflows/contract/values.ts';
import { actorOf, type Caller } from '../../auth/caller.ts';
import type { OrderSettings } from '../../intake/orders.ts';
import { newSession, templateFor } from '../../sessions/sold.ts';
import type { StartBody } from './start-request.ts';

export type ElsewhereSettings = Pick<OrderSettings, 'defaults' | 'defaultTenant' | 'calendarOwnerId'>;

export type TakenElsewhere =
  | { readonly kind: 'made' | 'known'; readonly session: Session }
  /** The key stands for another request. */
  | { readonly kind: 'other-request' }
  | { readonly kind: 'start-in-the-past' }
  | { readonly kind: 'no-tenant' };

function policyOf(given: StartBody['policy']): Policy {
  return {
    cutoffMs: given.cutoff ?? defaultPolicy.cutoffMs,
    bookingDeadlineMs: given.booking_deadline ?? defaultPolicy.bookingDeadlineMs,
    gateOpensMs: given.gate_opens ?? defaultPolicy.gateOpensMs,
    gateClosesMs: given.gate_closes ?? defaultPolicy.gateClosesMs,
    remindersMs: given.reminders ?? defaultPolicy.remindersMs,
    refund: given.refund ?? defaultPolicy.refund,
    onCancel: given.on_cancel ?? defaultPolicy.onCancel,
    lateDeadlineMs: given.late_deadline ?? defaultPolicy.lateDeadlineMs,
    lateDefault: given.late_default ?? defaultPolicy.lateDefault,
    lateGrace: given.late_grace ?? defaultPolicy.lateGrace,
    settleMs: given.settle ?? defaultPolicy.settleMs,
    refundSettleMs: given.refund_settle ?? defaultPolicy.refundSettleMs,
    halfRescheduleMs: given.half_reschedule ?? defaultPolicy.halfRescheduleMs,
  };
}

/** The same as a shop's convention says of a line. */
function soldAs(
  body: StartBody,
  identity: UnitIdentity,
  tenant: Tenant,
  { defaults }: ElsewhereSettings,
): UnitSold {
  const provider = body.provider ?? defaults.provider;
  return {
    sessionKey: sessionKeyOf(identity),
    lineId: identity.lineUuid,
    unit: identity.unit,
    productId: null,
    variantId: null,
    capacity: null,
    productName: body.product,
    variantName: body.variant ?? '',
    provider,
    eventType: body.event_type ?? defaults.eventTypes[provider] ?? '',
    timeZone: body.time_zone ?? tenant.time_zone,
    resource: body.resource ?? null,
    durationMs: body.duration,
    startsAt: body.starts_at === undefined ? null : (body.starts_at.getTime() as Instant),
    amount: body.amount,
    currency: body.currency,
    policy: policyOf(body.policy),
    problems: [],
    refused: [],
  };
}

async function tenantOf(
  trx: Database,
  { tenantId }: Caller,
  { defaultTenant }: ElsewhereSettings,
): Promise<Tenant | undefined> {
  return tenantId === defaultTenant.id ? ensureTenant(trx, defaultTenant) : findTenant(trx, tenantId);
}

/**
 * Writes a session that was paid elsewhere down, as intake does with one of a shop's order: everything in one
 * transaction, its run still owed.
 */
export async function takePaidElsewhere(
  db: Database,
  asked: { readonly caller: Caller; readonly key: string; readonly body: StartBody; readonly at: Instant },
  settings: ElsewhereSettings,
): Promise<TakenElsewhere> {
  const { caller, key, body, at } = asked;
  const { tenantId } = caller;
  const identity = elsewhereIdentity(tenantId, key);
  const sessionKey = sessionKeyOf(identity);
  const order = { saleorDomain: identity.saleorDomain, orderId: identity.orderUuid };
  return db.transaction().execute(async (trx): Promise<TakenElsewhere> => {
    await lockOrder(trx, order);
    const known = await sessionByKey(trx, sessionKey);
    const tenant = await tenantOf(trx, caller, settings);
    if (tenant === undefined) return { kind: 'no-tenant' };
    if (!known && body.starts_at && body.starts_at.getTime() <= at) return { kind: 'start-in-the-past' };
    // Once that is forgotten the key is still this session's, whatever is sent with it.
    const request = { scope: `sessions|${tenantId}`, key, request: body };
    const remembered = await rememberRequest(trx, request, { subject: sessionKey, now: at });
    if (remembered.kind === 'other-request') return { kind: 'other-request' };
    if (known) return { kind: 'known', session: known };

    const unit = soldAs(body, identity, tenant, settings);
    const client = await findOrMakeClient(trx, {
      tenantId,
      email: body.client.email,
      firstName: body.client.first_name,
      lastName: body.client.last_name,
      language: body.client.language,
    });
    const { currency } = body;
    await recordOrder(trx, {
      ...order,
      tenantId,
      clientId: client.id,
      number: body.payment_reference,
      currency,
    });
    const templateId = await templateFor(trx, unit, {
      tenantId,
      product: `elsewhere:${unit.productName}`,
      ownerId: settings.calendarOwnerId,
    });
    const { language } = body.client;
    await intendSessions(trx, [
      newSession(unit, { ...order, tenantId, clientId: client.id, templateId, language }, at),
    ]);
    await writeAudit(trx, [
      {
        at: new Date(at),
        tenantId,
        actor: actorOf(caller),
        action: 'session.started-by-hand',
        subject: sessionKey,
        reason: null,
        details: body.reason === undefined ? {} : { reason: body.reason },
      },
    ]);
    const session = await sessionByKey(trx, sessionKey);
    if (session === undefined) throw new Error('a session that was just written is gone');
    return { kind: 'made', session };
  });
}
