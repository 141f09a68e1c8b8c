import { CancellationScope } from '@temporalio/workflow';
import type { Carried } from '../contract/activities.ts';
import type { Effect, Lane } from '../contract/effects.ts';
import type { EffectEvent, EffectResult } from '../contract/events.ts';
import type { StepId } from '../contract/values.ts';
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

/** Who carries comes before what rides. */
const LANES: readonly Lane[] = ['route', 'ticket', 'provider', 'money', 'link', 'gate'];

/** Whose effects may carry what only touches our own rows. A route's may be called off, and what it carries with it. */
const CARRIERS: readonly Lane[] = ['ticket', 'provider', 'money'];

const PUBLISH: Effect = { lane: 'gate', step: 'publish' as StepId, call: { kind: 'publish' } };

export interface LanesOptions {
  /** Runs one effect, and what rides along with it, as an activity. Called in a cancellable scope. */
  readonly carryOut: (effect: Effect, riders: readonly Effect[]) => Promise<Carried<EffectResult>>;
  /** Hears that an effect is over, after what rode along with it; nothing when a newer one took its place. */
  readonly settled: (outcomes: readonly EffectEvent[]) => void;
  /** Hears an error that is not the outcome of an activity: a bug. */
  readonly broken: (error: unknown) => void;
}

export interface Lanes {
  enqueue(effects: readonly Effect[]): void;
  /** Somebody waits for the publication: it does not ride along with what may wait for a vendor. */
  hurry(): void;
  /** Begins whatever may begin now. Must be called in the scope that the effects are to live in. */
  dispatch(): void;
  /** True when nothing waits and nothing is under way. */
  idle(): boolean;
}

interface Attempt {
  readonly effect: Effect;
  readonly riders: readonly Effect[];
  readonly scope: CancellationScope;
  readonly calledOff: () => boolean;
}

interface LaneState {
  waiting: Effect[];
  running: Attempt | null;
  /** What waits does not ride along with another effect. */
  alone: boolean;
}

const empty = (): LaneState => ({ waiting: [], running: null, alone: false });

/**
 * Carries effects out, lane by lane, so that a vendor that is down holds back its own lane only.
 *
 * A publication, and a link beside the ticket, ride along with a vendor's effect that begins at the same time: they are
 * done before the vendor is called. A newer publication never waits for one that rides. Where the carrier fails, its
 * riders go on their own; each may be done twice. A route is never deleted without a publication before it.
 */
export function createLanes({ carryOut, settled, broken }: LanesOptions): Lanes {
  const lanes: Readonly<Record<Lane, LaneState>> = {
    gate: empty(),
    route: empty(),
    ticket: empty(),
    link: empty(),
    provider: empty(),
    money: empty(),
  };

  /** Null when a newer effect took this one's place: the newer one's outcome stands for both. */
  function failureToTell({ effect, calledOff }: Attempt, error: unknown): EffectEvent | null {
    if (calledOff() && isCalledOff(error)) return null;
    if (!isEffectFailure(error)) throw error;
    return { type: 'effect.failed', step: effect.step, ...failureOf(error) };
  }

  /** A publication that waits is newer than the one that rode. */
  function goAlone(rider: Effect): void {
    const lane = lanes[rider.lane];
    lane.alone = true;
    if (rider.lane !== 'gate' || lane.waiting.length === 0) lane.waiting = [rider, ...lane.waiting];
  }

  async function outcomesOf(attempt: Attempt): Promise<readonly EffectEvent[]> {
    const { effect, riders, scope } = attempt;
    try {
      const { riders: carried = [], ...result } = await scope.run(() => carryOut(effect, riders));
      const done = (step: StepId, one: EffectResult): EffectEvent => ({
        type: 'effect.done',
        step,
        result: one,
      });
      const outcomes = riders.flatMap((rider) => {
        const carriedOut = carried.find(({ kind }) => kind === rider.call.kind);
        if (!carriedOut) goAlone(rider);
        return carriedOut ? [done(rider.step, carriedOut)] : [];
      });
      return [...outcomes, done(effect.step, result)];
    } catch (error) {
      const told = failureToTell(attempt, error);
      riders.forEach(goAlone);
      return told ? [told] : [];
    }
  }

  async function run(attempt: Attempt): Promise<void> {
    try {
      const outcomes = await outcomesOf(attempt);
      for (const { lane } of [attempt.effect, ...attempt.riders])
        if (lanes[lane].running === attempt) lanes[lane].running = null;
      settled(outcomes);
    } catch (error) {
      broken(error);
    }
  }

  /** Takes what rides along with an effect that begins now. */
  function board({ lane, call }: Effect): readonly Effect[] {
    const deletes = call.kind === 'delete-route';
    const { link, gate } = lanes;
    const riders: Effect[] = [];
    if (lane === 'ticket' && !link.alone && !link.running) riders.push(...link.waiting.splice(0, 1));
    if (!gate.alone && (deletes || CARRIERS.includes(lane))) riders.push(...gate.waiting.splice(0));
    if (deletes && riders.length === 0) riders.push(PUBLISH);
    return riders;
  }

  function begin(effect: Effect): void {
    const scope = new CancellationScope({ cancellable: true });
    const riders = board(effect);
    const attempt: Attempt = { effect, riders, scope, calledOff: () => scope.consideredCancelled };
    lanes[effect.lane].running = attempt;
    if (riders.some((rider) => rider.lane === 'link')) lanes.link.running = attempt;
    void run(attempt);
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
    lane.alone = false;
    begin(next);
  }

  return {
    enqueue(effects) {
      for (const effect of effects) {
        const lane = lanes[effect.lane];
        if (DISCIPLINES[effect.lane] === 'fifo') lane.waiting.push(effect);
        else lane.waiting = [effect];
      }
    },
    hurry() {
      lanes.gate.alone = true;
    },
    dispatch() {
      for (const name of LANES) dispatchLane(name);
    },
    idle() {
      return LANES.every((name) => lanes[name].waiting.length === 0 && lanes[name].running === null);
    },
  };
}
