import { z } from 'zod';
import { remedyOf } from '../../../platform/attention-words.ts';
import type { Attention, SessionView } from '../../../workflows/contract/session.ts';
import type { Interval } from '../../../workflows/contract/values.ts';
import { OUTCOMES, PHASES } from './filter.ts';

const instant = z.iso.datetime();
const interval = z.object({ from: instant, until: instant });

const attentionSchema = z.object({
  step: z.string().nullable().meta({ description: 'What to retry or skip; null: skip the code.' }),
  code: z.string(),
  since: instant,
  vendor_request_id: z.string().nullable(),
  remedy: z.string().nullable(),
});

/** What the workflow itself says. */
export const liveSchema = z
  .object({
    phase: z.enum(PHASES),
    outcome: z.enum(OUTCOMES).nullable(),
    appointment: z.string().nullable(),
    starts_at: instant.nullable(),
    ends_at: instant.nullable(),
    cutoff_at: instant.nullable(),
    booking_deadline: instant.nullable(),
    next_instant: instant.nullable().meta({ description: 'When the session does something by itself next.' }),
    link_id: z.string().nullable(),
    late_change: z.object({ requested_at: instant, deadline: instant, by: z.string() }).nullable(),
    attention: z.array(attentionSchema),
    refund: z.enum(['none', 'settling', 'requested', 'awaiting-approval', 'done', 'failed', 'skipped']),
    gate: z.object({
      version: z.int(),
      state: z.enum(['live', 'over']),
      access: z.enum(['granted', 'revoked']),
      page: interval.nullable(),
      join: z.array(interval),
    }),
  })
  .meta({ id: 'LiveSession', description: 'A session, as its workflow says now.' });

const iso = (at: number): string => new Date(at).toISOString();
const toInterval = ({ from, until }: Interval) => ({ from: iso(from), until: iso(until) });

const toAttention = ({ step, code, since, requestId }: Attention) => ({
  step,
  code,
  since: iso(since),
  vendor_request_id: requestId,
  remedy: remedyOf(code),
});

export function toLive(view: SessionView): z.input<typeof liveSchema> {
  const { gate, lateChange } = view;
  return {
    phase: view.phase,
    outcome: view.outcome,
    appointment: view.appointment,
    starts_at: view.startsAt,
    ends_at: view.endsAt,
    cutoff_at: view.cutoffAt,
    booking_deadline: view.bookingDeadline,
    next_instant: view.nextInstant,
    link_id: view.linkId,
    late_change: lateChange && {
      requested_at: lateChange.requestedAt,
      deadline: lateChange.deadline,
      by: lateChange.by,
    },
    attention: view.attention.map(toAttention),
    refund: view.refund,
    gate: {
      version: gate.version,
      state: gate.state,
      access: gate.access,
      page: gate.page && toInterval(gate.page),
      join: gate.join.map(toInterval),
    },
  };
}
