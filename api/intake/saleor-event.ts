import type { InboxRow } from '../../db/tables.ts';
import { parseAmount } from '../../integrations/saleor/amounts.ts';
import {
  readSaleorEvent,
  type SaleorOrder,
  type SaleorWebhookEvent,
} from '../../integrations/saleor/wire.ts';
import { parseSaleorJson } from '../../integrations/saleor/wire-json.ts';
import type { Instant } from '../../workflows/contract/values.ts';

interface Heard {
  readonly occurredAt: Instant;
  readonly receivedAt: Instant;
}

/** What a shop's webhook says, as far as it is a session's business. */
export type ShopNews =
  | { readonly kind: 'paid'; readonly order: SaleorOrder }
  | (Heard & { readonly kind: 'cancelled' })
  | (Heard & { readonly kind: 'refunded'; readonly scope: 'order' | 'part' })
  | { readonly kind: 'nothing'; readonly reason: string }
  /** It may be about a session that was paid for: a person must look. */
  | { readonly kind: 'unreadable'; readonly reason: string };

const CHARGED = ['FULL', 'OVERCHARGED'];
const CANCELLED = ['CANCELED', 'EXPIRED'];

/** Reads a stored webhook of Saleor's. Its signature was checked before it was stored. */
export function readSaleorRow(row: Pick<InboxRow, 'body' | 'event' | 'received_at'>): ShopNews {
  let event: SaleorWebhookEvent | undefined;
  try {
    event = readSaleorEvent(parseSaleorJson(row.body.toString('utf8')), row.event);
  } catch {
    event = undefined;
  }
  return event ? readShopNews(event, row.received_at.getTime() as Instant) : unreadable('malformed');
}

/**
 * `isPaid` and `chargeStatus` decide, not the event's name: a body may be older or newer than the event that
 * brought it. `OrderConfirmed` also comes for orders that nobody has paid.
 */
export function readShopNews(event: SaleorWebhookEvent, receivedAt: Instant): ShopNews {
  const issuedAt = Date.parse(event.issuedAt ?? '');
  const occurredAt = (Number.isNaN(issuedAt) ? receivedAt : Math.min(issuedAt, receivedAt)) as Instant;
  const heard = { occurredAt, receivedAt };
  switch (event.typename) {
    case 'OrderFullyPaid':
    case 'OrderPaid':
      return payment(event);
    case 'OrderCancelled':
      return { kind: 'cancelled', ...heard };
    case 'OrderFullyRefunded':
      return { kind: 'refunded', scope: 'order', ...heard };
    case 'OrderRefunded':
      return { kind: 'refunded', scope: nothingCharged(event.order) ? 'order' : 'part', ...heard };
    default:
      return nothing('unknown-event');
  }
}

function payment(event: SaleorWebhookEvent): ShopNews {
  const { order } = event;
  if (!order) return event.orderId === null ? nothing('no-order') : unreadable('order-incomplete');
  if (CANCELLED.includes(order.status)) return nothing('order-cancelled');
  if (!order.isPaid || !CHARGED.includes(order.chargeStatus)) return nothing('not-paid');
  return { kind: 'paid', order };
}

/** A granted refund of everything leaves `chargeStatus` at FULL: the transactions know better. */
function nothingCharged(order: SaleorOrder | null): boolean {
  if (!order) return false;
  if (order.chargeStatus === 'NONE') return true;
  return (
    order.transactions.length > 0 &&
    order.transactions.every((transaction) => parseAmount(transaction.chargedAmount.amount) === 0n)
  );
}

const nothing = (reason: string): ShopNews => ({ kind: 'nothing', reason });
const unreadable = (reason: string): ShopNews => ({ kind: 'unreadable', reason });
