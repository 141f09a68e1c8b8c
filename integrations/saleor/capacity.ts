import type { UnitSold } from './convention.ts';
import { addProblem } from './problems.ts';

/** A time that is sold with its variant: whoever buys the variant comes then. */
export interface FixedStart {
  readonly variantId: string;
  readonly startsAt: number;
}

export interface Seat extends FixedStart {
  /** Units that have it already. */
  readonly taken: number;
}

const startOf = ({ variantId, startsAt, capacity }: UnitSold): FixedStart | null =>
  capacity === null || variantId === null || startsAt === null ? null : { variantId, startsAt };

const isSame = (one: FixedStart, other: FixedStart): boolean =>
  one.variantId === other.variantId && one.startsAt === other.startsAt;

/** The fixed starts of limited capacity among these units, each once, in one order for everybody. */
export function startsOf(units: readonly UnitSold[]): readonly FixedStart[] {
  const starts: FixedStart[] = [];
  for (const unit of units) {
    const start = startOf(unit);
    if (start && !starts.some((one) => isSame(one, start))) starts.push(start);
  }
  return starts.toSorted((a, b) =>
    a.variantId === b.variantId ? a.startsAt - b.startsAt : a.variantId < b.variantId ? -1 : 1,
  );
}

/**
 * Units that came when their start was full keep it, since it was paid for, with a problem that a person must look at.
 * The order of the units decides.
 */
export function beyondCapacity(units: readonly UnitSold[], seats: readonly Seat[]): readonly UnitSold[] {
  const taken = new Map(seats.map((seat) => [seat, seat.taken]));
  return units.map((unit) => {
    const start = startOf(unit);
    const seat = start && seats.find((one) => isSame(one, start));
    if (!seat || unit.capacity === null) return unit;
    const before = taken.get(seat) ?? 0;
    taken.set(seat, before + 1);
    return before < unit.capacity
      ? unit
      : addProblem(unit, 'session.capacity', String(unit.capacity), 'over-capacity');
  });
}
