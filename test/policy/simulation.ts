import type { Effect } from '../../workflows/contract/effects.ts';
import type {
  AppointmentEvent,
  AppointmentTruth,
  EffectResult,
  ProviderTruth,
  SessionEvent,
} from '../../workflows/contract/events.ts';
import type { Verdict } from '../../workflows/contract/messages.ts';
import type { Policy, SessionInput, SessionView } from '../../workflows/contract/session.ts';
import type { AppointmentUri, Instant, SessionKey } from '../../workflows/contract/values.ts';
import type { Rules } from '../../workflows/policy/rules.ts';
import type { SessionState } from '../../workflows/policy/state.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const at = (ms: number): Instant => ms as Instant;
export const uri = (name: string): AppointmentUri => name as AppointmentUri;

export const PAID_AT = at(Date.UTC(2026, 2, 1, 9));

export const POLICY: Policy = {
  cutoffMs: DAY,
  bookingDeadlineMs: 30 * DAY,
  gateOpensMs: 15 * MINUTE,
  gateClosesMs: 30 * MINUTE,
  remindersMs: [DAY, HOUR],
  refund: 'full',
  onCancel: 'rebook',
  lateDeadlineMs: 12 * HOUR,
  lateDefault: 'decline',
  lateGrace: 'none',
  settleMs: DAY,
  refundSettleMs: 5 * MINUTE,
  halfRescheduleMs: 2 * MINUTE,
};

export function inputOf(change: Partial<SessionInput> = {}, policy: Partial<Policy> = {}): SessionInput {
  return {
    rulesVersion: 1,
    attentive: true,
    sessionKey: 'k3yk3yk3yk3yk3yk3yk3yA' as SessionKey,
    tenantId: 1,
    paidAt: PAID_AT,
    provider: 'calendly',
    durationMs: HOUR,
    startsAt: null,
    problems: [],
    ...change,
    policy: { ...POLICY, ...policy },
  };
}

// Taken out once: in a test's own realm a look at a global is slow, and this walks every state.
const { freeze, isFrozen, values, getPrototypeOf } = Object;

/**
 * Makes a state unchangeable, and looks at what is new in it: a history keeps it as JSON, and nothing may get lost there.
 *
 * @throws at a value that JSON would change or leave out.
 */
function frozen<Value>(value: Value): Value {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      break;
    case 'object':
      if (value === null || isFrozen(value)) return value;
      if (!Array.isArray(value) && getPrototypeOf(getPrototypeOf(value)) !== null) break;
      freeze(value);
      for (const part of values(value)) frozen(part);
      return value;
    default:
      break;
  }
  throw new Error(`a state holds what JSON does not: ${String(value)}`);
}

/** The provider as it really is, whatever was heard of it. */
export class Provider {
  readonly appointments = new Map<AppointmentUri, AppointmentTruth>();
  /** What the names of new appointments begin with: `calcom:bookings/` at Cal.com. */
  prefix = '';
  #count = 0;

  live(): readonly AppointmentTruth[] {
    return [...this.appointments.values()]
      .filter(({ end }) => end.kind === 'none')
      .toSorted((a, b) => b.createdAt - a.createdAt || (a.appointment < b.appointment ? 1 : -1));
  }

  book(now: number, startsAt: number, durationMs = HOUR): readonly AppointmentEvent[] {
    const appointment = uri(`${this.prefix}A${++this.#count}`);
    const truth = this.#add(appointment, now, startsAt, durationMs, null);
    const { createdAt, endsAt } = truth;
    const heard = { occurredAt: createdAt, receivedAt: createdAt };
    return [{ type: 'appointment.booked', appointment, startsAt: truth.startsAt, endsAt, ...heard }];
  }

  /** Both halves: the end of the old and the new one. */
  move(old: AppointmentTruth, now: number, startsAt: number): readonly AppointmentEvent[] {
    const appointment = uri(`${this.prefix}A${++this.#count}`);
    const { endsAt } = this.#add(appointment, now, startsAt, old.endsAt - old.startsAt, old.appointment);
    const heard = { occurredAt: at(now), receivedAt: at(now) };
    this.#end(old, { kind: 'replaced', replacedBy: appointment, at: at(now) });
    return [
      {
        type: 'appointment.reschedule-pending',
        appointment: old.appointment,
        replacedBy: appointment,
        ...heard,
      },
      {
        type: 'appointment.moved',
        appointment,
        replaces: old.appointment,
        startsAt: at(startsAt),
        endsAt,
        ...heard,
      },
    ];
  }

  cancel(old: AppointmentTruth, now: number, by: 'client' | 'host'): readonly AppointmentEvent[] {
    this.#end(old, { kind: 'cancelled', by, at: at(now) });
    const heard = { occurredAt: at(now), receivedAt: at(now) };
    return [{ type: 'appointment.cancelled', appointment: old.appointment, by, ...heard }];
  }

  askToMove(old: AppointmentTruth, now: number): readonly AppointmentEvent[] {
    this.#end(old, { kind: 'replaced', replacedBy: null, at: at(now) });
    const heard = { occurredAt: at(now), receivedAt: at(now) };
    return [
      { type: 'appointment.reschedule-pending', appointment: old.appointment, replacedBy: null, ...heard },
    ];
  }

  noShow(one: AppointmentTruth, now: number, set: boolean): readonly AppointmentEvent[] {
    this.appointments.set(one.appointment, { ...one, noShow: set });
    const type = set ? 'appointment.no-show' : 'appointment.no-show-cleared';
    return [{ type, appointment: one.appointment, occurredAt: at(now), receivedAt: at(now) }];
  }

  /** The appointment and what replaced it; for null, everything of this session. */
  truth(asked: AppointmentUri | null): ProviderTruth {
    if (asked === null) return { appointments: [...this.appointments.values()] };
    const chain: AppointmentTruth[] = [];
    for (let next: AppointmentUri | null = asked; next !== null; ) {
      const one: AppointmentTruth | undefined = this.appointments.get(next);
      if (!one) break;
      chain.push(one);
      next = one.end.kind === 'replaced' ? one.end.replacedBy : null;
    }
    return { appointments: chain };
  }

  #add(
    appointment: AppointmentUri,
    now: number,
    startsAt: number,
    durationMs: number,
    replaces: AppointmentUri | null,
  ): AppointmentTruth {
    const truth: AppointmentTruth = {
      appointment,
      createdAt: at(now),
      startsAt: at(startsAt),
      endsAt: at(startsAt + durationMs),
      replaces,
      noShow: false,
      end: { kind: 'none' },
    };
    this.appointments.set(appointment, truth);
    return truth;
  }

  #end(old: AppointmentTruth, end: AppointmentTruth['end']): void {
    this.appointments.set(old.appointment, { ...old, end });
  }
}

export interface Heard {
  readonly event: SessionEvent;
  readonly before: SessionState;
  readonly after: SessionState;
  readonly effects: readonly Effect[];
  readonly answer: Verdict | null;
  readonly now: Instant;
}

/** Plays the shell: carries effects out against a provider, keeps the clock, and checks each decision's form. */
export class Simulation {
  state: SessionState;
  now: Instant;
  pending: Effect[] = [];
  readonly sent: Effect[] = [];
  readonly provider = new Provider();
  payment: 'paid' | 'not-paid' | 'cancelled' = 'paid';
  refund: Extract<EffectResult, { kind: 'refund' }>['status'] = 'done';
  /** Whether the client's grace is still there. */
  grace = true;
  /** Refunds wait for an operator. */
  limited = false;
  #graceOf: string | null = null;
  /** What the provider answers is as old as the question, whenever it is heard. */
  readonly #truths = new WeakMap<Effect, ProviderTruth>();
  readonly rules: Rules;
  readonly #onHeard: (heard: Heard) => void;

  constructor(rules: Rules, input: SessionInput = inputOf(), onHeard: (heard: Heard) => void = () => {}) {
    this.rules = rules;
    this.#onHeard = onHeard;
    this.now = input.paidAt;
    this.state = frozen(rules.initial(input));
  }

  get view(): SessionView {
    return this.rules.viewOf(this.state);
  }

  get phase(): SessionView['phase'] {
    return this.state.phase;
  }

  /** Decides, as the shell does: what is due by the clock is part of the decision. */
  send(event: SessionEvent): Verdict | null {
    const before = this.state;
    const { state, effects, answer } = this.rules.decide(before, event, this.now);
    this.state = frozen(state);
    for (const effect of effects) {
      if (effect.call.kind === 'ask-provider' || effect.call.kind === 'remind')
        this.#truths.set(effect, { ...this.provider.truth(effect.call.appointment), askedAt: this.now });
      if (effect.lane === 'gate' || effect.lane === 'route')
        this.pending = this.pending.filter(({ lane }) => lane !== effect.lane);
      this.pending.push(effect);
      this.sent.push(effect);
    }
    this.#onHeard({ event, before, after: state, effects, answer, now: this.now });
    return answer;
  }

  open(): this {
    this.send({ type: 'clock.opened' });
    return this.drain();
  }

  hear(events: readonly SessionEvent[]): this {
    for (const event of events) this.send(event);
    return this;
  }

  resultOf(effect: Effect): EffectResult {
    const { call } = effect;
    const truth = this.#truths.get(effect) ?? { appointments: [] };
    switch (call.kind) {
      case 'confirm-payment':
        return { kind: call.kind, verdict: this.payment };
      case 'open-ticket':
        return { kind: call.kind, ticketId: 7, ticketNumber: '10000007' };
      case 'put-route':
        return { kind: call.kind, leaseUntil: at(call.until + DAY) };
      case 'publish':
        return { kind: call.kind, version: this.state.version, seq: this.state.seq };
      case 'ask-provider':
        return { kind: call.kind, truth };
      case 'remind':
        return { kind: call.kind, truth, sent: true };
      case 'cancel-appointment': {
        const one = this.provider.appointments.get(call.appointment);
        if (one?.end.kind === 'none') this.provider.cancel(one, this.now, 'host');
        return { kind: call.kind };
      }
      case 'move-appointment': {
        const stands = this.provider.truth(call.appointment).appointments.at(-1);
        if (stands?.end.kind === 'none') this.provider.move(stands, this.now, call.startsAt);
        return { kind: call.kind, truth: this.provider.truth(call.appointment) };
      }
      case 'claim-grace':
        return { kind: call.kind, granted: this.#grants(call.lateChange) };
      case 'refund':
        return { kind: call.kind, status: this.limited && !call.approved ? 'needs-approval' : this.refund };
      default:
        return { kind: call.kind };
    }
  }

  /** One late change gets it, and gets it again. */
  #grants(lateChange: string): boolean {
    if (!this.grace) return false;
    this.#graceOf ??= lateChange;
    return this.#graceOf === lateChange;
  }

  /** The oldest effect under way ends well. */
  finish(index = 0): void {
    const [effect] = this.pending.splice(index, 1);
    if (effect) this.send({ type: 'effect.done', step: effect.step, result: this.resultOf(effect) });
  }

  fail(index = 0, code = 'vendor-unavailable'): void {
    const [effect] = this.pending.splice(index, 1);
    if (effect) this.send({ type: 'effect.failed', step: effect.step, code, requestId: 'r-1' });
  }

  /** Every effect ends well, those included that follow from others. */
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
      const next = this.rules.nextInstant(this.state);
      if (next === null || next > until) break;
      this.now = at(Math.max(this.now, next));
      this.send({ type: 'clock.due' });
      if (drain) this.drain();
    }
    this.now = at(Math.max(this.now, until));
    return this;
  }

  kinds(): readonly string[] {
    return this.sent.map(({ call }) => call.kind);
  }

  topics(): readonly string[] {
    return this.sent.flatMap(({ call }) => (call.kind === 'write-ticket' ? [call.note.topic] : []));
  }

  attention(): readonly string[] {
    return this.view.attention.map(({ code }) => code);
  }
}
