import { z } from 'zod';
import { CodedFailure } from '../../platform/failures.ts';
import type { SaleorOrderKeeping } from './contract.ts';
import type { Graphql } from './paid-orders.ts';

const errorsSchema = z.array(z.object({ code: z.string() }));

const tellMutation = `mutation ($id: ID!, $input: [MetadataInput!]!) {
  updatePrivateMetadata(id: $id, input: $input) { errors { field message code } }
}`;
const toldSchema = z.object({ updatePrivateMetadata: z.object({ errors: errorsSchema }) });

const linesQuery = `query ($id: ID!) {
  order(id: $id) { status lines { id quantity quantityFulfilled } }
}`;
const linesSchema = z.object({
  order: z
    .object({
      status: z.string(),
      lines: z.array(
        z.object({ id: z.string(), quantity: z.number().int(), quantityFulfilled: z.number().int() }),
      ),
    })
    .nullable(),
});

const fulfilMutation = `mutation ($order: ID!, $input: OrderFulfillInput!) {
  orderFulfill(order: $order, input: $input) { errors { field message code } }
}`;
const fulfilledSchema = z.object({ orderFulfill: z.object({ errors: errorsSchema }) });

const calledOff: ReadonlySet<string> = new Set(['CANCELED', 'EXPIRED']);

/** What is written to a shop's orders beside money: how their sessions stand, and what was delivered. */
export function createOrderKeeping(graphql: Graphql): SaleorOrderKeeping {
  async function lineOf(orderId: string, lineId: string) {
    const { order } = await graphql(linesQuery, { id: orderId }, linesSchema);
    if (!order) throw new CodedFailure('vendor-not-found', 'saleor does not know the order');
    return { status: order.status, line: order.lines.find(({ id }) => id === lineId) };
  }

  return {
    async tellOrder(orderId, metadata) {
      const input = Object.entries(metadata).map(([key, value]) => ({ key, value }));
      const { updatePrivateMetadata } = await graphql(tellMutation, { id: orderId, input }, toldSchema);
      const [error] = updatePrivateMetadata.errors;
      if (error)
        throw new CodedFailure(
          error.code === 'NOT_FOUND' ? 'vendor-not-found' : 'vendor-rejected',
          `saleor refused the metadata: ${error.code}`,
        );
    },

    async fulfil({ orderId, lineId, quantity, warehouse }) {
      const { status, line } = await lineOf(orderId, lineId);
      if (!line) throw new CodedFailure('vendor-not-found', 'saleor does not know the order line');
      // Units that somebody fulfilled by hand count: a session's unit is not told from its siblings.
      const missing = quantity - line.quantityFulfilled;
      if (missing <= 0) return 'done';
      if (calledOff.has(status) || quantity > line.quantity) return 'not-open';
      const input = {
        lines: [{ orderLineId: lineId, stocks: [{ quantity: missing, warehouse }] }],
        notifyCustomer: false,
      };
      const { orderFulfill } = await graphql(fulfilMutation, { order: orderId, input }, fulfilledSchema);
      const [error] = orderFulfill.errors;
      if (!error) return 'done';
      throw new CodedFailure(
        error.code === 'INSUFFICIENT_STOCK' ? 'insufficient-stock' : 'vendor-rejected',
        `saleor refused the fulfilment: ${error.code}`,
      );
    },
  };
}
