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

/** What the rules would have come to, were their state another. */
function warped(rules: Rules, warp: (after: SessionState, before: SessionState) => SessionState): Rules {
  return {
    ...rules,
    decide(state, event, now) {
      const decision = rules.decide(state, event, now);
      return { ...decision, state: warp(decision.state, state) };
    },
  };
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
  {
    name: 'a grace that was spent is granted again',
    promise: /has a yes/,
    plant: (rules) =>
      twisted(rules, (_state, event, now) => {
        const asked = event.type === 'effect.done' && event.result.kind === 'claim-grace';
        return [asked ? { ...event, result: { kind: 'claim-grace', granted: true } } : event, now];
      }),
  },
  {
    name: 'a late change that was declined is made all the same',
    promise: /has a yes/,
    plant: (rules) =>
      twisted(rules, (_state, event, now) => {
        return [event.type === 'operator.decide-late-change' ? { ...event, approve: true } : event, now];
      }),
  },
  {
    name: 'a late change outlives the beginning of the session',
    // It is also told anew with each decision, as the rules set it right each time.
    promise: /before the session begins|does not buy more time|effects without end/,
    plant: (rules) =>
      warped(rules, (after) => {
        const { late, input } = after;
        if (!late) return after;
        const deadline = (late.requestedAt + input.policy.lateDeadlineMs) as Instant;
        return { ...after, late: { ...late, deadline } };
      }),
  },
  {
    name: 'a change of mind reminds again',
    promise: /reminded of once/,
    plant: (rules) =>
      warped(rules, (after, before) => {
        const { late } = after;
        if (!late || late.remindAt !== null || late.key === before.late?.key) return after;
        return { ...after, late: { ...late, remindAt: (late.deadline - 1) as Instant } };
      }),
  },
  {
    name: 'a refund above the limit is approved by repeating it',
    promise: /approved by an operator only/,
    plant: (rules) =>
      twisted(rules, (state, event, now) => {
        const retries = event.type === 'operator.retry' && state.steps[event.step]?.call.kind === 'refund';
        const waits = retries && state.refund === 'awaiting-approval';
        return [waits ? { type: 'operator.decide-refund', approve: true } : event, now];
      }),
  },
  {
    name: 'a new link opens a session whose access was revoked',
    promise: /revoked stays revoked/,
    plant: (rules) =>
      twisted(rules, (state, event, now) => {
        const revoked = event.type === 'operator.reissue-link' && state.access === 'revoked';
        return [revoked ? { type: 'operator.restore-access' } : event, now];
      }),
  },
];
