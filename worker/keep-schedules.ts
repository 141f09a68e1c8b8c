import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from '../platform/log.ts';
import { ensureSchedule, runNow } from '../platform/schedules.ts';
import { HOUSEKEEPING_JOBS } from '../workflows/contract/housekeeping.ts';

const FIRST_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 5 * 60_000;

export interface KeptSchedules {
  /** Settles when they are there, or when it was stopped. Never rejects. */
  readonly settled: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Brings the housekeeping's schedules about, beside everything else: a worker takes tasks whether or not they are there.
 * What fails is logged and tried again, for as long as it takes. Then the webhook subscription is looked at, since
 * nobody else makes it.
 */
export function keepSchedules(client: Client, log: Logger): KeptSchedules {
  const stopped = new AbortController();

  async function ensureAll(): Promise<void> {
    for (const job of HOUSEKEEPING_JOBS) {
      const outcome = await ensureSchedule(client, job);
      if (outcome !== 'kept') log.info({ job, outcome }, 'schedule of the housekeeping');
    }
    await runNow(client, 'subscriptions');
  }

  async function persist(): Promise<void> {
    for (
      let waitMs = FIRST_WAIT_MS;
      !stopped.signal.aborted;
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
    ) {
      try {
        return await ensureAll();
      } catch (error) {
        const name = error instanceof Error ? error.name : typeof error;
        log.warn({ error: name, waitMs }, 'the schedules of the housekeeping could not be ensured');
      }
      await sleep(waitMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  const settled = persist();
  return {
    settled,
    async stop() {
      stopped.abort();
      await settled;
    },
  };
}
