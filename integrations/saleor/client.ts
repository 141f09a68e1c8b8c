import { z } from 'zod';
import { CodedFailure, type FailureCode } from '../../platform/failures.ts';
import { createHttpClient, type Fetch, type VendorCall, VendorFailure } from '../../platform/http-client.ts';
import type { Admission } from '../../platform/vendor-pace/admission.ts';
import { isDecimalText, parseAmount } from './amounts.ts';
import type {
  RefundStatus,
  SaleorClient,
  SaleorIdentity,
  SaleorOrderKeeping,
  SaleorOrders,
} from './contract.ts';
import { createOrderKeeping } from './order-keeping.ts';
import { createPaidOrders } from './paid-orders.ts';
import { quoteAmounts } from './wire-json.ts';

export interface SaleorClientOptions {
  /** The GraphQL endpoint, e.g. `https://shop.example/graphql/`. */
  readonly apiUrl: string;
  /** The app's token, asked for before each request: the app may be installed anew while we run. */
  readonly appToken: string | (() => Promise<string>);
  /** Per request, in milliseconds. */
  readonly timeoutMs: number;
  readonly onCall?: (call: VendorCall) => void;
  /** Stands before each request. */
  readonly admission?: Admission;
  readonly fetch?: Fetch;
}

const topLevelErrors = z.object({
  errors: z
    .array(
      z.object({
        message: z.string().catch(''),
        extensions: z
          .object({ exception: z.object({ code: z.string() }) })
          .optional()
          .catch(undefined),
      }),
    )
    .min(1),
});

/** Saleor answers a missing permission and an unknown token alike: HTTP 200 with `PermissionDenied`. */
function classifyErrors(body: unknown): FailureCode | undefined {
  const failed = topLevelErrors.safeParse(body);
  const error = failed.success ? failed.data.errors[0] : undefined;
  if (!error) return undefined;
  switch (error.extensions?.exception.code) {
    case 'PermissionDenied':
      return 'vendor-forbidden';
    case 'JSONWebTokenError':
    case 'InvalidTokenError':
    case 'ExpiredSignatureError':
      return 'vendor-unauthorized';
    default:
      return error.message === 'Internal Server Error' ? 'vendor-unavailable' : 'vendor-rejected';
  }
}

const amountSchema = z.object({ amount: z.string().refine(isDecimalText) });
const orderTruthSchema = z.object({
  order: z
    .object({
      id: z.string(),
      status: z.string(),
      chargeStatus: z.string(),
      isPaid: z.boolean(),
      totalCharged: amountSchema,
    })
    .nullable(),
});

const grantSchema = z.object({
  id: z.string(),
  reason: z.string().nullable(),
  status: z.enum(['NONE', 'PENDING', 'SUCCESS', 'FAILURE']),
  amount: amountSchema,
  transaction: z.object({ id: z.string() }).nullable(),
});
type Grant = z.output<typeof grantSchema>;

const refundViewSchema = z.object({
  order: z
    .object({
      chargeStatus: z.string(),
      lines: z.array(z.object({ id: z.string(), unitPrice: z.object({ gross: amountSchema }) })),
      grantedRefunds: z.array(grantSchema),
      transactions: z.array(z.object({ id: z.string(), chargedAmount: amountSchema })),
    })
    .nullable(),
});
type RefundView = NonNullable<z.output<typeof refundViewSchema>['order']>;

const paidBackSchema = z.object({
  order: z
    .object({
      grantedRefunds: z.array(
        z.object({
          reason: z.string().nullable(),
          status: grantSchema.shape.status,
          amount: amountSchema,
          lines: z
            .array(z.object({ quantity: z.number().int(), orderLine: z.object({ id: z.string() }) }))
            .nullable(),
        }),
      ),
      transactions: z.array(z.object({ refundedAmount: amountSchema })),
    })
    .nullable(),
});

const appSchema = z.object({ app: z.object({ id: z.string() }).nullable() });
const appQuery = '{ app { id } }';

const businessErrors = z.array(z.object({ code: z.string(), field: z.string().nullish() }));
const grantCreatedSchema = z.object({
  orderGrantRefundCreate: z.object({ errors: businessErrors }),
});
const refundRequestedSchema = z.object({
  transactionRequestRefundForGrantedRefund: z.object({ errors: businessErrors }),
});

const orderQuery =
  'query ($id: ID!) { order(id: $id) { id status chargeStatus isPaid totalCharged { amount } } }';

const refundQuery = `query ($id: ID!) {
  order(id: $id) {
    chargeStatus
    lines { id unitPrice { gross { amount } } }
    grantedRefunds { id reason status amount { amount } transaction { id } }
    transactions { id chargedAmount { amount } }
  }
}`;

const paidBackQuery = `query ($id: ID!) {
  order(id: $id) {
    grantedRefunds { reason status amount { amount } lines { quantity orderLine { id } } }
    transactions { refundedAmount { amount } }
  }
}`;

const grantMutation = `mutation ($id: ID!, $input: OrderGrantRefundCreateInput!) {
  orderGrantRefundCreate(id: $id, input: $input) { errors { field message code } }
}`;

const requestMutation = `mutation ($transaction: ID!, $grant: ID!) {
  transactionRequestRefundForGrantedRefund(id: $transaction, grantedRefundId: $grant) { errors { field message code } }
}`;

/** The reason we write into a granted refund; the brackets keep one marker from being the beginning of another. */
export function refundReason(marker: string): string {
  return `Session refund [${marker}]`;
}

/** Whether a granted refund is ours for this marker. */
export function isOurRefund(reason: string | null, marker: string): boolean {
  return reason?.includes(`[${marker}]`) ?? false;
}

/** GraphQL's own refusal: what stands in front of the shop says no by a status. */
const isRefused = (error: unknown): boolean =>
  error instanceof VendorFailure && error.code === 'vendor-forbidden' && error.status === 200;

/** Saleor's ids of granted refunds count up: base64 of `OrderGrantedRefund:<n>`. */
function countOf(globalId: string): bigint {
  const count = Buffer.from(globalId, 'base64').toString('latin1').split(':')[1];
  return count && /^\d+$/.test(count) ? BigInt(count) : 0n;
}

function lowestGrant(view: RefundView, marker: string): Grant | undefined {
  return view.grantedRefunds
    .filter((grant) => isOurRefund(grant.reason, marker))
    .sort((a, b) => (countOf(a.id) < countOf(b.id) ? -1 : countOf(a.id) > countOf(b.id) ? 1 : 0))[0];
}

function statusOf(grant: Grant): RefundStatus {
  switch (grant.status) {
    case 'SUCCESS':
      return 'done';
    case 'FAILURE':
      return 'failed';
    case 'PENDING':
    case 'NONE':
      return 'pending';
  }
}

const sumOf = (amounts: readonly { readonly amount: string }[]): bigint =>
  amounts.reduce((sum, { amount }) => sum + parseAmount(amount), 0n);

/** The codes of Saleor's business errors that mean more than "rejected". */
function codeOfBusinessError(code: string): FailureCode {
  if (code === 'NOT_FOUND') return 'vendor-not-found';
  return code.includes('GREATER_THAN_AVAILABLE') ? 'vendor-conflict' : 'vendor-rejected';
}

export type WholeSaleorClient = SaleorClient & SaleorOrders & SaleorOrderKeeping & SaleorIdentity;

/** Speaks to one shop's GraphQL API as our app. It never retries; each method may be called again. */
export function createSaleorClient(options: SaleorClientOptions): WholeSaleorClient {
  const { appToken } = options;
  const tokenNow = typeof appToken === 'string' ? async () => appToken : appToken;
  const endpoint = new URL(options.apiUrl);
  const send: Fetch = options.fetch ?? ((url, init) => fetch(url, init));
  const http = createHttpClient({
    vendor: 'saleor',
    baseUrl: endpoint.origin,
    headers: {},
    timeoutMs: options.timeoutMs,
    refused: classifyErrors,
    async fetch(url, init) {
      const response = await send(url, init);
      const text = quoteAmounts(await response.text());
      const { status, headers } = response;
      return new Response(status === 204 || status === 304 ? null : text, { status, headers });
    },
    ...(options.onCall ? { onCall: options.onCall } : {}),
    ...(options.admission ? { admission: options.admission } : {}),
  });

  async function ask<T>(query: string, variables: Record<string, unknown>, data: z.ZodType<T>): Promise<T> {
    const { body } = await http.request({
      method: 'POST',
      path: endpoint.pathname,
      headers: { authorization: `Bearer ${await tokenNow()}` },
      body: { query, variables },
      schema: z.object({ data }),
    });
    return body.data;
  }

  async function appId(): Promise<string | undefined> {
    try {
      return (await ask(appQuery, {}, appSchema)).app?.id;
    } catch (error) {
      if (isRefused(error)) return undefined;
      throw error;
    }
  }

  /** A void token and a missing permission are refused alike: whoever is nobody to the shop has no app there. */
  async function graphql<T>(
    query: string,
    variables: Record<string, unknown>,
    data: z.ZodType<T>,
  ): Promise<T> {
    try {
      return await ask(query, variables, data);
    } catch (error) {
      if (isRefused(error) && (await appId()) === undefined)
        throw new CodedFailure('app-not-installed', 'the shop takes our token for nobody’s');
      throw error;
    }
  }

  async function readRefundView(orderId: string): Promise<RefundView> {
    const { order } = await graphql(refundQuery, { id: orderId }, refundViewSchema);
    if (!order) throw new CodedFailure('vendor-not-found', 'saleor does not know the order to refund');
    return order;
  }

  /** The transaction that can pay the unit back, else the one with the most left. */
  function refundable(view: RefundView, price: bigint): RefundView['transactions'][number] | undefined {
    const charged = view.transactions
      .map((transaction) => ({ transaction, left: parseAmount(transaction.chargedAmount.amount) }))
      .filter(({ left }) => left > 0n)
      .sort((a, b) => (a.left > b.left ? -1 : a.left < b.left ? 1 : 0));
    return (charged.find(({ left }) => left >= price) ?? charged[0])?.transaction;
  }

  return {
    ...createPaidOrders(graphql),
    ...createOrderKeeping(graphql),
    appId,

    async getOrder(orderId) {
      const { order } = await graphql(orderQuery, { id: orderId }, orderTruthSchema);
      return order
        ? {
            orderId: order.id,
            status: order.status,
            chargeStatus: order.chargeStatus,
            isPaid: order.isPaid,
            isCharged: parseAmount(order.totalCharged.amount) > 0n,
          }
        : undefined;
    },

    async readRefunds(orderId) {
      const { order } = await graphql(paidBackQuery, { id: orderId }, paidBackSchema);
      if (!order) return undefined;
      const settled = order.grantedRefunds.filter(({ status }) => status === 'SUCCESS');
      const paidBack = sumOf(order.transactions.map(({ refundedAmount }) => refundedAmount));
      return {
        grants: settled.map(({ reason, lines }) => ({
          reason,
          lines: (lines ?? []).map(({ quantity, orderLine }) => ({ lineId: orderLine.id, quantity })),
        })),
        besideGrants: paidBack > sumOf(settled.map(({ amount }) => amount)),
      };
    },

    async refundUnit({ orderId, lineId, marker }) {
      let view = await readRefundView(orderId);
      let grant = lowestGrant(view, marker);
      if (grant && grant.status !== 'NONE') return statusOf(grant);

      const line = view.lines.find((candidate) => candidate.id === lineId);
      if (!line) throw new CodedFailure('vendor-not-found', 'saleor does not know the order line to refund');
      const price = parseAmount(line.unitPrice.gross.amount);
      // A grant of nothing would be requested as a refund of the whole charge.
      if (price <= 0n) return 'nothing-to-refund';
      const transaction = refundable(view, price);
      if (!transaction) {
        // Paid, yet through no transaction (a legacy payment): only a person can pay that back.
        return view.transactions.length === 0 && view.chargeStatus !== 'NONE'
          ? 'failed'
          : 'nothing-to-refund';
      }

      if (!grant) {
        const reason = refundReason(marker);
        const { orderGrantRefundCreate } = await graphql(
          grantMutation,
          // Only a grant that names its transaction is refused when it is requested twice.
          {
            id: orderId,
            input: { lines: [{ id: lineId, quantity: 1, reason }], reason, transactionId: transaction.id },
          },
          grantCreatedSchema,
        );
        view = await readRefundView(orderId);
        grant = lowestGrant(view, marker);
        const [error] = orderGrantRefundCreate.errors;
        if (!grant && error)
          throw new CodedFailure(
            codeOfBusinessError(error.code),
            `saleor refused the granted refund: ${error.code}`,
          );
        if (!grant)
          throw new CodedFailure('vendor-malformed', 'saleor does not list the granted refund it made');
        if (grant.status !== 'NONE') return statusOf(grant);
      }
      if (parseAmount(grant.amount.amount) <= 0n) return 'nothing-to-refund';

      const { transactionRequestRefundForGrantedRefund } = await graphql(
        requestMutation,
        { transaction: grant.transaction?.id ?? transaction.id, grant: grant.id },
        refundRequestedSchema,
      );
      const [error] = transactionRequestRefundForGrantedRefund.errors;
      if (error?.code === 'REFUND_ALREADY_PROCESSED') return 'done';
      if (error?.code === 'REFUND_IS_PENDING') return 'pending';
      if (error)
        throw new CodedFailure(
          codeOfBusinessError(error.code),
          `saleor refused the refund request: ${error.code}`,
        );
      const settled = lowestGrant(await readRefundView(orderId), marker);
      return settled ? statusOf(settled) : 'pending';
    },
  };
}
