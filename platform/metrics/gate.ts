import type { MetricKinds } from './kinds.ts';

const api = ['api'] as const;

/** Forward-auth, the memory that it answers from, and what the gateway tells of sessions' URLs. */
export const GATE_METRICS = {
  latchkey_gate_verdicts_total: {
    type: 'counter',
    help: 'Answers of forward-auth by status and reason.',
    labels: {
      verdict: 'the HTTP status',
      reason: 'the finer half of the verdict, e.g. `not-yet` or `store`',
    },
    exporters: api,
  },
  latchkey_gate_verdict_duration_seconds: {
    type: 'histogram',
    help: 'How long forward-auth took to decide. An answer given at once counts as the shortest, since no clock is read for it.',
    labels: {},
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.7],
    exporters: api,
  },
  latchkey_gate_answered_at_once_total: {
    type: 'counter',
    help: 'Requests let in before the router, from memory alone.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_memory_hits_total: {
    type: 'counter',
    help: 'Questions for a session that memory answered.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_memory_misses_total: {
    type: 'counter',
    help: 'Questions for a session that PostgreSQL and the workflow were asked.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_memory_stale_total: {
    type: 'counter',
    help: 'Questions that came while memory might have been behind, and so were looked up.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_memory_losses_total: {
    type: 'counter',
    help: 'How often the connection that hears of gates was lost.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_memory_fresh_seconds: {
    type: 'gauge',
    help: 'How long memory is still believed, at most 2 after a heartbeat; 0: it is not, and every request is looked up.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_memory_heartbeat_age_seconds: {
    type: 'gauge',
    help: 'Since something was last heard on the connection that hears of gates; a heartbeat comes every half second.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_memory_snapshots: {
    type: 'gauge',
    help: 'Gates in memory.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_memory_oldest_check_seconds: {
    type: 'gauge',
    help: 'Since the live gate in memory that was compared with its workflow longest ago was.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_memory_revoked_ids: {
    type: 'gauge',
    help: 'Links and logins in memory that may no longer pass.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_memory_held_sessions: {
    type: 'gauge',
    help: 'Sessions in memory whose access is revoked.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_looks_total: {
    type: 'counter',
    help: 'Look-ups of one session in PostgreSQL and its workflow; requests for the same share one.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_looks_failed_total: {
    type: 'counter',
    help: 'Look-ups that PostgreSQL did not answer.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_engine_queries_total: {
    type: 'counter',
    help: 'Queries of workflows for their gate.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_clock_offset_seconds: {
    type: 'gauge',
    help: 'How far PostgreSQL’s clock is ahead of this one.',
    labels: { bound: '`at-least` or `at-most`: the round trip lies between' },
    exporters: api,
  },
  latchkey_gate_revocation_sequence: {
    type: 'gauge',
    help: 'The newest revocation up to which none is missing in memory.',
    labels: {},
    exporters: api,
  },
  latchkey_gate_revocation_duration_seconds: {
    type: 'histogram',
    help: 'From a revocation’s writing until every replica with a running lease has confirmed it, or it was given up.',
    labels: { outcome: '`confirmed` or `unconfirmed`' },
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5],
    exporters: api,
  },
  latchkey_gate_revocations_waiting: {
    type: 'gauge',
    help: 'Revocations that wait in this process for other replicas.',
    labels: {},
    exporters: api,
  },
  latchkey_gateway_events_total: {
    type: 'counter',
    help: 'Lines that the gateway told of sessions’ URLs.',
    labels: { outcome: '`kept`, or why it was dropped' },
    exporters: api,
  },
} as const satisfies MetricKinds;
