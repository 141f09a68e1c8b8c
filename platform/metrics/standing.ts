import type { MetricKinds } from './kinds.ts';

const cluster = { exporters: ['api'], scope: 'cluster' } as const;

/** How the whole installation stands, as PostgreSQL tells each API process at most every ten seconds. */
export const STANDING_METRICS = {
  latchkey_standing_up: {
    type: 'gauge',
    help: '1 while PostgreSQL says how things stand; 0: the other metrics of this table are missing.',
    labels: {},
    exporters: ['api'],
  },
  latchkey_inbox_webhooks: {
    type: 'gauge',
    help: 'Webhooks that were not brought to their session yet.',
    labels: {
      source: 'the vendor',
      state: '`stored`: on its way or waiting; `quarantined`: a person must look',
    },
    ...cluster,
  },
  latchkey_inbox_oldest_seconds: {
    type: 'gauge',
    help: 'Age of the oldest of them; 0 without any.',
    labels: { source: 'the vendor', state: 'as above' },
    ...cluster,
  },
  latchkey_sessions_open: {
    type: 'gauge',
    help: 'Sessions that are not over.',
    labels: { phase: 'where they are in their life' },
    ...cluster,
  },
  latchkey_sessions_unstarted: {
    type: 'gauge',
    help: 'Paid sessions that have no run yet.',
    labels: {},
    ...cluster,
  },
  latchkey_sessions_unstarted_oldest_seconds: {
    type: 'gauge',
    help: 'Since the payment of the oldest of them was taken in; 0 without any.',
    labels: {},
    ...cluster,
  },
  latchkey_attention: {
    type: 'gauge',
    help: 'What a person must look at.',
    labels: {
      kind: '`session` or `booking`',
      code: 'why: a code of the failure table or of the rules; `unknown` where only a look at the run tells',
    },
    ...cluster,
  },
  latchkey_attention_oldest_seconds: {
    type: 'gauge',
    help: 'How long the oldest of them has waited.',
    labels: { kind: 'as above', code: 'as above' },
    ...cluster,
  },
  latchkey_late_changes_waiting: {
    type: 'gauge',
    help: 'Changes after the cutoff that wait for a person’s yes.',
    labels: {},
    ...cluster,
  },
  latchkey_late_changes_oldest_seconds: {
    type: 'gauge',
    help: 'How long the oldest of them has waited; 0 without any.',
    labels: {},
    ...cluster,
  },
  latchkey_late_changes_unanswered: {
    type: 'gauge',
    help: 'Those of them whose deadline, at which the default answers, is within two hours.',
    labels: {},
    ...cluster,
  },
  latchkey_webhooks_out_pending: {
    type: 'gauge',
    help: 'Webhooks to tenants that were not received yet.',
    labels: {},
    ...cluster,
  },
  latchkey_webhooks_out_oldest_seconds: {
    type: 'gauge',
    help: 'Age of the oldest of them; 0 without any.',
    labels: {},
    ...cluster,
  },
  latchkey_revocations_untold: {
    type: 'gauge',
    help: 'Revocations that hold at the gate, and that their workflow has not heard of yet.',
    labels: {},
    ...cluster,
  },
} as const satisfies MetricKinds;
