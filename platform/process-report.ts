import { hostname } from 'node:os';
import type { FailureCode } from './failures.ts';
import { ownVersion } from './metrics/of-process.ts';
import { randomId } from './random-id.ts';
import type { VendorSight } from './vendor-pace/sight.ts';

export type ProcessKind = 'api' | 'worker';

/** How far an API process is with setting the gateway up; `code` is why the last attempt failed. */
export interface GatewaySight {
  readonly state: 'pending' | 'ready' | 'failed' | 'stopped';
  readonly code: FailureCode | null;
}

/** What a process says of itself. */
export interface ProcessReport {
  readonly processId: string;
  readonly kind: ProcessKind;
  readonly version: string;
  readonly buildId: string | null;
  readonly startedAt: Date;
  readonly vendors: readonly VendorSight[];
  readonly gateway: GatewaySight | null;
}

/** Where all processes tell it; in PostgreSQL. */
export interface ProcessStore {
  tell(report: ProcessReport): Promise<void>;
  /** The process stops in order. */
  leave(processId: string): Promise<void>;
}

/** A process that was not heard of for this long is taken for dead. */
export const PROCESS_SILENCE_MS = 30_000;

const LOOK_EVERY_MS = 2000;
const TELL_EVERY_MS = 10_000;

/** What makes a report news: not that another call was answered. */
const newsOf = (report: ProcessReport): string =>
  JSON.stringify([report.vendors.map(({ vendor, state }) => [vendor, state]), report.gateway]);

/**
 * Tells what this process knows, within seconds when it is news and every ten seconds anyhow, so that its silence says
 * something too. A store that is away is tried again with the next look; nobody waits for it.
 */
export function startProcessReport(options: {
  readonly kind: ProcessKind;
  readonly buildId: string | null;
  readonly store: ProcessStore;
  readonly vendors: (clock: number) => readonly VendorSight[];
  readonly gateway: () => GatewaySight | null;
}): { stop(): Promise<void> } {
  const { kind, buildId, store } = options;
  const startedAt = new Date();
  const identity = {
    processId: `${kind}:${process.pid}@${hostname().slice(0, 60)}:${randomId().slice(0, 6)}`,
    kind,
    version: ownVersion(),
    buildId,
    startedAt,
  };
  let told: { readonly news: string; readonly at: number } | undefined;
  let telling: Promise<void> | undefined;

  async function tell(): Promise<void> {
    const report = { ...identity, vendors: options.vendors(Date.now()), gateway: options.gateway() };
    const news = newsOf(report);
    const now = performance.now();
    if (told !== undefined && told.news === news && now - told.at < TELL_EVERY_MS) return;
    try {
      await store.tell(report);
      told = { news, at: now };
    } catch {
      // Its silence is seen where it is read.
    }
  }

  function look(): void {
    telling ??= tell().finally(() => {
      telling = undefined;
    });
  }

  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await telling;
      await store.leave(identity.processId).catch(() => undefined);
    },
  };
}
