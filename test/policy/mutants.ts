import type { SessionEvent } from '../../workflows/contract/events.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import type { Rules } from '../../workflows/policy/rules.ts';
import type { SessionState } from '../../workflows/policy/state.ts';

/** Rules with one plausible mistake, and the promise that it breaks. */
export interface Mutant {
  readonly name: string;
  readonly promise: RegExp;
  readonly plant: (rules: Rules) => Rules;
}

type Twist = (state: SessionState, event: SessionEvent, now: Instant) => [SessionEvent, Instant];

function twisted(rules: Rules, twist: Twist): Rules {
  return { ...rules, decide: (state, event, now) => rules.decide(state, ...twist(state, event, now)) };
}

export const mutants: readonly Mutant[] = [
  {
    name: 'a reschedule at the very cutoff is accepted',
    promise: /judged by its instant|at or after the cutoff/,
    plant: (rules) =>
      twisted(rules, (state, event, now) => {
        const atCutoff = event.type === 'request.reschedule' && now === rules.recordOf(state).cutoffAt;
        return [event, (atCutoff ? now - 1 : now) as Instant];
      }),
  },
  {
    name: 'the old half of a reschedule is taken for a cancellation',
    promise: /still has its time|order and repetition|newest live/,
    plant: (rules) =>
      twisted(rules, (_state, event, now) => {
        if (event.type !== 'appointment.reschedule-pending') return [event, now];
        const { appointment, occurredAt, receivedAt } = event;
        return [{ type: 'appointment.cancelled', by: 'client', appointment, occurredAt, receivedAt }, now];
      }),
  },
  {
    name: 'a cancel of an appointment that is no longer current is accepted',
    promise: /still has its time|order and repetition|newest live/,
    plant: (rules) =>
      twisted(rules, (state, event, now) => {
        const { appointment } = rules.viewOf(state);
        if (event.type !== 'appointment.cancelled' || appointment === null) return [event, now];
        return [{ ...event, appointment }, now];
      }),
  },
];
