import { z } from 'zod';
import { isTimeZone } from '../../../integrations/saleor/instant.ts';
import { problems } from '../../operations/family.ts';
import { describeOperation } from '../../operations/operation.ts';
import { emailSchema, languageSchema } from '../../person-shape.ts';
import { textSchema } from '../../request-shape.ts';
import { durationSchema, idempotencyKeySchema, NOT_AN_OBJECT, reasonSchema } from './fields.ts';
import { runUrlSchema } from './model.ts';

const INSTANT_MESSAGE = 'must be a date and time of RFC 3339, e.g. 2026-12-10T09:00:00+01:00';
const AMOUNT_MESSAGE = 'must be decimal text, e.g. "49.00"';
const CURRENCY_MESSAGE = 'must be three capital letters of ISO 4217, e.g. EUR';
const LONGEST_SESSION_MS = 31 * 24 * 60 * 60 * 1000;

const policySchema = z
  .strictObject({
    cutoff: durationSchema,
    booking_deadline: durationSchema,
    gate_opens: durationSchema,
    gate_closes: durationSchema,
    reminders: z.array(durationSchema).max(10),
    refund: z.enum(['full', 'none']),
    on_cancel: z.enum(['rebook', 'end']),
    late_deadline: durationSchema,
    late_default: z.enum(['approve', 'decline']),
    late_grace: z.enum(['none', 'once']),
    settle: durationSchema,
    refund_settle: durationSchema,
    half_reschedule: durationSchema,
  })
  .partial()
  .meta({
    id: 'SessionPolicy',
    description: 'The deal, where it is not the usual one. Durations are ISO 8601.',
  });

const startBody = z
  .strictObject(
    {
      client: z.strictObject({
        email: emailSchema,
        first_name: textSchema(200),
        last_name: textSchema(200),
        language: languageSchema,
      }),
      product: textSchema(250),
      variant: textSchema(250).optional(),
      duration: durationSchema.refine(
        (ms) => ms > 0 && ms <= LONGEST_SESSION_MS,
        'must be more than nothing and at most P31D',
      ),
      starts_at: z.iso
        .datetime({ offset: true, error: INSTANT_MESSAGE })
        .transform((text) => new Date(text))
        .optional()
        .meta({ description: 'Left out: the client books a time.' }),
      time_zone: z
        .string()
        .refine(isTimeZone, 'must be a time zone of the tz database, e.g. Europe/Berlin')
        .optional()
        .meta({ description: 'Left out: the tenant’s.' }),
      resource: z
        .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
        .max(2000)
        .optional()
        .meta({ description: 'What is behind the lock. Left out: the appointment’s join URL.' }),
      provider: z.enum(['calendly', 'calcom'], { error: 'must be calendly or calcom' }).optional(),
      event_type: textSchema(200).optional(),
      amount: z.string(AMOUNT_MESSAGE).regex(/^\d{1,12}(\.\d{1,4})?$/, AMOUNT_MESSAGE),
      currency: z.string(CURRENCY_MESSAGE).regex(/^[A-Z]{3}$/, CURRENCY_MESSAGE),
      payment_reference: textSchema(100).meta({
        description:
          'What the payment is known by, e.g. the number of an invoice. It is shown as the order’s number.',
      }),
      policy: policySchema.default({}),
      reason: reasonSchema,
    },
    NOT_AN_OBJECT,
  )
  .meta({ id: 'StartSession' });

export type StartBody = z.output<typeof startBody>;

const startedSchema = z
  .object({
    id: z.string(),
    state: z.enum(['intended', 'started', 'ended']).meta({
      description: '`intended`: Temporal did not answer; the run is owed and will be started.',
    }),
    run_url: runUrlSchema,
  })
  .meta({ id: 'StartedSession' });

export type Started = z.input<typeof startedSchema>;

const RUN_URL = 'https://temporal.example.com/namespaces/default/workflows/session-abcdefghijklmnopqrstuv';
const started = { id: 'abcdefghijklmnopqrstuv', state: 'started', run_url: RUN_URL } as const;
const headers = { Location: 'Its address.', 'Idempotency-Key': 'The key that was used.' } as const;

export const startOperation = describeOperation({
  id: 'startSession',
  method: 'post',
  path: '/api/v1/admin/sessions',
  tag: 'sessions',
  summary: 'Start a session that was paid elsewhere',
  description:
    'It runs like one that was paid in the shop. Nothing is asked of a shop: it counts as paid, and a refund of it ' +
    'needs attention as `refund-by-hand`, to be skipped once the money was given back.',
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
  headers: z.object({
    'idempotency-key': idempotencyKeySchema.meta({
      description: 'Names the session: the same key is the same session, for ever.',
    }),
  }),
  body: startBody,
  bodyExample: {
    client: { email: 'ada@example.com', first_name: 'Ada', last_name: 'Example', language: 'en' },
    product: 'Consulting session',
    duration: 'PT1H',
    amount: '49.00',
    currency: 'EUR',
    payment_reference: 'Invoice 2026-117',
    policy: { cutoff: 'PT12H' },
  },
  answers: {
    200: { description: 'It is there already.', body: startedSchema, example: started, headers },
    201: { description: 'It is there now.', body: startedSchema, example: started, headers },
  },
  refusals: ['key-reused'],
});
