import { Registry } from 'prom-client';
import type { ActivityObserver } from '../activities/dependencies.ts';
import {
  processRegistry,
  registerBuild,
  registerPool,
  type PoolCounts,
} from '../platform/metrics/of-process.ts';
import { alone, counter, histogram, readGauge } from '../platform/metrics/register.ts';
import { vendorMetrics } from '../platform/metrics/vendor-calls.ts';
import type { VendorObserver } from '../platform/vendor-pace/observer.ts';
import { HOUSEKEEPING_JOBS } from '../workflows/contract/housekeeping.ts';

/** What a worker tells of itself, beside what the SDK tells. */
export interface WorkerMetrics {
  readonly registries: readonly Registry[];
  readonly activities: ActivityObserver;
  readonly vendors: VendorObserver;
}

const RESULTS = ['looked', 'repaired', 'raised', 'failed', 'untouched'] as const;
const PAGE_OUTCOMES = ['last', 'more', 'halted', 'failed'] as const;
const SESSION_OUTCOMES = ['completed', 'no-show', 'cancelled', 'expired', 'refunded'] as const;

/** What an alert looks at stands at zero before it happens, so that its first time is an increase. */
function observeActivities(registry: Registry): ActivityObserver {
  const failures = counter(registry, 'latchkey_activity_failures_total');
  const cutoffs = histogram(registry, 'latchkey_cutoff_delay_seconds');
  const ended = counter(registry, 'latchkey_sessions_ended_total');
  const webhooks = counter(registry, 'latchkey_webhooks_out_attempts_total');
  const pages = counter(registry, 'latchkey_housekeeping_pages_total');
  const items = counter(registry, 'latchkey_housekeeping_items_total');
  const notes = counter(registry, 'latchkey_housekeeping_notes_total');
  for (const outcome of SESSION_OUTCOMES) ended.add({ outcome }, 0);
  webhooks.add({ outcome: 'delivered' }, 0);
  for (const job of HOUSEKEEPING_JOBS) {
    for (const outcome of PAGE_OUTCOMES) pages.add({ schedule: job, outcome }, 0);
    for (const result of RESULTS) items.add({ schedule: job, result }, 0);
  }
  return {
    failed: (activity, code) => failures.add({ activity, code }),
    cutoffPassed: (delay) => cutoffs.observe({}, delay / 1000),
    sessionEnded: (outcome) => ended.add({ outcome }),
    webhookSent: (code) => webhooks.add({ outcome: code ?? 'delivered' }),
    housekept(job, page) {
      if (page === null) {
        pages.add({ schedule: job, outcome: 'failed' });
        return;
      }
      const outcome = page.cursor === null ? 'last' : page.halted === null ? 'more' : 'halted';
      pages.add({ schedule: job, outcome });
      for (const result of RESULTS) items.add({ schedule: job, result }, page[result]);
      for (const { code } of page.notes) notes.add({ schedule: job, code });
    },
  };
}

/** @param isPolling whether the worker takes tasks now. */
export function createWorkerMetrics(pool: PoolCounts, isPolling: () => boolean): WorkerMetrics {
  const registry = new Registry();
  registerBuild(registry, 'worker');
  registerPool(registry, pool);
  readGauge(registry, 'latchkey_worker_polling', () => alone(isPolling() ? 1 : 0));
  return {
    registries: [registry, processRegistry()],
    activities: observeActivities(registry),
    vendors: vendorMetrics(registry),
  };
}
