import { Registry } from 'prom-client';
import type { DatabaseConnection } from '../../db/connect.ts';
import { readStanding } from '../../db/queries/standing.ts';
import type { Clock } from '../../platform/clock.ts';
import { processRegistry, registerBuild, registerPool } from '../../platform/metrics/of-process.ts';
import { vendorMetrics } from '../../platform/metrics/vendor-calls.ts';
import type { VendorObserver } from '../../platform/vendor-pace/observer.ts';
import { type ApiObservers, createObservers } from '../metrics/observers.ts';
import { createStandingReader, registerStanding } from '../metrics/standing.ts';

/** A late change whose deadline is nearer than this is counted as unanswered. As said in the metric's words. */
const SOON_MS = 2 * 60 * 60 * 1000;

/** What an API process tells of itself, beside its gate. */
export interface Metrics {
  readonly registries: readonly Registry[];
  readonly observers: ApiObservers;
  readonly vendors: VendorObserver;
}

export function composeMetrics(deps: {
  readonly database: DatabaseConnection;
  readonly clock: Clock;
}): Metrics {
  const registry = new Registry();
  registerBuild(registry, 'api');
  registerPool(registry, deps.database.pool);
  registerStanding(
    registry,
    createStandingReader({
      read: () => readStanding(deps.database.db, new Date(deps.clock()), SOON_MS),
      monotonic: () => performance.now(),
    }),
  );
  return {
    registries: [registry, processRegistry()],
    observers: createObservers(registry),
    vendors: vendorMetrics(registry),
  };
}
