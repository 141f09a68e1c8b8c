import { z } from 'zod';
import { isDecimalText } from './amounts.ts';

/** Decimal text such as `49.0`, taken from the raw JSON. */
export interface SaleorMoney {
  readonly amount: string;
  readonly currency: string;
}

export interface SaleorMetadata {
  readonly key: string;
  readonly value: string;
}

export interface SaleorAttribute {
  readonly attribute: { readonly slug: string; readonly inputType: string };
  readonly values: readonly {
    readonly slug: string;
    readonly name: string;
    readonly value: string;
    /** Only for DATE_TIME attributes of a variant. */
    readonly dateTime: string | null;
  }[];
}

export interface SaleorProduct {
  readonly id: string;
  readonly name: string;
  readonly productType: { readonly slug: string };
  readonly metadata: readonly SaleorMetadata[];
  readonly attributes: readonly SaleorAttribute[];
}

export interface SaleorVariant {
  readonly id: string;
  readonly name: string;
  readonly metadata: readonly SaleorMetadata[];
  readonly attributes: readonly SaleorAttribute[];
  readonly product: SaleorProduct;
}

export interface SaleorOrderLine {
  readonly id: string;
  readonly productName: string;
  readonly variantName: string;
  readonly productSku: string | null;
  readonly quantity: number;
  /** Gross. */
  readonly unitPrice: SaleorMoney;
  readonly metadata: readonly SaleorMetadata[];
  /** Null when the product was deleted since. */
  readonly variant: SaleorVariant | null;
}

export interface SaleorTransaction {
  readonly id: string;
  readonly chargedAmount: SaleorMoney;
  readonly refundedAmount: SaleorMoney;
}

/** An order as the subscription in our manifest asks for it. */
export interface SaleorOrder {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly chargeStatus: string;
  readonly isPaid: boolean;
  /** The client's address; `user` may be the staff who completed the checkout. Empty when there is none. */
  readonly userEmail: string;
  /** E.g. `EN`, `PT_BR`. */
  readonly languageCodeEnum: string;
  readonly channel: {
    readonly id: string;
    readonly slug: string;
    readonly currencyCode: string;
  } | null;
  /** Gross. */
  readonly total: SaleorMoney;
  readonly billingAddress: { readonly firstName: string | null; readonly lastName: string | null } | null;
  readonly metadata: readonly SaleorMetadata[];
  readonly lines: readonly SaleorOrderLine[];
  readonly transactions: readonly SaleorTransaction[];
}

/** A webhook whose signature was found good. */
export interface SaleorWebhookEvent {
  /** The signed `__typename`, e.g. `OrderFullyPaid`. */
  readonly typename: string;
  /** The header's name for the same event, e.g. `order_fully_paid`. */
  readonly headerEvent: string;
  /** Null when the event has no order, or one that lacks something intake needs. */
  readonly order: SaleorOrder | null;
  /** The order's id, also when the rest of it is missing. */
  readonly orderId: string | null;
  readonly issuedAt: string | null;
  /** The whole body; numbers under `amount` are decimal text. */
  readonly raw: unknown;
}

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const decimalText = z.string().refine(isDecimalText);

const moneySchema = z.object({ amount: decimalText, currency: z.string() });
const grossSchema = z.object({ gross: moneySchema }).transform(({ gross }): SaleorMoney => gross);

const metadataSchema = z
  .array(z.object({ key: z.string(), value: z.string() }))
  .nullish()
  .transform((entries): readonly SaleorMetadata[] => entries ?? []);

const attributeSchema = z.object({
  attribute: z.object({ slug: text, inputType: text }),
  values: z.array(
    z.object({
      slug: text,
      name: text,
      value: text,
      dateTime: z
        .string()
        .nullish()
        .transform((value) => value ?? null),
    }),
  ),
});
const attributesSchema = z
  .array(attributeSchema)
  .nullish()
  .transform((attributes): readonly SaleorAttribute[] => attributes ?? []);

const variantSchema = z.object({
  id: z.string(),
  name: text,
  metadata: metadataSchema,
  attributes: attributesSchema,
  product: z.object({
    id: z.string(),
    name: text,
    productType: z.object({ slug: z.string() }),
    metadata: metadataSchema,
    attributes: attributesSchema,
  }),
});

const lineSchema = z.object({
  id: z.string(),
  productName: text,
  variantName: text,
  productSku: z
    .string()
    .nullish()
    .transform((sku) => sku ?? null),
  quantity: z.number().int().min(0),
  unitPrice: grossSchema,
  metadata: metadataSchema,
  variant: variantSchema.nullish().transform((variant): SaleorVariant | null => variant ?? null),
});

const channelSchema = z.object({ id: text, slug: text, currencyCode: text });
const nameSchema = z
  .string()
  .nullish()
  .transform((name) => name ?? null);

/** Keys that are not ours are dropped; what intake cannot do without is required. */
export const saleorOrderSchema = z
  .object({
    id: z.string(),
    number: z.string(),
    status: z.string(),
    chargeStatus: z.string(),
    isPaid: z.boolean(),
    userEmail: text,
    languageCodeEnum: z
      .string()
      .nullish()
      .transform((code) => code ?? 'EN'),
    channel: channelSchema.nullish().transform((channel) => channel ?? null),
    total: grossSchema,
    billingAddress: z
      .object({ firstName: nameSchema, lastName: nameSchema })
      .nullish()
      .transform((address) => address ?? null),
    metadata: metadataSchema,
    lines: z.array(lineSchema),
    transactions: z
      .array(z.object({ id: z.string(), chargedAmount: moneySchema, refundedAmount: moneySchema }))
      .nullish()
      .transform((transactions) => transactions ?? []),
  })
  .transform((order): SaleorOrder => order);

/** The event object that Saleor sends as a body: no `data` and no `event` around it. */
export const saleorEventSchema = z.looseObject({
  __typename: z.string().min(1),
  issuedAt: z.string().nullish(),
  recipient: z.object({ id: z.string() }).nullish(),
  order: z.unknown().optional(),
});

/**
 * Reads a signed body. Undefined when it is not one event object with a `__typename` (Saleor's deprecated webhooks
 * without a query send an array).
 */
export function readSaleorEvent(raw: unknown, headerEvent: string): SaleorWebhookEvent | undefined {
  const event = saleorEventSchema.safeParse(raw);
  if (!event.success) return undefined;
  const order = saleorOrderSchema.safeParse(event.data.order);
  const bare = z.object({ id: z.string() }).safeParse(event.data.order);
  return {
    typename: event.data.__typename,
    headerEvent,
    order: order.success ? order.data : null,
    orderId: bare.success ? bare.data.id : null,
    issuedAt: event.data.issuedAt ?? null,
    raw,
  };
}
