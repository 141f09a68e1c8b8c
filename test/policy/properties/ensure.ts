import type { SessionEvent } from '../../../workflows/contract/events.ts';
import type { Phase } from '../../../workflows/contract/session.ts';
import { DAY, PAID_AT } from '../simulation.ts';

/** How often each event was decided in each phase. */
export type Coverage = Map<SessionEvent['type'], Map<Phase, number>>;

export interface PropertyOptions {
  readonly runs: number;
  readonly seed: number;
  /** True where a failure is expected: it is not made smaller. Default false. */
  readonly endOnFailure?: boolean;
}

/** When the sessions of these properties begin. */
export const START = PAID_AT + 10 * DAY;

/** A number from 0 up to, not including, `sides`. */
export type Roll = (sides: number) => number;

/** @throws naming the promise that does not hold. */
export function ensure(holds: boolean, promise: string, detail: unknown = ''): void {
  if (!holds) throw new Error(`${promise}: ${JSON.stringify(detail)}`);
}

export function pick<Value>(roll: Roll, values: readonly Value[]): Value | undefined {
  return values[roll(values.length)];
}
