import type { Registry } from 'prom-client';
import { alone, readCounter, readGauge, readHistogram } from '../../platform/metrics/register.ts';
import type { GateCounts } from '../gate/counters.ts';
import type { GateStats } from '../gate/open-gate-memory.ts';
import type { EventCounts } from '../gateway/events.ts';

/** The gate's answers, how long they took, and where they came from. */
export function registerVerdicts(registry: Registry, read: () => GateCounts): void {
  readCounter(registry, 'latchkey_gate_verdicts_total', () =>
    read().verdicts.map(({ verdict, reason, count }) => ({ labels: { verdict, reason }, value: count })),
  );
  readHistogram(registry, 'latchkey_gate_verdict_duration_seconds', () => read().durations);
  readCounter(registry, 'latchkey_gate_answered_at_once_total', () => alone(read().answeredAtOnce));
  readCounter(registry, 'latchkey_gate_memory_hits_total', () => alone(read().memoryHits));
  readCounter(registry, 'latchkey_gate_memory_misses_total', () => alone(read().memoryMisses));
}

/** What became of each line that the gateway told of sessions' URLs; all but `kept` were dropped. */
export function registerGatewayEvents(registry: Registry, read: () => EventCounts): void {
  readCounter(registry, 'latchkey_gateway_events_total', () =>
    Object.entries(read()).map(([outcome, value]) => ({ labels: { outcome }, value })),
  );
}

/** The memory that gates are answered from, as it stands when asked. */
export function registerMemory(registry: Registry, read: () => GateStats): void {
  readCounter(registry, 'latchkey_gate_memory_stale_total', () => alone(read().stale));
  readCounter(registry, 'latchkey_gate_memory_losses_total', () => alone(read().losses));
  readGauge(registry, 'latchkey_gate_memory_fresh_seconds', () => alone(read().freshForMs / 1000));
  readGauge(registry, 'latchkey_gate_memory_heartbeat_age_seconds', () => alone(read().silentMs / 1000));
  readGauge(registry, 'latchkey_gate_memory_snapshots', () => alone(read().snapshots));
  readGauge(registry, 'latchkey_gate_memory_oldest_check_seconds', () => alone(read().uncheckedMs / 1000));
  readGauge(registry, 'latchkey_gate_memory_revoked_ids', () => alone(read().revokedIds));
  readGauge(registry, 'latchkey_gate_memory_held_sessions', () => alone(read().heldSessions));
  readCounter(registry, 'latchkey_gate_looks_total', () => alone(read().looks));
  readCounter(registry, 'latchkey_gate_looks_failed_total', () => alone(read().failedLooks));
  readCounter(registry, 'latchkey_gate_engine_queries_total', () => alone(read().engineQueries));
  readGauge(registry, 'latchkey_gate_revocation_sequence', () => alone(read().revocation));
  readGauge(registry, 'latchkey_gate_revocations_waiting', () => alone(read().revocationsWaiting));
  readGauge(registry, 'latchkey_gate_clock_offset_seconds', () => {
    const offset = read().clockOffset;
    if (offset === null) return [];
    return [
      { labels: { bound: 'at-least' }, value: offset.atLeast / 1000 },
      { labels: { bound: 'at-most' }, value: offset.atMost / 1000 },
    ];
  });
}
