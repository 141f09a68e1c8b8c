import { findPurchasedUnit, type PurchasedUnit } from '../db/queries/refunds.ts';
import { parseAmount } from '../integrations/saleor/amounts.ts';
import type { SaleorOrderTruth } from '../integrations/saleor/contract.ts';
import { CodedFailure } from '../platform/failures.ts';
import { PAID_ELSEWHERE } from '../platform/paid-elsewhere.ts';
import { refundMarkerOf } from '../platform/session-ids.ts';
import type { SessionActivities } from '../workflows/contract/activities.ts';
import type { ActivityDependencies } from './dependencies.ts';

const paidInFull: ReadonlySet<string> = new Set(['FULL', 'OVERCHARGED']);
const calledOff: ReadonlySet<string> = new Set(['CANCELED', 'EXPIRED']);

/**
 * `isPaid` and `chargeStatus` decide, not the name of the event that told of the order. An order of which a unit was
 * refunded is not `isPaid` any more, although the rest is charged in full.
 */
export function paymentVerdict(order: SaleorOrderTruth): 'paid' | 'not-paid' | 'cancelled' {
  if (calledOff.has(order.status)) return 'cancelled';
  return (order.isPaid || order.isCharged) && paidInFull.has(order.chargeStatus) ? 'paid' : 'not-paid';
}

/**
 * Whether a refund of this unit waits for an operator: above its currency's limit, or in a currency without one while
 * others have theirs.
 */
export function needsApproval(
  { amount, currency }: Pick<PurchasedUnit, 'amount' | 'currency'>,
  limits: ActivityDependencies['refundApprovalAbove'],
): boolean {
  if (limits.size === 0) return false;
  const limit = limits.get(currency);
  return limit === undefined || parseAmount(amount) > parseAmount(limit);
}

export function paymentActivities({
  db,
  saleor,
  refundApprovalAbove,
}: ActivityDependencies): Pick<SessionActivities, 'confirmPayment' | 'refund'> {
  return {
    async confirmPayment({ sessionKey }) {
      const unit = await findPurchasedUnit(db, sessionKey);
      if (!unit) throw new CodedFailure('row-missing', `no session ${sessionKey}`);
      // Whoever started it has seen the money: there is no shop to ask.
      if (unit.saleorDomain === PAID_ELSEWHERE) return { kind: 'confirm-payment', verdict: 'paid' };
      const order = await saleor(unit.saleorDomain).getOrder(unit.orderId);
      if (!order)
        throw new CodedFailure('vendor-not-found', `saleor knows no order of session ${sessionKey}`);
      return { kind: 'confirm-payment', verdict: paymentVerdict(order) };
    },

    async refund({ sessionKey, approved }) {
      const unit = await findPurchasedUnit(db, sessionKey);
      if (!unit) throw new CodedFailure('row-missing', `no session ${sessionKey}`);
      if (unit.saleorDomain === PAID_ELSEWHERE)
        throw new CodedFailure('refund-by-hand', `session ${sessionKey} was not paid in a shop`);
      if (!approved && needsApproval(unit, refundApprovalAbove))
        return { kind: 'refund', status: 'needs-approval' };
      const status = await saleor(unit.saleorDomain).refundUnit({
        orderId: unit.orderId,
        lineId: unit.lineId,
        marker: refundMarkerOf(sessionKey),
      });
      return { kind: 'refund', status };
    },
  };
}
