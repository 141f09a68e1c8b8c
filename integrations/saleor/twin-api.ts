import { formatAmount, parseAmount, type Amount } from './amounts.ts';
import type { Arguments, Resolver } from './graphql.ts';
import {
  globalId,
  granted,
  mergeMetadata,
  payBack,
  pythonInstant,
  recount,
  type TwinGrant,
  type TwinOrder,
  type TwinTransaction,
} from './twin-orders.ts';

/** What the payment provider behind the shop does with a refund request. */
export type RefundOutcome = 'success' | 'failure' | 'pending';

export interface TwinApiSettings {
  /** Takes units out of the warehouse; false where there are too few, or no row. */
  readonly takeStock: (sku: string, quantity: number) => boolean;
  readonly orders: () => readonly TwinOrder[];
  readonly now: () => number;
  readonly refundOutcome: () => RefundOutcome;
  /** Runs later, as Saleor's workers do. */
  readonly later: (work: () => void) => void;
  readonly emit: (event: string, order: TwinOrder, by: 'app' | 'worker') => void;
}

const failure = (field: string | null, code: string, message: string) => ({ field, message, code });

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(args: Arguments, name: string): string {
  const value = args[name];
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** A number or decimal text of a GraphQL input. */
function amountIn(value: unknown): Amount | undefined {
  return typeof value === 'number' || typeof value === 'string' ? parseAmount(String(value)) : undefined;
}

/** The order as the API shows it: the webhook's fields, its granted refunds, and what was granted in all. */
function viewOf(order: TwinOrder): Readonly<Record<string, unknown>> {
  const { body } = order;
  const refunded = body.transactions.reduce((sum, item) => sum + parseAmount(item.refundedAmount.amount), 0n);
  const money = (amount: Amount) => ({ amount: formatAmount(amount), currency: body.channel.currencyCode });
  return {
    __typename: 'Order',
    ...body,
    lines: body.lines.map((line) => ({ ...line, quantityFulfilled: order.fulfilled.get(line.id) ?? 0 })),
    grantedRefunds: order.grants,
    totalGrantedRefund: money(granted(order)),
    totalRefunded: money(refunded),
  };
}

/** The resolvers of the shop's GraphQL API but `app`, which depends on who asks, as far as the reference describes them. */
export function createTwinApi(settings: TwinApiSettings): Readonly<Record<string, Resolver>> {
  const findOrder = (id: string) => settings.orders().find((order) => order.body.id === id);

  function findTransaction(id: string): { order: TwinOrder; transaction: TwinTransaction } | undefined {
    for (const order of settings.orders()) {
      const transaction = order.body.transactions.find((item) => item.id === id);
      if (transaction) return { order, transaction };
    }
    return undefined;
  }

  function findGrant(id: string): { order: TwinOrder; grant: TwinGrant } | undefined {
    for (const order of settings.orders()) {
      const grant = order.grants.find((candidate) => candidate.id === id);
      if (grant) return { order, grant };
    }
    return undefined;
  }

  /** The payment app's answer comes from a worker, after the request was answered. */
  function settle(order: TwinOrder, transaction: TwinTransaction, amount: Amount, grant?: TwinGrant): void {
    settings.later(() => {
      const outcome = settings.refundOutcome();
      if (outcome === 'pending') return;
      if (grant) grant.status = outcome === 'success' ? 'SUCCESS' : 'FAILURE';
      if (outcome === 'failure') return;
      payBack(transaction, amount);
      recount(order, settings.now());
      settings.emit('order_refunded', order, 'worker');
      if (parseAmount(order.body.totalCharged.amount) === 0n)
        settings.emit('order_fully_refunded', order, 'worker');
    });
  }

  function metadataMutation(kind: 'metadata' | 'privateMetadata'): Resolver {
    return (args) => {
      const id = textOf(args, 'id');
      const order = findOrder(id);
      const line = settings
        .orders()
        .flatMap((candidate) => candidate.body.lines)
        .find((candidate) => candidate.id === id);
      const list =
        kind === 'metadata' ? (order?.body.metadata ?? line?.metadata) : order?.body.privateMetadata;
      if (!list)
        return { item: null, errors: [failure('id', 'NOT_FOUND', `Couldn't resolve to a node: ${id}`)] };
      mergeMetadata(
        list,
        listOf(args['input']).map(({ key, value }) => ({ key: String(key), value: String(value) })),
      );
      if (order) order.body.updatedAt = pythonInstant(settings.now());
      return { item: order ? viewOf(order) : { __typename: 'OrderLine', ...line }, errors: [] };
    };
  }

  function grantRefund(args: Arguments): unknown {
    const refuse = (field: string, code: string, message: string) => ({
      order: null,
      grantedRefund: null,
      errors: [failure(field, code, message)],
    });
    const order = findOrder(textOf(args, 'id'));
    if (!order) return refuse('id', 'NOT_FOUND', "Couldn't resolve to a node.");
    const input = isRecord(args['input']) ? args['input'] : {};
    const lines: { orderLine: { id: string }; quantity: number }[] = [];
    let amount = amountIn(input['amount']) ?? 0n;
    for (const wanted of listOf(input['lines'])) {
      const line = order.body.lines.find((candidate) => candidate.id === wanted['id']);
      if (!line) return refuse('lines', 'NOT_FOUND', 'Could not resolve a line.');
      const quantity = Number(wanted['quantity']);
      const before = order.grants
        .flatMap((grant) => grant.lines)
        .filter((other) => other.orderLine.id === line.id)
        .reduce((sum, other) => sum + other.quantity, 0);
      if (before + quantity > line.quantity)
        return refuse(
          'lines',
          'QUANTITY_GREATER_THAN_AVAILABLE',
          'Cannot grant more than the available quantity.',
        );
      lines.push({ orderLine: { id: line.id }, quantity });
      if (input['amount'] === undefined)
        amount += parseAmount(line.unitPrice.gross.amount) * BigInt(quantity);
    }
    const transactionId = typeof input['transactionId'] === 'string' ? input['transactionId'] : null;
    const found = transactionId === null ? undefined : findTransaction(transactionId);
    if (transactionId !== null && found?.order !== order)
      return refuse('transactionId', 'NOT_FOUND', "Couldn't resolve to a node.");
    const charged = found ? parseAmount(found.transaction.chargedAmount.amount) : undefined;
    if (charged !== undefined && amount > charged)
      return refuse('amount', 'AMOUNT_GREATER_THAN_AVAILABLE', 'The amount is greater than was charged.');
    if (granted(order) + amount > parseAmount(order.body.total.gross.amount))
      return refuse('amount', 'AMOUNT_GREATER_THAN_AVAILABLE', 'The amount is greater than the order.');
    const count = settings.orders().reduce((sum, other) => sum + other.grants.length, 0);
    const grant: TwinGrant = {
      id: globalId('OrderGrantedRefund', count + 1),
      reason: typeof input['reason'] === 'string' ? input['reason'] : '',
      status: 'NONE',
      amount: { amount: formatAmount(amount), currency: order.body.channel.currencyCode },
      transaction: transactionId === null ? null : { id: transactionId },
      lines,
    };
    order.grants.push(grant);
    recount(order, settings.now());
    return { order: viewOf(order), grantedRefund: grant, errors: [] };
  }

  function requestGrantedRefund(args: Arguments): unknown {
    const refuse = (field: string, code: string, message: string) => ({
      transaction: null,
      errors: [failure(field, code, message)],
    });
    const found = findGrant(textOf(args, 'grantedRefundId'));
    if (!found) return refuse('grantedRefundId', 'NOT_FOUND', "Couldn't resolve to a node.");
    const { order, grant } = found;
    if (grant.status === 'PENDING')
      return refuse('grantedRefundId', 'REFUND_IS_PENDING', 'The refund request is already in progress.');
    if (grant.status === 'SUCCESS')
      return refuse(
        'grantedRefundId',
        'REFUND_ALREADY_PROCESSED',
        'The granted refund is already processed.',
      );
    const paid = findTransaction(grant.transaction?.id ?? textOf(args, 'id'));
    if (paid?.order !== order)
      return refuse('id', 'INVALID', 'The transaction belongs to a different order.');
    const charged = parseAmount(paid.transaction.chargedAmount.amount);
    const wanted = parseAmount(grant.amount.amount);
    if (grant.transaction && charged < wanted)
      return refuse(
        'grantedRefundId',
        'AMOUNT_GREATER_THAN_AVAILABLE',
        'More than the transaction was charged.',
      );
    grant.transaction = { id: paid.transaction.id };
    grant.status = 'PENDING';
    // Saleor's own rule: a grant of nothing asks for the whole charge.
    settle(order, paid.transaction, wanted === 0n ? charged : wanted, grant);
    return { transaction: paid.transaction, errors: [] };
  }

  function requestAction(args: Arguments): unknown {
    const found = findTransaction(textOf(args, 'id'));
    if (!found)
      return { transaction: null, errors: [failure('id', 'NOT_FOUND', "Couldn't resolve to a node.")] };
    const { order, transaction } = found;
    const charged = parseAmount(transaction.chargedAmount.amount);
    if (args['actionType'] === 'REFUND') {
      const wanted = amountIn(args['amount']) ?? charged;
      const clamped = wanted > charged ? charged : wanted;
      if (clamped > 0n) settle(order, transaction, clamped);
    }
    return { transaction, errors: [] };
  }

  /** `orders(first, after, where)`, newest number first; a cursor is the number of the last one. */
  function listOrders(args: Arguments): unknown {
    const where = isRecord(args['where']) ? args['where'] : {};
    const wanted = isRecord(where['chargeStatus']) ? where['chargeStatus']['oneOf'] : undefined;
    const since = isRecord(where['updatedAt']) ? Date.parse(textOf(where['updatedAt'], 'gte')) : Number.NaN;
    const fitting = settings
      .orders()
      .filter(({ body }) => !Array.isArray(wanted) || wanted.includes(body.chargeStatus))
      .filter(({ body }) => Number.isNaN(since) || Date.parse(body.updatedAt) >= since)
      .toReversed();
    const after = textOf(args, 'after');
    const from =
      after === '' ? 0 : fitting.findIndex(({ body }) => globalId('Cursor', body.number) === after) + 1;
    const first = Number(args['first']);
    const page = fitting.slice(from, from + first);
    const last = page.at(-1);
    return {
      pageInfo: {
        hasNextPage: from + first < fitting.length,
        endCursor: last ? globalId('Cursor', last.body.number) : null,
      },
      edges: page.map((order) => ({ node: viewOf(order) })),
    };
  }

  function cancelOrder(args: Arguments): unknown {
    const order = findOrder(textOf(args, 'id'));
    if (!order) return { order: null, errors: [failure('id', 'NOT_FOUND', "Couldn't resolve to a node.")] };
    // A live fulfilment has to be cancelled first.
    if (order.body.status === 'CANCELED' || order.fulfilled.size > 0)
      return {
        order: null,
        errors: [failure('order', 'CANNOT_CANCEL_ORDER', "This order can't be canceled.")],
      };
    order.body.status = 'CANCELED';
    order.body.updatedAt = pythonInstant(settings.now());
    settings.emit('order_cancelled', order, 'app');
    return { order: viewOf(order), errors: [] };
  }

  function fulfilOrder(args: Arguments): unknown {
    const refuse = (field: string, code: string, message: string) => ({
      order: null,
      errors: [failure(field, code, message)],
    });
    const order = findOrder(textOf(args, 'order'));
    if (!order) return refuse('order', 'NOT_FOUND', "Couldn't resolve to a node.");
    if (order.body.status === 'CANCELED')
      return refuse('orderLineIds', 'CANNOT_FULFILL_UNPAID_ORDER', "This order can't be fulfilled.");
    const input = isRecord(args['input']) ? args['input'] : {};
    for (const wanted of listOf(input['lines'])) {
      const line = order.body.lines.find((candidate) => candidate.id === wanted['orderLineId']);
      if (!line) return refuse('orderLineId', 'NOT_FOUND', "Couldn't resolve to a node.");
      const quantity = listOf(wanted['stocks']).reduce((sum, part) => sum + Number(part['quantity']), 0);
      const before = order.fulfilled.get(line.id) ?? 0;
      if (before + quantity > line.quantity)
        return refuse('orderLineId', 'FULFILL_ORDER_LINE', `Only ${line.quantity - before} items remaining.`);
      if (!settings.takeStock(line.productSku ?? '', quantity))
        return refuse('stocks', 'INSUFFICIENT_STOCK', 'Insufficient product stock.');
      order.fulfilled.set(line.id, before + quantity);
    }
    const left = order.body.lines.some((line) => (order.fulfilled.get(line.id) ?? 0) < line.quantity);
    order.body.status = left ? 'PARTIALLY_FULFILLED' : 'FULFILLED';
    order.body.updatedAt = pythonInstant(settings.now());
    return { order: viewOf(order), errors: [] };
  }

  return {
    order(args) {
      const order = findOrder(textOf(args, 'id'));
      return order ? viewOf(order) : null;
    },
    orders: listOrders,
    updateMetadata: metadataMutation('metadata'),
    updatePrivateMetadata: metadataMutation('privateMetadata'),
    orderCancel: cancelOrder,
    orderFulfill: fulfilOrder,
    orderGrantRefundCreate: grantRefund,
    transactionRequestRefundForGrantedRefund: requestGrantedRefund,
    transactionRequestAction: requestAction,
  };
}
