import { z } from 'zod';
import { describeOperation } from '../../operations/operation.ts';
import { textSchema } from '../../request-shape.ts';
import { limitSchema, pageSchemaOf } from '../paging.ts';
import { endpointExample, endpointSchema, secretSchema, subscriptionSchema } from './model.ts';
import { endpointParams, placeSchema, WEBHOOKS_PATH, webhookOperation } from './shared.ts';

export const MOST_ENDPOINTS = 20;

/** When each event is told. The rules are `db/events/`. */
const EVENTS = `
| Event | When |
| --- | --- |
| \`session.opened\` | The payment is confirmed and the session can be used. |
| \`session.booked\` | It has a time: it was booked, or came with the order. |
| \`session.moved\` | Its time is another. \`starts_at\` is null while the client has to choose again. |
| \`session.locked\` | The cutoff has passed: the client can change nothing by themselves. |
| \`session.cancelled\` | It does not take place, or is paid back: \`outcome\` is \`cancelled\`, \`expired\` or \`refunded\`. |
| \`session.ended\` | It is over for good; \`outcome\` says how. |
| \`booking.created\` | Somebody asked for an appointment. |
| \`booking.scheduled\` | They chose a time. |
| \`booking.rescheduled\` | The time is another. \`starts_at\` is null while they have to choose again. |
| \`booking.cancelled\` | It does not take place; \`reason\` says why. |
| \`booking.completed\` | Its end has passed. |
| \`booking.no_show\`, \`booking.no_show_cleared\` | The visitor was marked absent, or no longer is. |

\`session.*\` and \`booking.*\` stand for all of a kind.`.trim();

const SENDING = `
Messages are signed by the [Standard Webhooks](https://www.standardwebhooks.com) specification and carry ids, instants
and codes only. Whatever answers 2xx within ten seconds has received a message; it is repeated otherwise, with growing
waits, for three days. Redirects are not followed. 410 disables the endpoint. A message may arrive more than once, with
the same \`webhook-id\`, and messages may arrive in another order than they were made in: \`data.version\` grows with
each change of its session or booking.`.trim();

const urlSchema = z
  .string('must be an https URL')
  .meta({ format: 'uri', description: 'https, and on the public internet. Without credentials.' });
const eventsSchema = z
  .array(subscriptionSchema)
  .min(1, 'must name at least one event')
  .max(20, 'must name at most 20 events');
const descriptionSchema = textSchema(200).nullable();
const etag = { ETag: 'For `If-Match` of a change.' } as const;

const createSchema = z
  .strictObject({ url: urlSchema, events: eventsSchema, description: descriptionSchema.optional() })
  .meta({ id: 'NewWebhookEndpoint' });

const changeSchema = z
  .strictObject({
    url: urlSchema.optional(),
    events: eventsSchema.optional(),
    description: descriptionSchema.optional(),
    state: z.enum(['enabled', 'disabled']).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'must change something')
  .meta({ id: 'WebhookEndpointChange' });

const ifMatch = z.object({ 'if-match': textSchema(100).optional() });

export const createEndpointOperation = describeOperation({
  ...webhookOperation,
  id: 'createWebhookEndpoint',
  method: 'post',
  path: WEBHOOKS_PATH,
  summary: 'Subscribe to events',
  description: `${EVENTS}\n\n${SENDING}\n\nA tenant has at most ${MOST_ENDPOINTS} endpoints.`,
  body: createSchema,
  bodyExample: { url: endpointExample.url, events: endpointExample.events, description: 'CRM' },
  answers: {
    201: {
      description: 'The endpoint, with the secret that its receiver verifies signatures with.',
      body: endpointSchema.extend(secretSchema.shape).meta({ id: 'MadeWebhookEndpoint' }),
      example: { ...endpointExample, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=' },
      headers: { ...etag, Location: 'Its address.' },
    },
  },
  refusals: ['refused'],
});

export const listEndpointsOperation = describeOperation({
  ...webhookOperation,
  id: 'listWebhookEndpoints',
  method: 'get',
  path: WEBHOOKS_PATH,
  summary: 'The tenant’s endpoints, oldest first',
  query: z.strictObject({
    limit: limitSchema,
    cursor: placeSchema.optional(),
  }),
  answers: {
    200: {
      description: 'A page of endpoints.',
      body: pageSchemaOf(endpointSchema),
      example: { items: [endpointExample], next_cursor: null },
    },
  },
  refusals: [],
});

export const readEndpointOperation = describeOperation({
  ...webhookOperation,
  id: 'getWebhookEndpoint',
  method: 'get',
  path: `${WEBHOOKS_PATH}/{id}`,
  summary: 'One endpoint',
  params: endpointParams,
  answers: {
    200: { description: 'The endpoint.', body: endpointSchema, example: endpointExample, headers: etag },
  },
  refusals: [],
});

export const changeEndpointOperation = describeOperation({
  ...webhookOperation,
  id: 'changeWebhookEndpoint',
  method: 'patch',
  path: `${WEBHOOKS_PATH}/{id}`,
  summary: 'Change, disable or enable an endpoint',
  description:
    'A disabled endpoint is owed nothing. What was on its way to it fails with `endpoint-disabled`, and can be replayed.',
  params: endpointParams,
  headers: ifMatch,
  body: changeSchema,
  bodyExample: { state: 'disabled' },
  answers: {
    200: {
      description: 'The endpoint as it is now.',
      body: endpointSchema,
      example: { ...endpointExample, state: 'disabled' },
      headers: etag,
    },
  },
  refusals: ['precondition-failed'],
});

export const deleteEndpointOperation = describeOperation({
  ...webhookOperation,
  id: 'deleteWebhookEndpoint',
  method: 'delete',
  path: `${WEBHOOKS_PATH}/{id}`,
  summary: 'Delete an endpoint',
  description: 'Its deliveries and their log go with it, and nothing is sent to it any more.',
  params: endpointParams,
  headers: ifMatch,
  answers: { 204: { description: 'It is gone.' } },
  refusals: ['precondition-failed'],
});
