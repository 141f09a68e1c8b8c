import { Router } from 'express';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { EventCounts } from './gateway/events.ts';
import type { GateCounts } from './gate/counters.ts';
import { methodNotAllowed } from './problem.ts';

/** Numbers of the moment, by name in camel case. */
export type Stats = Readonly<Record<string, number>>;

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A counter whose value is ours: read when it is asked for, so that counting costs one addition. */
function total(registry: Registry, name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

/** The gate's answers, and where they came from. */
export function registerGateMetrics(registry: Registry, read: () => GateCounts): void {
  new Counter({
    name: 'latchkey_gate_verdicts_total',
    help: 'Answers of forward-auth by status and reason.',
    labelNames: ['verdict', 'reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { verdict, reason, count } of read().verdicts) this.inc({ verdict, reason }, count);
    },
  });
  total(
    registry,
    'latchkey_gate_answered_at_once_total',
    'Requests let in before the router, from memory alone.',
    () => read().answeredAtOnce,
  );
  total(
    registry,
    'latchkey_gate_memory_hits_total',
    'Sessions that were found in memory.',
    () => read().memoryHits,
  );
  total(
    registry,
    'latchkey_gate_memory_misses_total',
    'Sessions that PostgreSQL and the workflow were asked about.',
    () => read().memoryMisses,
  );
}

/** What became of each line that the gateway told of sessions' URLs; all but `kept` were dropped. */
export function registerGatewayEvents(registry: Registry, read: () => EventCounts): void {
  new Counter({
    name: 'latchkey_gateway_events_total',
    help: 'Lines that the gateway told of sessions’ URLs, by what became of them.',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(read())) this.inc({ outcome }, count);
    },
  });
}

/**
 * One gauge per number, as they stand when asked: `heartbeatAgeMs` becomes `<prefix>_heartbeat_age_ms`.
 *
 * @param prefix e.g. `latchkey_gate_memory`
 */
export function registerStats(registry: Registry, prefix: string, help: string, read: () => Stats): void {
  for (const name of Object.keys(read()))
    new Gauge({
      name: `${prefix}_${snakeCase(name)}`,
      help: `${help}: ${name}.`,
      registers: [registry],
      collect() {
        this.set(read()[name] ?? Number.NaN);
      },
    });
}

/** `GET /metrics` in Prometheus' text format, for the internal listener. */
export function createMetrics(registry: Registry): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router
    .route('/metrics')
    .get(async (_req, res) => {
      const text = await registry.metrics();
      res.set({ 'cache-control': 'no-store', 'content-type': registry.contentType }).send(text);
    })
    .all(methodNotAllowed('GET', 'HEAD'));
  return router;
}
