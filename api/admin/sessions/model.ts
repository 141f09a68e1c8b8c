import { z } from 'zod';
import type { SessionRow } from '../../../db/queries/session-list.ts';
import { PAID_ELSEWHERE } from '../../../platform/paid-elsewhere.ts';
import { OUTCOMES, PHASES } from './filter.ts';

/** Leads to a run's page in Temporal UI, by the workflow's id; null where nobody told us of a UI. */
export type RunUrl = (workflowId: string) => string | null;

const instant = z.iso.datetime();

export const runUrlSchema = z.string().nullable().meta({ description: 'The run’s page in Temporal UI.' });

/** A session as lists show it: flat, so that an export has the same fields. */
export const sessionSchema = z
  .object({
    id: z.string(),
    phase: z.enum(PHASES),
    outcome: z.enum(OUTCOMES).nullable(),
    start_state: z.enum(['intended', 'started', 'ended']).meta({
      description: '`intended`: its run is owed and will be started.',
    }),
    needs_attention: z.boolean(),
    product: z.string(),
    variant: z.string(),
    client_id: z.int(),
    email: z.string(),
    first_name: z.string(),
    last_name: z.string(),
    language: z.string(),
    shop: z
      .string()
      .nullable()
      .meta({ description: 'Its domain; null for a session that was paid elsewhere.' }),
    order_number: z
      .string()
      .meta({ description: 'The shop’s, or the reference of a payment made elsewhere.' }),
    ticket_number: z.string().nullable(),
    amount: z.string().meta({ description: 'Decimal text.' }),
    currency: z.string(),
    provider: z.enum(['calendly', 'calcom']),
    event_type: z.string(),
    time_zone: z.string(),
    starts_at: instant.nullable(),
    ends_at: instant.nullable(),
    cutoff_at: instant.nullable(),
    created_at: instant.meta({ description: 'When its payment was taken in.' }),
    updated_at: instant,
    run_url: runUrlSchema,
  })
  .meta({ id: 'Session', description: 'A paid session, as it was last recorded.' });

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function toSession(row: SessionRow, runUrl: RunUrl): z.input<typeof sessionSchema> {
  return {
    id: row.session_key,
    phase: row.phase,
    outcome: row.outcome,
    start_state: row.start_state,
    needs_attention: row.needs_attention,
    product: row.product_name,
    variant: row.variant_name,
    client_id: row.client_id,
    email: row.email,
    first_name: row.first_name,
    last_name: row.last_name,
    language: row.language,
    shop: row.saleor_domain === PAID_ELSEWHERE ? null : row.saleor_domain,
    order_number: row.order_number,
    ticket_number: row.ticket_number,
    amount: row.amount,
    currency: row.currency,
    provider: row.provider,
    event_type: row.event_type,
    time_zone: row.time_zone,
    starts_at: iso(row.starts_at),
    ends_at: iso(row.ends_at),
    cutoff_at: iso(row.cutoff_at),
    created_at: row.intended_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    run_url: runUrl(row.workflow_id),
  };
}

export const sessionExample: z.input<typeof sessionSchema> = {
  id: 'abcdefghijklmnopqrstuv',
  phase: 'scheduled',
  outcome: null,
  start_state: 'started',
  needs_attention: false,
  product: 'Consulting session',
  variant: '60 minutes',
  client_id: 123,
  email: 'ada@example.com',
  first_name: 'Ada',
  last_name: 'Example',
  language: 'en',
  shop: 'shop.example.com',
  order_number: '1001',
  ticket_number: '53123456789012345678',
  amount: '49.0',
  currency: 'EUR',
  provider: 'calendly',
  event_type: '7e1a0d3c-4f0a-4f2e-8d0a-1c1f3f6f3b1a',
  time_zone: 'Europe/Berlin',
  starts_at: '2026-12-10T09:00:00.000Z',
  ends_at: '2026-12-10T10:00:00.000Z',
  cutoff_at: '2026-12-09T09:00:00.000Z',
  created_at: '2026-12-07T09:00:00.000Z',
  updated_at: '2026-12-07T09:05:00.000Z',
  run_url: 'https://temporal.example.com/namespaces/default/workflows/session-abcdefghijklmnopqrstuv',
};
