import { z } from 'zod';
import { describeOperation } from '../../operations/operation.ts';
import { limitSchema, pageSchemaOf } from '../paging.ts';
import {
  deliveryExample,
  deliveryLogSchema,
  deliverySchema,
  deliveryStatusSchema,
  eventSchema,
} from './model.ts';
import { endpointParams, placeSchema, WEBHOOKS_PATH, webhookOperation } from './shared.ts';

export const MOST_REPLAYS = 100;

const DELIVERIES = `${WEBHOOKS_PATH}/{id}/deliveries` as const;
const deliveryParams = endpointParams.extend({ delivery_id: z.string().regex(/^dlv_[\w-]{27}$/) });
const pendingExample = {
  ...deliveryExample,
  status: 'pending',
  attempts: 0,
  last_status: null,
  settled_at: null,
};

export const listDeliveriesOperation = describeOperation({
  ...webhookOperation,
  id: 'listWebhookDeliveries',
  method: 'get',
  path: DELIVERIES,
  summary: 'What was sent to an endpoint, newest first',
  description: '`failed` ones were given up: they wait for a replay.',
  params: endpointParams,
  query: z.strictObject({
    limit: limitSchema,
    cursor: placeSchema.optional(),
    status: deliveryStatusSchema.optional(),
    event: eventSchema.optional(),
  }),
  answers: {
    200: {
      description: 'A page of deliveries.',
      body: pageSchemaOf(deliverySchema),
      example: { items: [deliveryExample], next_cursor: null },
    },
  },
  refusals: [],
});

export const readDeliveryOperation = describeOperation({
  ...webhookOperation,
  id: 'getWebhookDelivery',
  method: 'get',
  path: `${DELIVERIES}/{delivery_id}`,
  summary: 'One delivery with every attempt',
  params: deliveryParams,
  answers: {
    200: {
      description: 'The delivery.',
      body: deliveryLogSchema,
      example: {
        ...deliveryExample,
        payload: {
          type: 'session.booked',
          timestamp: '2026-11-02T09:30:00.000Z',
          data: { session_id: 'Zm9vYmFyLXNlc3Npb24ta2', starts_at: '2026-12-01T10:00:00.000Z', version: 1 },
        },
        log: [{ n: 1, at: '2026-11-02T09:30:01.000Z', status: 204, code: null, duration_ms: 81 }],
      },
    },
  },
  refusals: [],
});

export const replayDeliveryOperation = describeOperation({
  ...webhookOperation,
  id: 'replayWebhookDelivery',
  method: 'post',
  path: `${DELIVERIES}/{delivery_id}/replay`,
  summary: 'Send a delivery again',
  description:
    'The same message, with the same `webhook-id`, for another three days. Only what is settled is replayed.',
  params: deliveryParams,
  answers: { 202: { description: 'It is on its way again.', body: deliverySchema, example: pendingExample } },
  refusals: ['refused'],
});

export const replayFailedOperation = describeOperation({
  ...webhookOperation,
  id: 'replayFailedWebhookDeliveries',
  method: 'post',
  path: `${DELIVERIES}/replay`,
  summary: 'Send again what has failed',
  description: `The oldest ${MOST_REPLAYS} at most; repeat it while \`more\` is true.`,
  params: endpointParams,
  body: z
    .strictObject({ since: z.iso.datetime({ offset: true, error: 'must be an RFC 3339 instant' }) })
    .meta({ id: 'WebhookReplay', description: 'Of messages that were made at this instant or later.' }),
  bodyExample: { since: '2026-11-01T00:00:00Z' },
  answers: {
    202: {
      description: 'They are on their way again.',
      body: z.object({ replayed: z.int(), more: z.boolean() }),
      example: { replayed: 3, more: false },
    },
  },
  refusals: ['refused'],
});

export const testEndpointOperation = describeOperation({
  ...webhookOperation,
  id: 'testWebhookEndpoint',
  method: 'post',
  path: `${WEBHOOKS_PATH}/{id}/test`,
  summary: 'Send a test message',
  description: 'A `webhook.test`, whatever the endpoint is subscribed to. The delivery tells how it went.',
  params: endpointParams,
  answers: {
    202: {
      description: 'It is on its way.',
      body: deliverySchema,
      example: { ...pendingExample, event: 'webhook.test' },
      headers: { Location: 'The address of the delivery.' },
    },
  },
  refusals: ['refused'],
});
