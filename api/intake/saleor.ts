import { markStarted, sessionsOfOrder } from '../../db/queries/sessions.ts';
import type { InboxRow, Session } from '../../db/tables.ts';
import { MalformedSaleorId } from '../../integrations/saleor/convention.ts';
import type { SaleorOrder } from '../../integrations/saleor/wire.ts';
import type { ShopEvent } from '../../workflows/contract/events.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { saleorOrderOf } from '../../db/correlation.ts';
import type { DeliveryDeps } from './dependencies.ts';
import { type TakenOrder, takeOrder } from './orders.ts';
import { done, type Outcome, quarantine } from './outcome.ts';
import { refundedUnits } from './refunded-units.ts';
import { readSaleorRow, type ShopNews } from './saleor-event.ts';
import { deliverToSession, together } from './signal.ts';

interface Order {
  readonly saleorDomain: string;
  /** Saleor's own id of it. */
  readonly orderId: string;
}

/** What a Saleor webhook does: a paid order becomes sessions, a cancel or refund is told to them. */
export async function deliverSaleor(row: InboxRow, deps: DeliveryDeps): Promise<Outcome> {
  const from = saleorOrderOf(row.correlation);
  if (!from) return done('no-order');
  const order = { saleorDomain: from.domain, orderId: from.orderId };
  const news = readSaleorRow(row);
  switch (news.kind) {
    case 'paid':
      return openSessions(
        news.order,
        { domain: from.domain, at: row.received_at.getTime() as Instant },
        deps,
      );
    case 'cancelled':
      return tellCancellation(order, news, deps);
    case 'refunded':
      return tellRefund(order, news, deps);
    case 'nothing':
      return done(news.reason);
    case 'unreadable':
      return quarantine(news.reason);
  }
}

async function tellCancellation(
  order: Order,
  { occurredAt, receivedAt }: Extract<ShopNews, { kind: 'cancelled' }>,
  deps: DeliveryDeps,
): Promise<Outcome> {
  const event: ShopEvent = { type: 'order.cancelled', occurredAt, receivedAt };
  return tellSessions(await sessionsOfOrder(deps.db, order), () => event, deps);
}

type Refunded = Extract<ShopNews, { kind: 'refunded' }>;

/** The shop's webhook says that money went back, and not for which unit: of a part, the shop is asked. */
async function tellRefund(
  order: Order,
  { scope, occurredAt, receivedAt }: Refunded,
  deps: DeliveryDeps,
): Promise<Outcome> {
  const sessions = await sessionsOfOrder(deps.db, order);
  if (sessions.length === 0) return done('no-sessions');
  const heard = { type: 'payment.refunded', occurredAt, receivedAt } as const;
  if (scope === 'order') return tellSessions(sessions, () => ({ ...heard, scope }), deps);
  const refunds = await deps.saleor(order.saleorDomain).readRefunds(order.orderId);
  if (!refunds) return quarantine('unknown-order');
  const units = sessions.map(({ session_key, line_id }) => ({ key: session_key, lineId: line_id }));
  const refunded = refundedUnits(refunds, units);
  return tellSessions(
    sessions,
    ({ session_key }) => {
      const unit = refunded.get(session_key) ?? 'unclear';
      return unit === 'none' ? null : { ...heard, scope: unit };
    },
    deps,
  );
}

async function openSessions(
  order: SaleorOrder,
  from: { domain: string; at: Instant },
  deps: DeliveryDeps,
): Promise<Outcome> {
  let taken: TakenOrder;
  try {
    taken = await takeOrder(deps.db, order, from, deps.orders);
  } catch (error) {
    if (error instanceof MalformedSaleorId) return quarantine('malformed-id');
    throw error;
  }
  switch (taken.kind) {
    case 'unknown-shop':
      return quarantine('unknown-shop');
    case 'no-address':
      return quarantine('order-without-address');
    case 'taken':
      for (const session of taken.sessions) await startIntended(session, deps);
      if (taken.unclear.length > 0) return quarantine('line-without-product');
      return done(taken.sessions.length === 0 ? 'no-session-lines' : null);
  }
}

/** Gives a session its run if it is still owed one, and writes that down. Safe to repeat. */
export async function startIntended(
  session: Session,
  deps: Pick<DeliveryDeps, 'db' | 'starter' | 'clock' | 'log'>,
): Promise<void> {
  if (session.start_state !== 'intended') return;
  const result = await deps.starter.start(session);
  await markStarted(deps.db, session.session_key, new Date(deps.clock()));
  deps.log.info({ sessionKey: session.session_key, result }, 'session started');
}

async function tellSessions(
  sessions: readonly Session[],
  eventOf: (session: Session) => ShopEvent | null,
  deps: DeliveryDeps,
): Promise<Outcome> {
  if (sessions.length === 0) return done('no-sessions');
  const outcomes: Outcome[] = [];
  for (const session of sessions) {
    const event = eventOf(session);
    if (event) outcomes.push(await deliverToSession(deps, session.session_key, [event]));
  }
  return outcomes.length === 0 ? done('no-session-concerned') : together(outcomes);
}
