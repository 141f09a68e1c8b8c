import type { MetricKinds } from './kinds.ts';

const api = ['api'] as const;

/** Requests, webhooks in, logins: what an API process does by itself. */
export const API_METRICS = {
  latchkey_http_requests_total: {
    type: 'counter',
    help: 'Requests that were answered by the router; those that the gate answers at once are in its own metrics.',
    labels: {
      listener: '`public` or `internal`',
      method: 'the HTTP method',
      route: 'the path with its parameters’ names, or `none` where there is no such path',
      status: 'the HTTP status, or `aborted` where the asker went away',
    },
    exporters: api,
  },
  latchkey_http_request_duration_seconds: {
    type: 'histogram',
    help: 'From a request’s headers to the end of its answer.',
    labels: { listener: 'as above', route: 'as above' },
    buckets: [0.005, 0.025, 0.1, 0.5, 1, 3, 10],
    exporters: api,
  },
  latchkey_rate_limited_total: {
    type: 'counter',
    help: 'Requests that were refused because a rate limit was used up.',
    labels: { limit: 'which limit, e.g. `logins-per-email`' },
    exporters: api,
  },
  latchkey_logins_total: {
    type: 'counter',
    help: 'Logins of clients.',
    labels: { by: '`code` or `oidc`', outcome: '`in`; of a code also `wrong` and `ended`' },
    exporters: api,
  },
  latchkey_inbox_received_total: {
    type: 'counter',
    help: 'Webhooks with a good signature. Those without are 401s of their route.',
    labels: {
      source: 'the vendor',
      outcome:
        '`stored`, `duplicate`, or `not-kept`: PostgreSQL was away, and the sender was told to come again',
    },
    exporters: api,
  },
  latchkey_inbox_attempts_total: {
    type: 'counter',
    help: 'Attempts to bring a webhook to its session.',
    labels: {
      source: 'the vendor',
      outcome: '`done`; `wait`: not its time yet, or somebody is away; `failed`; `quarantine`',
    },
    exporters: api,
  },
  latchkey_inbox_delivery_seconds: {
    type: 'histogram',
    help: 'From a webhook’s arrival until it was brought to its session.',
    labels: { source: 'the vendor' },
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3600],
    exporters: api,
  },
} as const satisfies MetricKinds;
