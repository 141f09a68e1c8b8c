import { randomUUID } from 'node:crypto';
import { formatAmount, parseAmount, type Amount } from './amounts.ts';

/** `{amount}` is decimal text here and a bare number on the wire. */
interface Money {
  amount: string;
  currency: string;
}

interface Entry {
  key: string;
  value: string;
}

interface TwinAttribute {
  attribute: { slug: string; inputType: string };
  values: { slug: string; name: string; value: string; dateTime?: string | null }[];
}

export interface TwinLine {
  id: string;
  productName: string;
  variantName: string;
  productSku: string | null;
  quantity: number;
  isShippingRequired: boolean;
  unitPrice: { gross: Money };
  totalPrice: { gross: Money };
  metadata: Entry[];
  variant: {
    id: string;
    sku: string | null;
    name: string;
    metadata: Entry[];
    attributes: TwinAttribute[];
    product: {
      id: string;
      slug: string;
      name: string;
      productType: { slug: string };
      metadata: Entry[];
      attributes: TwinAttribute[];
    };
  } | null;
}

export interface TwinTransaction {
  id: string;
  pspReference: string;
  name: string;
  actions: string[];
  chargedAmount: Money;
  refundedAmount: Money;
}

/** An order in exactly the keys, and their order, that the subscription in our manifest asks for. */
export interface TwinOrderBody {
  id: string;
  number: string;
  created: string;
  updatedAt: string;
  status: string;
  paymentStatus: string;
  chargeStatus: string;
  isPaid: boolean;
  origin: string;
  userEmail: string;
  languageCodeEnum: string;
  externalReference: string | null;
  user: { id: string; email: string; firstName: string; lastName: string } | null;
  channel: { id: string; slug: string; currencyCode: string };
  total: { gross: Money; net: { amount: string }; tax: { amount: string } };
  totalCharged: Money;
  totalBalance: Money;
  billingAddress: {
    firstName: string;
    lastName: string;
    phone: string;
    country: { code: string };
  } | null;
  metadata: Entry[];
  privateMetadata: Entry[];
  lines: TwinLine[];
  transactions: TwinTransaction[];
}

export interface TwinGrant {
  readonly id: string;
  readonly reason: string;
  status: 'NONE' | 'PENDING' | 'SUCCESS' | 'FAILURE';
  readonly amount: Money;
  transaction: { readonly id: string } | null;
  readonly lines: readonly { readonly orderLine: { readonly id: string }; readonly quantity: number }[];
}

export interface TwinOrder {
  readonly body: TwinOrderBody;
  readonly grants: TwinGrant[];
  /** Fulfilled units by line. */
  readonly fulfilled: Map<string, number>;
}

/** A line of a paid order, in the words of the shop's product data. */
export interface SoldLine {
  readonly productId?: string;
  readonly productName: string;
  readonly quantity: number;
  /** Line metadata `session.start`. */
  readonly start?: string;
  readonly productMetadata?: Readonly<Record<string, string>>;
  readonly variantMetadata?: Readonly<Record<string, string>>;
  /** Decimal text, gross. Default `49.00`. */
  readonly unitAmount?: string;
  /** Product attribute `session-duration`. Default 60. */
  readonly durationMinutes?: number;
  /** Variant attribute `session-resource`. */
  readonly resource?: string;
  /** Variant attribute `session-start`, of a session whose time is sold with it. */
  readonly fixedStart?: string;
  /** The variant's own id; lines of the same one are of the same variant. */
  readonly variantId?: string;
  /** Slug of the product type. Default `paid-session`. */
  readonly productType?: string;
}

export interface SoldOrder {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly lines: readonly SoldLine[];
  /** Saleor's language code, e.g. `EN`. */
  readonly language?: string;
}

/** Saleor's global ids: base64 of `Type:pk`. */
export function globalId(type: string, pk: string | number): string {
  return Buffer.from(`${type}:${pk}`).toString('base64');
}

/** Python's `isoformat`: microseconds, and none when they are zero. */
export function pythonInstant(ms: number): string {
  const iso = new Date(ms).toISOString();
  const fraction = iso.slice(20, 23);
  return `${iso.slice(0, 19)}${fraction === '000' ? '' : `.${fraction}000`}+00:00`;
}

/** Saleor lists metadata by key. */
export function metadataOf(entries: Readonly<Record<string, string>>): Entry[] {
  return Object.entries(entries)
    .map(([key, value]) => ({ key, value }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Sets keys in a list of metadata, in place. */
export function mergeMetadata(list: Entry[], input: readonly Entry[]): void {
  const merged = Object.fromEntries(list.map(({ key, value }) => [key, value]));
  for (const { key, value } of input) merged[key] = value;
  list.splice(0, list.length, ...metadataOf(merged));
}

function slugify(name: string): string {
  return (
    name
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'product'
  );
}

const CURRENCY = 'USD';

function soldLine(line: SoldLine, index: number): TwinLine {
  const unit = parseAmount(line.unitAmount ?? '49.00');
  const money = (amount: Amount): { gross: Money } => ({
    gross: { amount: formatAmount(amount), currency: CURRENCY },
  });
  const pk = index + 1;
  const variantName = line.start ? line.start.slice(0, 16).replace('T', ' ') : 'Default';
  const sku = `SES-${line.durationMinutes ?? 60}-${pk}`;
  return {
    id: globalId('OrderLine', randomUUID()),
    productName: line.productName,
    variantName,
    productSku: sku,
    quantity: line.quantity,
    isShippingRequired: false,
    unitPrice: money(unit),
    totalPrice: money(unit * BigInt(line.quantity)),
    metadata: line.start ? [{ key: 'session.start', value: line.start }] : [],
    variant: {
      id: line.variantId ?? globalId('ProductVariant', pk),
      sku,
      name: variantName,
      metadata: metadataOf(line.variantMetadata ?? {}),
      attributes: [
        ...(line.resource
          ? [
              {
                attribute: { slug: 'session-resource', inputType: 'PLAIN_TEXT' },
                values: [{ slug: `productvariant-${pk}_4`, name: line.resource, value: '', dateTime: null }],
              },
            ]
          : []),
        ...(line.fixedStart
          ? [
              {
                attribute: { slug: 'session-start', inputType: 'DATE_TIME' },
                values: [
                  {
                    slug: `productvariant-${pk}_5`,
                    name: pythonInstant(Date.parse(line.fixedStart)).replace('T', ' '),
                    value: '',
                    dateTime: pythonInstant(Date.parse(line.fixedStart)),
                  },
                ],
              },
            ]
          : []),
      ],
      product: {
        id: line.productId ?? globalId('Product', slugify(line.productName)),
        slug: slugify(line.productName),
        name: line.productName,
        productType: { slug: line.productType ?? 'paid-session' },
        metadata: metadataOf(line.productMetadata ?? {}),
        attributes: [
          {
            attribute: { slug: 'session-duration', inputType: 'NUMERIC' },
            values: [{ slug: `product-${pk}_1`, name: String(line.durationMinutes ?? 60), value: '' }],
          },
        ],
      },
    },
  };
}

/** A paid order: one transaction that charged the whole total. */
export function sellOrder(sold: SoldOrder, number: number, nowMs: number): TwinOrder {
  const lines = sold.lines.map(soldLine);
  const total = lines.reduce((sum, line) => sum + parseAmount(line.totalPrice.gross.amount), 0n);
  const money = (amount: Amount): Money => ({ amount: formatAmount(amount), currency: CURRENCY });
  const at = pythonInstant(nowMs);
  const body: TwinOrderBody = {
    id: globalId('Order', randomUUID()),
    number: String(number),
    created: at,
    updatedAt: at,
    status: 'UNFULFILLED',
    paymentStatus: 'FULLY_CHARGED',
    chargeStatus: 'FULL',
    isPaid: true,
    origin: 'CHECKOUT',
    userEmail: sold.email,
    languageCodeEnum: sold.language ?? 'EN',
    externalReference: null,
    user: null,
    channel: { id: globalId('Channel', 1), slug: 'default-channel', currencyCode: CURRENCY },
    total: { gross: money(total), net: { amount: formatAmount(total) }, tax: { amount: '0.0' } },
    totalCharged: money(total),
    totalBalance: money(0n),
    billingAddress: {
      firstName: sold.firstName,
      lastName: sold.lastName,
      phone: '',
      country: { code: 'US' },
    },
    metadata: [],
    privateMetadata: [],
    lines,
    transactions: [
      {
        id: globalId('TransactionItem', randomUUID()),
        pspReference: `psp-${number}`,
        name: 'sandbox-psp',
        actions: ['REFUND', 'CANCEL'],
        chargedAmount: money(total),
        refundedAmount: money(0n),
      },
    ],
  };
  return { body, grants: [], fulfilled: new Map() };
}

const amountOf = (money: { amount: string }): Amount => parseAmount(money.amount);

export function granted(order: TwinOrder): Amount {
  return order.grants.reduce((sum, grant) => sum + amountOf(grant.amount), 0n);
}

/**
 * Saleor's sums after a change. What is owed is the total less what was granted back; so a fully refunded grant
 * reads FULL although nothing is charged, and `isPaid` (charged against the total) is false.
 */
export function recount(order: TwinOrder, nowMs: number): void {
  const { body } = order;
  const charged = body.transactions.reduce((sum, item) => sum + amountOf(item.chargedAmount), 0n);
  const total = amountOf(body.total.gross);
  const owed = total - granted(order);
  body.totalCharged = { ...body.totalCharged, amount: formatAmount(charged) };
  body.totalBalance = { ...body.totalBalance, amount: formatAmount(charged - owed) };
  body.isPaid = charged >= total;
  if (charged === owed) body.chargeStatus = 'FULL';
  else if (charged > owed) body.chargeStatus = 'OVERCHARGED';
  else body.chargeStatus = charged === 0n ? 'NONE' : 'PARTIAL';
  if (charged === 0n) body.paymentStatus = 'NOT_CHARGED';
  else body.paymentStatus = charged < total ? 'PARTIALLY_CHARGED' : 'FULLY_CHARGED';
  body.updatedAt = pythonInstant(nowMs);
}

/** Pays back at most what the transaction holds; answers what was really paid back. */
export function payBack(transaction: TwinTransaction, wanted: Amount): Amount {
  const charged = amountOf(transaction.chargedAmount);
  const paid = wanted > charged ? charged : wanted;
  transaction.chargedAmount = { ...transaction.chargedAmount, amount: formatAmount(charged - paid) };
  transaction.refundedAmount = {
    ...transaction.refundedAmount,
    amount: formatAmount(amountOf(transaction.refundedAmount) + paid),
  };
  if (charged === paid) transaction.actions = [];
  return paid;
}

/** The event object that a webhook carries, its keys in the order of the subscription. */
export function eventBody(event: {
  readonly typename: string;
  readonly issuedAt: string;
  readonly issuingPrincipal: Readonly<Record<string, string>> | null;
  readonly recipient: string;
  readonly order: TwinOrderBody;
}): Readonly<Record<string, unknown>> {
  const { order } = event;
  return {
    __typename: event.typename,
    version: '3.23.28',
    issuedAt: event.issuedAt,
    issuingPrincipal: event.issuingPrincipal,
    recipient: { id: event.recipient },
    order: {
      id: order.id,
      number: order.number,
      created: order.created,
      updatedAt: order.updatedAt,
      status: order.status,
      paymentStatus: order.paymentStatus,
      chargeStatus: order.chargeStatus,
      isPaid: order.isPaid,
      origin: order.origin,
      userEmail: order.userEmail,
      languageCodeEnum: order.languageCodeEnum,
      externalReference: order.externalReference,
      user: order.user,
      channel: order.channel,
      total: order.total,
      totalCharged: order.totalCharged,
      totalBalance: order.totalBalance,
      billingAddress: order.billingAddress,
      metadata: order.metadata,
      privateMetadata: order.privateMetadata,
      lines: order.lines,
      transactions: order.transactions,
    },
  };
}
