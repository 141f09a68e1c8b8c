import { CancellationScope } from '@temporalio/workflow';
import type { Effect, Lane } from '../contract/effects.ts';
import type { EffectEvent, EffectResult } from '../contract/events.ts';
import { failureOf, isCalledOff, isEffectFailure } from './failure.ts';

/**
 * How a lane treats an effect that arrives while another is under way.
 *
 * - `fifo`: it waits its turn.
 * - `latest`: the attempt under way is called off, and the newest begins when that one is really over.
 * - `newest`: the attempt under way is left to end, and of those that wait only the newest begins.
 */
type Discipline = 'fifo' | 'latest' | 'newest';

const DISCIPLINES: Readonly<Record<Lane, Discipline>> = {
  gate: 'newest',
  route: 'latest',
  ticket: 'fifo',
  link: 'fifo',
  provider: 'fifo',
  money: 'fifo',
};

const LANES: readonly Lane[] = ['gate', 'link', 'ticket', 'route', 'provider', 'money'];

export interface LanesOptions {
  /** Runs one effect as an activity. Called in a cancellable scope. */
  readonly carryOut: (effect: Effect) => Promise<EffectResult>;
  /** Hears that an effect is over; null when a newer one took its place. */
  readonly settled: (outcome: EffectEvent | null) => void;
  /** Hears an error that is not the outcome of an activity: a bug. */
  readonly broken: (error: unknown) => void;
}

export interface Lanes {
  enqueue(effects: readonly Effect[]): void;
  /** Begins whatever may begin now. Must be called in the scope that the effects are to live in. */
  dispatch(): void;
  /** True when nothing waits and nothing is under way. */
  idle(): boolean;
}

interface Attempt {
  readonly effect: Effect;
  readonly scope: CancellationScope;
  readonly calledOff: () => boolean;
}

interface LaneState {
  waiting: Effect[];
  running: Attempt | null;
}

/** Carries effects out, lane by lane, so that a vendor that is down holds back its own lane only. */
export function createLanes({ carryOut, settled, broken }: LanesOptions): Lanes {
  const lanes: Readonly<Record<Lane, LaneState>> = {
    gate: { waiting: [], running: null },
    route: { waiting: [], running: null },
    ticket: { waiting: [], running: null },
    link: { waiting: [], running: null },
    provider: { waiting: [], running: null },
    money: { waiting: [], running: null },
  };

  /** Null when a newer effect took this one's place: the newer one's outcome stands for both. */
  function failureToTell({ effect, calledOff }: Attempt, error: unknown): EffectEvent | null {
    if (calledOff() && isCalledOff(error)) return null;
    if (!isEffectFailure(error)) throw error;
    return { type: 'effect.failed', step: effect.step, ...failureOf(error) };
  }

  async function run(lane: LaneState, attempt: Attempt): Promise<void> {
    const { effect, scope } = attempt;
    try {
      let outcome: EffectEvent | null;
      try {
        outcome = { type: 'effect.done', step: effect.step, result: await scope.run(() => carryOut(effect)) };
      } catch (error) {
        outcome = failureToTell(attempt, error);
      }
      lane.running = null;
      settled(outcome);
    } catch (error) {
      broken(error);
    }
  }

  function begin(lane: LaneState, effect: Effect): void {
    const scope = new CancellationScope({ cancellable: true });
    lane.running = { effect, scope, calledOff: () => scope.consideredCancelled };
    void run(lane, lane.running);
  }

  function dispatchLane(name: Lane): void {
    const lane = lanes[name];
    const [next, ...others] = lane.waiting;
    if (!next) return;
    if (lane.running) {
      if (DISCIPLINES[name] === 'latest' && !lane.running.calledOff()) lane.running.scope.cancel();
      return;
    }
    lane.waiting = others;
    begin(lane, next);
  }

  return {
    enqueue(effects) {
      for (const effect of effects) {
        const lane = lanes[effect.lane];
        if (DISCIPLINES[effect.lane] === 'fifo') lane.waiting.push(effect);
        else lane.waiting = [effect];
      }
    },
    dispatch() {
      for (const name of LANES) dispatchLane(name);
    },
    idle() {
      return LANES.every((name) => lanes[name].waiting.length === 0 && lanes[name].running === null);
    },
  };
}
