import type { Registry } from 'prom-client';
import { counter, histogram } from '../../platform/metrics/register.ts';
import type { Outcome } from '../intake/outcome.ts';
import type { InboxSource } from '../../db/tables.ts';
import type { LimitName } from '../limits/limits.ts';

/** One request that the router answered, or whose asker went away. */
export interface ObservedRequest {
  readonly listener: 'public' | 'internal' | 'codec';
  readonly method: string;
  /** The path with its parameters' names; null where there is no such path. */
  readonly route: string | null;
  /** Null: nobody was there for the answer. */
  readonly status: number | null;
  /** Null for a stream, which lasts as long as somebody listens. */
  readonly ms: number | null;
}
export type ObserveRequest = (request: ObservedRequest) => void;

/** What becomes of webhooks. */
export interface IntakeObserver {
  received(source: InboxSource, outcome: 'stored' | 'duplicate' | 'not-kept'): void;
  /** @param ageMs since it came in. */
  attempted(source: InboxSource, outcome: Outcome['kind'], ageMs: number): void;
}

export type ObserveLogin = (by: 'code' | 'oidc', outcome: 'in' | 'wrong' | 'ended') => void;

export interface ApiObservers {
  readonly request: ObserveRequest;
  readonly intake: IntakeObserver;
  readonly login: ObserveLogin;
  /** A limit was used up. */
  readonly limited: (name: LimitName) => void;
}

const SOURCES = ['saleor', 'calendly', 'calcom', 'zammad'] as const satisfies readonly InboxSource[];

/** Counts what the parts of the API tell of. What an alert looks at stands at zero before it happens. */
export function createObservers(registry: Registry): ApiObservers {
  const requests = counter(registry, 'latchkey_http_requests_total');
  const durations = histogram(registry, 'latchkey_http_request_duration_seconds');
  const limited = counter(registry, 'latchkey_rate_limited_total');
  const logins = counter(registry, 'latchkey_logins_total');
  const received = counter(registry, 'latchkey_inbox_received_total');
  const attempts = counter(registry, 'latchkey_inbox_attempts_total');
  const deliveries = histogram(registry, 'latchkey_inbox_delivery_seconds');
  for (const source of SOURCES) {
    for (const outcome of ['stored', 'duplicate', 'not-kept']) received.add({ source, outcome }, 0);
    for (const outcome of ['done', 'wait', 'failed', 'quarantine']) attempts.add({ source, outcome }, 0);
  }
  for (const outcome of ['in', 'wrong', 'ended']) logins.add({ by: 'code', outcome }, 0);
  return {
    request({ listener, method, route, status, ms }) {
      const path = route ?? 'none';
      requests.add({ listener, method, route: path, status: status === null ? 'aborted' : String(status) });
      if (ms !== null) durations.observe({ listener, route: path }, ms / 1000);
    },
    intake: {
      received: (source, outcome) => received.add({ source, outcome }),
      attempted(source, outcome, ageMs) {
        attempts.add({ source, outcome });
        if (outcome === 'done') deliveries.observe({ source }, Math.max(0, ageMs) / 1000);
      },
    },
    login: (by, outcome) => logins.add({ by, outcome }),
    limited: (limit) => limited.add({ limit }),
  };
}
