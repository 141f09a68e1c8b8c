import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { z } from 'zod';
import { projectRoot } from '../data-directory.ts';
import type { Exporter } from './kinds.ts';
import { readGauge } from './register.ts';

let defaults: Registry | undefined;

/** Memory, event loop and garbage collection of this operating-system process: watched once, however often asked. */
export function processRegistry(): Registry {
  if (defaults === undefined) {
    defaults = new Registry();
    collectDefaultMetrics({ register: defaults });
  }
  return defaults;
}

const packageSchema = z.object({ version: z.string() });

/** The version that package.json says. */
export function ownVersion(): string {
  return packageSchema.parse(JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8'))).version;
}

/** What runs here. */
export function registerBuild(registry: Registry, exporter: Exporter): void {
  const labels = { process: exporter, version: ownVersion(), node: process.versions.node };
  readGauge(registry, 'latchkey_build_info', () => [{ labels, value: 1 }]);
}

/** Of a pool of `pg`. */
export interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: { readonly max: number };
}

/** How many connections to PostgreSQL there are, and who waits for one. */
export function registerPool(registry: Registry, pool: PoolCounts): void {
  readGauge(registry, 'latchkey_database_connections', () => [
    { labels: { state: 'used' }, value: pool.totalCount - pool.idleCount },
    { labels: { state: 'idle' }, value: pool.idleCount },
    { labels: { state: 'wanted' }, value: pool.waitingCount },
  ]);
  readGauge(registry, 'latchkey_database_connections_max', () => [{ labels: {}, value: pool.options.max }]);
}
