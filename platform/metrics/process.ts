import type { MetricKinds } from './kinds.ts';

const both = ['api', 'worker'] as const;

/** What both processes export: themselves, their database connections, and their calls of vendors. */
export const PROCESS_METRICS = {
  latchkey_build_info: {
    type: 'gauge',
    help: 'Always 1; its labels say what runs.',
    labels: { process: '`api` or `worker`', version: 'of Latchkey', node: 'of Node.js' },
    exporters: both,
  },
  latchkey_database_connections: {
    type: 'gauge',
    help: 'Connections of this process’s pool; the API has one more, which listens.',
    labels: { state: '`used`, `idle`, or `wanted`: requests that wait for one' },
    exporters: both,
  },
  latchkey_database_connections_max: {
    type: 'gauge',
    help: 'As many connections the pool may have, `DATABASE_POOL_MAX`.',
    labels: {},
    exporters: both,
  },
  latchkey_vendor_calls_total: {
    type: 'counter',
    help: 'Calls of vendors, those that were parked instead of made included.',
    labels: {
      vendor:
        '`saleor`, `zammad`, `apisix`, `gateway` (the one that clients go through), `calendly` or `calcom`',
      operation: 'method and path, with `:id` for whatever is not a fixed word',
      outcome: '`ok`, `parked`, or the code of the failure',
    },
    exporters: both,
  },
  latchkey_vendor_call_duration_seconds: {
    type: 'histogram',
    help: 'How long calls that were made took.',
    labels: { vendor: 'as above', operation: 'as above' },
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    exporters: both,
  },
  latchkey_vendor_away: {
    type: 'gauge',
    help: 'How many servers of the vendor this process takes for away; their calls are parked.',
    labels: { vendor: 'as above' },
    exporters: both,
  },
  latchkey_vendor_wait_seconds: {
    type: 'histogram',
    help: 'How long calls waited for their turn, and for a place among those under way.',
    labels: { vendor: 'as above' },
    buckets: [0.001, 0.01, 0.1, 0.5, 1, 2.5],
    exporters: both,
  },
} as const satisfies MetricKinds;
