// A gate's memory and nothing else, filled through its own looks, with the collector at hand.
import type { LinkId } from '../../../workflows/contract/values.ts';
import { createLogger } from '../../../platform/log.ts';
import { answerParent } from '../child.ts';
import type { MemoryResult } from '../memory.ts';
import { type GateSettings, openBenchGate } from './open-gate.ts';

export interface FillOrder {
  readonly gate: GateSettings;
  readonly sessions: readonly { readonly slug: string; readonly linkId: LinkId }[];
}

const AT_ONCE = 8;

function heapUsed(): number {
  if (globalThis.gc === undefined) throw new Error('started without --expose-gc');
  // What a first collection finalises, the second frees.
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

async function fill({ gate, sessions }: FillOrder): Promise<MemoryResult> {
  const log = createLogger({ level: 'warn', pretty: false, name: 'bench', destination: process.stderr });
  const opened = await openBenchGate(gate, log);
  const { memory } = opened.held;
  try {
    let next = 0;
    const lookOn = async (until: number): Promise<void> => {
      while (next < until) {
        const session = sessions[next++];
        if (session !== undefined) await memory.look(session.slug, [session.linkId]);
      }
    };
    const lookAtOnce = (until: number) => Promise.all(Array.from({ length: AT_ONCE }, () => lookOn(until)));
    // The first looks also fill pools and warm code.
    const warm = Math.min(500, Math.floor(sessions.length / 10));
    await lookAtOnce(warm);
    const before = heapUsed();
    await lookAtOnce(sessions.length);
    const after = heapUsed();
    const held = sessions.filter(({ slug }) => memory.hit(slug) !== undefined).length;
    if (held < sessions.length) throw new Error(`only ${held} of ${sessions.length} sessions are in memory`);
    return {
      snapshots: sessions.length,
      bytesPerSnapshot: Math.round((after - before) / (sessions.length - warm)),
    };
  } finally {
    await opened.close();
  }
}

const tasks = { fill };
export type SnapshotTasks = typeof tasks;

answerParent(tasks);
