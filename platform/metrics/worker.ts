import type { MetricKinds } from './kinds.ts';

const worker = ['worker'] as const;

/** What activities see of sessions' lives. */
export const WORKER_METRICS = {
  latchkey_worker_polling: {
    type: 'gauge',
    help: '1 while this worker takes tasks.',
    labels: {},
    exporters: worker,
  },
  latchkey_cutoff_delay_seconds: {
    type: 'histogram',
    help: 'From a session’s reschedule cutoff until it was published that the cutoff has passed.',
    labels: {},
    buckets: [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
    exporters: worker,
  },
  latchkey_sessions_ended_total: {
    type: 'counter',
    help: 'Sessions that are over and closed.',
    labels: { outcome: 'how they ended' },
    exporters: worker,
  },
  latchkey_activity_failures_total: {
    type: 'counter',
    help: 'Attempts of activities that failed; most are repeated and succeed.',
    labels: { activity: 'its name', code: 'of the failure table' },
    exporters: worker,
  },
  latchkey_webhooks_out_attempts_total: {
    type: 'counter',
    help: 'Attempts to deliver a webhook to a tenant’s receiver.',
    labels: { outcome: '`delivered`, or the code of the failure' },
    exporters: worker,
  },
  latchkey_housekeeping_pages_total: {
    type: 'counter',
    help: 'Pages of housekeeping jobs.',
    labels: {
      schedule: 'which Temporal Schedule, without `latchkey-`',
      outcome: '`last`: the job went to its end; `more`; `halted`: somebody whom it needs is away; `failed`',
    },
    exporters: worker,
  },
  latchkey_housekeeping_items_total: {
    type: 'counter',
    help: 'What housekeeping looked at, and what came of it.',
    labels: {
      schedule: 'which Temporal Schedule, without `latchkey-`',
      result: '`looked`, `repaired`, `raised`, `failed` or `untouched`',
    },
    exporters: worker,
  },
  latchkey_housekeeping_notes_total: {
    type: 'counter',
    help: 'What housekeeping found, by the codes of docs/operations.md.',
    labels: { schedule: 'which Temporal Schedule, without `latchkey-`', code: 'of the note' },
    exporters: worker,
  },
} as const satisfies MetricKinds;
