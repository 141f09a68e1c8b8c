import type { BookingInput, BookingVerdict, BookingView } from '../../workflows/contract/booking.ts';
import type { BookingKey, Instant, StepId } from '../../workflows/contract/values.ts';
import type { BookingEvent } from '../../workflows/policy/booking/rules.ts';
import type { BookingEffect, BookingResult, BookingState } from '../../workflows/policy/booking/state.ts';
import { bookingRulesByVersion } from '../../workflows/policy/booking/versions.ts';
import { at, DAY, MINUTE, PAID_AT, Provider } from './simulation.ts';

const rules = bookingRulesByVersion[1];

export const REQUESTED_AT = PAID_AT;

export const bookingInput: BookingInput = {
  rulesVersion: 1,
  bookingKey: 'bookbookbookbookbookbA' as BookingKey,
  tenantId: 1,
  provider: 'calendly',
  requestedAt: REQUESTED_AT,
  policy: { bookingDeadlineMs: 30 * DAY, settleMs: DAY, halfRescheduleMs: 2 * MINUTE },
};

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

/** Plays the shell: carries effects out against a provider and keeps the clock. */
export class BookingSimulation {
  state: BookingState = freeze(rules.initial(bookingInput));
  now: Instant = REQUESTED_AT;
  pending: BookingEffect[] = [];
  readonly sent: BookingEffect[] = [];
  readonly provider = new Provider();

  get view(): BookingView {
    return rules.viewOf(this.state);
  }

  get ended(): boolean {
    return rules.hasEnded(this.state);
  }

  get cancelAnswer(): BookingVerdict | null {
    return rules.cancelAnswer(this.state);
  }

  get linkAnswer(): BookingVerdict | null {
    return rules.linkAnswer(this.state);
  }

  wants(step: StepId): boolean {
    return rules.wants(this.state, step);
  }

  send(event: BookingEvent): BookingVerdict | null {
    const { state, effects, answer } = rules.decide(this.state, event, this.now);
    const next = rules.nextInstant(state);
    if (next !== null && next <= this.now) throw new Error(`wants to be woken in the past by ${event.type}`);
    this.state = freeze(state);
    this.pending.push(...effects);
    this.sent.push(...effects);
    return answer;
  }

  open(): this {
    this.send({ type: 'clock.opened' });
    return this.drain();
  }

  hear(events: readonly BookingEvent[]): this {
    for (const event of events) this.send(event);
    return this;
  }

  resultOf({ call }: BookingEffect): BookingResult {
    switch (call.kind) {
      case 'make-booking-link':
        return { kind: call.kind };
      case 'ask-provider':
        return { kind: call.kind, truth: this.provider.truth(call.appointment) };
      case 'cancel-appointment': {
        const one = this.provider.appointments.get(call.appointment);
        if (one?.end.kind === 'none') this.provider.cancel(one, this.now, 'host');
        return { kind: call.kind };
      }
      case 'record-booking':
        return { kind: call.kind, version: call.record.version };
    }
  }

  finish(index = 0): void {
    const [effect] = this.pending.splice(index, 1);
    if (effect) this.send({ type: 'effect.done', step: effect.step, result: this.resultOf(effect) });
  }

  fail(code: string, index = 0): string {
    const [effect] = this.pending.splice(index, 1);
    if (!effect) throw new Error('nothing is under way');
    this.send({ type: 'effect.failed', step: effect.step, code });
    return effect.step;
  }

  drain(): this {
    for (let guard = 0; this.pending.length > 0; guard += 1) {
      if (guard > 500) throw new Error('effects without end');
      this.finish();
    }
    return this;
  }

  /** Lets time pass, ringing whenever the rules asked to be woken. */
  passTo(until: number, drain = true): this {
    for (let guard = 0; ; guard += 1) {
      if (guard > 500) throw new Error('timers without end');
      const next = rules.nextInstant(this.state);
      if (next === null || next > until) break;
      this.now = at(Math.max(this.now, next));
      this.send({ type: 'clock.due' });
      if (drain) this.drain();
    }
    this.now = at(Math.max(this.now, until));
    return this;
  }

  records() {
    return this.sent.flatMap(({ call }) => (call.kind === 'record-booking' ? [call.record] : []));
  }

  asked() {
    return this.sent.flatMap(({ call }) => (call.kind === 'ask-provider' ? [call.appointment] : []));
  }
}
