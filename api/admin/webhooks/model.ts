import { z } from 'zod';
import { SUBSCRIPTIONS } from '../../../db/events/subscriptions.ts';
import type { Attempt, Delivery } from '../../../db/queries/webhook-deliveries.ts';
import type { Endpoint } from '../../../db/queries/webhooks.ts';
import { TEST_WEBHOOK } from '../../../workflows/contract/webhook.ts';

/** What an endpoint may ask for. */
export const subscriptionSchema = z.enum(SUBSCRIPTIONS);

/** What a delivery can be of. */
export const eventSchema = z.enum([...SUBSCRIPTIONS.filter((name) => !name.endsWith('*')), TEST_WEBHOOK]);

export const deliveryStatusSchema = z.enum(['pending', 'delivered', 'failed']);

export const endpointSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string().nullable(),
    events: z.array(subscriptionSchema),
    state: z.enum(['enabled', 'disabled']),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'WebhookEndpoint', description: 'Where a tenant is told of events.' });

export const secretSchema = z
  .object({ secret: z.string().meta({ description: 'As the Standard Webhooks specification writes it.' }) })
  .meta({ id: 'WebhookSecret', description: 'What the receiver verifies signatures with.' });

const deliveryFields = {
  id: z.string(),
  message_id: z.string().meta({ description: '`webhook-id`: the same with every attempt and every replay.' }),
  event: z.string(),
  status: deliveryStatusSchema,
  attempts: z.int().meta({ description: 'Since it was made, or last replayed.' }),
  last_status: z.int().nullable().meta({ description: 'HTTP status of the last answer.' }),
  last_code: z
    .string()
    .nullable()
    .meta({ description: 'Why the last attempt failed; a code of the failures.' }),
  created_at: z.iso.datetime(),
  settled_at: z.iso.datetime().nullable(),
};

export const deliverySchema = z
  .object(deliveryFields)
  .meta({ id: 'WebhookDelivery', description: 'One message on its way to one endpoint.' });

const attemptSchema = z
  .object({
    n: z.int(),
    at: z.iso.datetime(),
    status: z.int().nullable().meta({ description: 'HTTP status, or null without an answer.' }),
    code: z.string().nullable().meta({ description: 'Null: the receiver has it.' }),
    duration_ms: z.int(),
  })
  .meta({ id: 'WebhookAttempt' });

export const deliveryLogSchema = z
  .object({
    ...deliveryFields,
    payload: z.object({
      type: z.string(),
      timestamp: z.iso.datetime(),
      data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    }),
    log: z.array(attemptSchema).meta({ description: 'Every attempt, oldest first.' }),
  })
  .meta({ id: 'WebhookDeliveryLog', description: 'A delivery with what was sent, and each attempt.' });

export const toEndpoint = (row: Endpoint): object => ({
  id: row.endpoint_id,
  url: row.url,
  description: row.description,
  events: row.events,
  state: row.state,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});

/** A strong validator: each change of an endpoint has a later `updated_at`. */
export const tagOf = (row: Endpoint): string => `"${row.updated_at.getTime().toString(36)}"`;

export const toDelivery = (row: Delivery): object => ({
  id: row.delivery_id,
  message_id: row.message_id,
  event: row.event,
  status: row.status,
  attempts: row.attempts,
  last_status: row.last_status,
  last_code: row.last_code,
  created_at: row.created_at.toISOString(),
  settled_at: row.settled_at?.toISOString() ?? null,
});

export function toDeliveryLog(row: Delivery, log: readonly Attempt[]): object {
  const { type, timestamp, data } = row.payload;
  return {
    ...toDelivery(row),
    payload: { type, timestamp, data },
    log: log.map(({ n, at, status, code, duration_ms }) => ({
      n,
      at: at.toISOString(),
      status,
      code,
      duration_ms,
    })),
  };
}

export const endpointExample = {
  id: 'whe_3kTz0mB5Xq2fYw7RdN4c',
  url: 'https://hooks.example.com/latchkey',
  description: 'CRM',
  events: ['session.*', 'booking.scheduled'],
  state: 'enabled',
  created_at: '2026-11-02T09:00:00.000Z',
  updated_at: '2026-11-02T09:00:00.000Z',
} as const;

export const deliveryExample = {
  id: 'dlv_0v1Q6Yx8p4kZ2mB5Xq7fYw3RdN4',
  message_id: 'msg_9kTz0mB5Xq2fYw7RdN4cL1pQ8vS',
  event: 'session.booked',
  status: 'delivered',
  attempts: 1,
  last_status: 204,
  last_code: null,
  created_at: '2026-11-02T09:30:00.000Z',
  settled_at: '2026-11-02T09:30:01.000Z',
} as const;
