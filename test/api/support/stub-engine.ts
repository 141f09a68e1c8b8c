import type { EngineAnswer, SessionEngine, UpdateAnswer } from '../../../api/gate/engine.ts';
import type { Gate, SessionView } from '../../../workflows/contract/session.ts';
import type { SessionKey } from '../../../workflows/contract/values.ts';

export interface AskedUpdate {
  readonly key: SessionKey;
  readonly name: string;
  readonly argument: unknown;
  readonly updateId: string;
  /** Who asks, as the run's history would keep it. */
  readonly by: string | undefined;
}

/** Temporal, told what to answer. */
export interface StubEngine extends SessionEngine {
  gateAnswer: EngineAnswer<Gate>;
  viewAnswer: EngineAnswer<SessionView>;
  updateAnswer: UpdateAnswer;
  isReachable: boolean;
  readonly asked: { gates: number; updates: AskedUpdate[] };
}

export function stubEngine(gate: Gate): StubEngine {
  const engine: StubEngine = {
    gateAnswer: { kind: 'answer', value: gate },
    viewAnswer: { kind: 'unavailable', why: 'stub' },
    updateAnswer: { kind: 'answer', verdict: { accepted: true, next: 'none' } },
    isReachable: true,
    asked: { gates: 0, updates: [] },
    async gate() {
      engine.asked.gates += 1;
      return engine.gateAnswer;
    },
    async view() {
      return engine.viewAnswer;
    },
    async update(key, name, argument, updateId, by) {
      engine.asked.updates.push({ key, name, argument, updateId, by });
      return engine.updateAnswer;
    },
    async reachable() {
      return engine.isReachable;
    },
    async settled() {},
  };
  return engine;
}
