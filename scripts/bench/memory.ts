import { startBenchChild } from './child.ts';
import type { BenchSession } from './rows.ts';
import type { GateSettings } from './servers/open-gate.ts';
import type { SnapshotTasks } from './servers/snapshots.ts';

export interface MemoryResult {
  readonly snapshots: number;
  /** Of the heap that stays after a full collection. */
  readonly bytesPerSnapshot: number;
}

/** How much heap a session in memory takes: what many of them add to a process that had none. */
export async function measureMemory(deps: {
  readonly gate: GateSettings;
  readonly sessions: readonly BenchSession[];
}): Promise<MemoryResult> {
  const child = startBenchChild<SnapshotTasks>('./servers/snapshots.js', ['--expose-gc']);
  try {
    return await child.ask('fill', {
      gate: deps.gate,
      sessions: deps.sessions.map(({ slug, linkId }) => ({ slug, linkId })),
    });
  } finally {
    await child.stop();
  }
}
