import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import type { BookingInput, BookingVerdict, BookingView } from '../contract/booking.ts';
import type { AppointmentEvent } from '../contract/events.ts';
import type { RulesVersion } from '../contract/session.ts';
import type { Instant, StepId } from '../contract/values.ts';
import type { BookingEvent, BookingRequest, BookingRules } from '../policy/booking/rules.ts';
import type { NextDue } from '../policy/rules.ts';
import type { BookingEffect, BookingState } from '../policy/booking/state.ts';
import { type Alarm, createAlarm } from '../session/alarm.ts';
import { failureOf, isEffectFailure } from '../session/failure.ts';
import { carryOut } from './effects.ts';

export type BookingRulesByVersion = Readonly<Record<RulesVersion, BookingRules>>;

/** The workflow task's own time: the same when the task is replayed. */
const now = () => Date.now() as Instant;

/**
 * One booking under its rules: hears events, carries their effects out, keeps its one timer. Everything that
 * decides is in the rules; this only remembers what they said.
 */
export class Booking {
  readonly #rules: BookingRules;
  readonly #alarm: Alarm;
  #state: BookingState;
  #waiting: BookingEffect[] = [];
  /** What is under way, each in a scope of its own, so that it can be called off. */
  readonly #running = new Map<StepId, CancellationScope>();
  #changed = true;
  #bug: unknown;

  constructor(input: BookingInput, rulesByVersion: BookingRulesByVersion) {
    const rules: BookingRules | undefined = rulesByVersion[input.rulesVersion];
    if (!rules) throw new Error(`this build has no rules of version ${input.rulesVersion} for bookings`);
    this.#rules = rules;
    this.#state = rules.initial(input);
    this.#alarm = createAlarm(() => {
      this.#changed = true;
    });
  }

  hear(event: BookingEvent): void {
    this.#decide(event);
  }

  hearAll(events: readonly AppointmentEvent[]): void {
    for (const event of events) this.#decide(event);
  }

  /** Decides an operator's request at once. */
  answer(event: BookingEvent): BookingVerdict {
    const verdict = this.#decide(event);
    if (verdict === null) throw new Error(`the rules gave no answer to ${event.type}`);
    return verdict;
  }

  /** Decides a request at once; one that cancels the booking is answered when its provider knows. */
  answerWhenReleased(event: BookingRequest): BookingVerdict | Promise<BookingVerdict> {
    const verdict = this.answer(event);
    return verdict.accepted ? this.#until((state) => this.#rules.cancelAnswer(state)) : verdict;
  }

  /** Waits until the scheduling link is stored, cannot be made now, or is wanted no more. */
  awaitLink(): BookingVerdict | Promise<BookingVerdict> {
    return this.#until((state) => this.#rules.linkAnswer(state));
  }

  view(): BookingView {
    return this.#rules.viewOf(this.#state);
  }

  /** What the clock does next by itself. */
  next(): NextDue | null {
    return this.#rules.nextDue(this.#state);
  }

  /** Does everything that can be done now: what is due by the clock, then effects, then the timer. */
  act(): void {
    // A plain error fails the task, which is retried; a Temporal failure would fail the run and lose the booking.
    if (this.#bug !== undefined) throw new Error('carrying out an effect is broken', { cause: this.#bug });
    const due = this.#rules.nextInstant(this.#state);
    if (due !== null && due <= now()) this.#decide({ type: 'clock.due' });
    const next = this.next();
    if (next !== null && next.at <= now()) throw new Error('the rules want to be woken in the past');
    const wanted = (step: StepId) => this.#rules.wants(this.#state, step);
    for (const [step, scope] of this.#running) if (!wanted(step)) scope.cancel();
    const effects = this.#waiting.filter(({ step }) => wanted(step));
    this.#waiting = [];
    for (const effect of effects) void this.#run(effect);
    this.#alarm.setFor(next, now());
    this.#changed = false;
  }

  /** Waits for an event, an outcome or the next instant that matters. */
  async change(): Promise<void> {
    await condition(() => this.#changed || this.isOver());
  }

  /** True when the rules have ended the booking and nothing is left to carry out or to answer. */
  isOver(): boolean {
    const idle = this.#running.size === 0 && this.#waiting.length === 0;
    return this.#rules.hasEnded(this.#state) && idle && allHandlersFinished();
  }

  /** What is known is answered in the same turn, so that the order of the task's commands depends on nobody. */
  #until(answerOf: (state: BookingState) => BookingVerdict | null): BookingVerdict | Promise<BookingVerdict> {
    return answerOf(this.#state) ?? this.#wait(answerOf);
  }

  async #wait(answerOf: (state: BookingState) => BookingVerdict | null): Promise<BookingVerdict> {
    for (;;) {
      // A cancelled run still answers whoever waits.
      await CancellationScope.nonCancellable(() => condition(() => answerOf(this.#state) !== null));
      const answer = answerOf(this.#state);
      if (answer !== null) return answer;
    }
  }

  async #run(effect: BookingEffect): Promise<void> {
    const scope = new CancellationScope({ cancellable: true });
    this.#running.set(effect.step, scope);
    try {
      const outcome = await this.#outcomeOf(effect, scope);
      this.#running.delete(effect.step);
      this.#decide(outcome);
    } catch (bug) {
      this.#bug = bug;
      this.#changed = true;
    }
  }

  /** Of what was called off the rules know no more: they leave its outcome alone. */
  async #outcomeOf(effect: BookingEffect, scope: CancellationScope): Promise<BookingEvent> {
    const { step } = effect;
    try {
      const result = await scope.run(() => carryOut(effect, this.#state.input.bookingKey));
      return { type: 'effect.done', step, result };
    } catch (error) {
      if (!isEffectFailure(error)) throw error;
      return { type: 'effect.failed', step, code: failureOf(error).code };
    }
  }

  #decide(event: BookingEvent): BookingVerdict | null {
    const { state, effects, answer } = this.#rules.decide(this.#state, event, now());
    this.#state = state;
    this.#waiting.push(...effects);
    this.#changed = true;
    return answer;
  }
}
