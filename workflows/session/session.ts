import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import type { OutsideEvent, RequestEvent, SessionEvent } from '../contract/events.ts';
import type { Verdict } from '../contract/messages.ts';
import type { Gate, RulesVersion, SessionInput, SessionView } from '../contract/session.ts';
import type { Instant } from '../contract/values.ts';
import type { NextDue, Rules } from '../policy/rules.ts';
import type { SessionState } from '../policy/state.ts';
import { type Alarm, createAlarm } from './alarm.ts';
import { carryOut } from './effects.ts';
import { createLanes, type Lanes } from './lanes.ts';
import { narrows } from './narrowing.ts';

export type RulesByVersion = Readonly<Record<RulesVersion, Rules>>;

/** The workflow task's own time: the same when the task is replayed. */
const now = () => Date.now() as Instant;

/**
 * One session under its rules: hears events, carries their effects out, keeps its one timer. Everything that
 * decides is in the rules; this only remembers what they said.
 */
export class Session {
  readonly #rulesByVersion: RulesByVersion;
  readonly #lanes: Lanes;
  readonly #alarm: Alarm;
  #state: SessionState;
  #changed = true;
  #publishedVersion = 0;
  #bug: unknown;

  constructor(input: SessionInput, rulesByVersion: RulesByVersion) {
    this.#rulesByVersion = rulesByVersion;
    this.#state = this.#rulesOf(input.rulesVersion).initial(input);
    this.#lanes = createLanes({
      carryOut: (effect, riders) =>
        carryOut(effect, riders, input.sessionKey, () => ({
          sessionKey: input.sessionKey,
          gate: this.gate(),
          record: this.#rules.recordOf(this.#state),
          entries: this.#rules.unpublished(this.#state),
        })),
      settled: (outcomes) => {
        this.#changed = true;
        for (const outcome of outcomes) {
          if (outcome.type === 'effect.done' && outcome.result.kind === 'publish')
            this.#publishedVersion = Math.max(this.#publishedVersion, outcome.result.version);
          this.#decide(outcome);
        }
      },
      broken: (bug) => {
        this.#changed = true;
        this.#bug = bug;
      },
    });
    this.#alarm = createAlarm(() => {
      this.#changed = true;
    });
  }

  /** Decides at once what was told, not asked; nobody waits for an answer. */
  hear(event: Exclude<SessionEvent, RequestEvent>): void {
    this.#decide(event);
  }

  hearAll(events: readonly OutsideEvent[]): void {
    for (const event of events) this.#decide(event);
  }

  /** Decides a request at once; an answer that narrows the gate waits until the narrower gate is published. */
  async answer(event: RequestEvent): Promise<Verdict> {
    const before = this.gate();
    const verdict = this.#decide(event);
    if (verdict === null) throw new Error(`the rules gave no answer to ${event.type}`);
    const after = this.gate();
    if (verdict.accepted && narrows(before, after)) {
      this.#lanes.hurry();
      await CancellationScope.nonCancellable(() => condition(() => this.#publishedVersion >= after.version));
    }
    return verdict;
  }

  gate(): Gate {
    return this.#rules.gateOf(this.#state);
  }

  view(): SessionView {
    return this.#rules.viewOf(this.#state);
  }

  /** What the clock does next by itself. */
  next(): NextDue | null {
    return this.#rules.nextDue(this.#state);
  }

  /** Does everything that can be done now: what is due by the clock, then effects, then the timer. */
  act(): void {
    // A plain error fails the task, which is retried; a Temporal failure would fail the run and end the session.
    if (this.#bug !== undefined) throw new Error('carrying out an effect is broken', { cause: this.#bug });
    this.#changed = false;
    const due = this.#rules.nextInstant(this.#state);
    if (due !== null && due <= now()) this.#decide({ type: 'clock.due' });
    const next = this.next();
    if (next !== null && next.at <= now()) throw new Error('the rules want to be woken in the past');
    this.#lanes.dispatch();
    this.#alarm.setFor(next, now());
    this.#changed = false;
  }

  /** Waits for an event, an outcome or the next instant that matters. */
  async change(): Promise<void> {
    await condition(() => this.#changed || this.isOver());
  }

  /** True when the rules have ended the session and nothing is left to carry out or to answer. */
  isOver(): boolean {
    return this.#rules.hasEnded(this.#state) && this.#lanes.idle() && allHandlersFinished();
  }

  get #rules(): Rules {
    return this.#rulesOf(this.#state.rulesVersion);
  }

  #rulesOf(version: RulesVersion): Rules {
    const rules: Rules | undefined = this.#rulesByVersion[version];
    if (!rules) throw new Error(`this build has no rules of version ${version}`);
    return rules;
  }

  #decide(event: SessionEvent): Verdict | null {
    const { state, effects, answer } = this.#rules.decide(this.#state, event, now());
    this.#state = state;
    this.#lanes.enqueue(effects);
    this.#changed = true;
    return answer;
  }
}
