import { z } from 'zod';
import type { SaleorOrders } from './contract.ts';

/** Sends a query and reads its `data`; amounts come as decimal text. */
export type Graphql = <T>(
  query: string,
  variables: Record<string, unknown>,
  data: z.ZodType<T>,
) => Promise<T>;

const PAGE_SIZE = 50;

/** The fields that intake reads of a webhook's order. */
export const ORDER_FIELDS = `
  id number created updatedAt status chargeStatus isPaid userEmail languageCodeEnum
  channel { id slug currencyCode }
  total { gross { amount currency } }
  billingAddress { firstName lastName }
  metadata { key value }
  lines {
    id productName variantName productSku quantity
    unitPrice { gross { amount currency } }
    metadata { key value }
    variant {
      id name metadata { key value }
      attributes { attribute { slug inputType } values { slug name value dateTime } }
      product {
        id name productType { slug } metadata { key value }
        attributes { attribute { slug inputType } values { slug name value } }
      }
    }
  }
  transactions { id chargedAmount { amount currency } refundedAmount { amount currency } }`;

const paidOrdersQuery = `query ($first: Int!, $after: String, $since: DateTime!) {
  orders(
    first: $first
    after: $after
    where: { chargeStatus: { oneOf: [FULL, OVERCHARGED] }, updatedAt: { gte: $since } }
  ) {
    pageInfo { hasNextPage endCursor }
    edges { node {${ORDER_FIELDS} } }
  }
}`;

const pageSchema = z.object({
  orders: z.object({
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    edges: z.array(z.object({ node: z.looseObject({ id: z.string() }) })),
  }),
});

/** Lists what a lost webhook would have told of. */
export function createPaidOrders(graphql: Graphql): SaleorOrders {
  return {
    async listPaidOrders({ since, cursor }) {
      const { orders } = await graphql(
        paidOrdersQuery,
        { first: PAGE_SIZE, after: cursor, since: new Date(since).toISOString() },
        pageSchema,
      );
      const { hasNextPage, endCursor } = orders.pageInfo;
      return { orders: orders.edges.map(({ node }) => node), cursor: hasNextPage ? endCursor : null };
    },
  };
}
