/** The middle value; of an even count, the mean of the two in the middle. @throws {RangeError} for no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('no values have no median');
  return (lower + upper) / 2;
}

/**
 * The smallest value that at least `share` of all values do not exceed (nearest rank: always one that was measured).
 *
 * @param share above 0, up to 1.
 * @throws {RangeError} for no values, or a share outside.
 */
export function percentile(values: ArrayLike<number>, share: number): number {
  if (!(share > 0 && share <= 1)) throw new RangeError('a share lies above 0 and is 1 at most');
  const sorted = Float64Array.from(values).sort();
  const value = sorted[Math.ceil(share * sorted.length) - 1];
  if (value === undefined) throw new RangeError('no values have no percentile');
  return value;
}

/**
 * Each round's ratio of two measures. Both come from the same round, so that what slows the machine down for a
 * while slows both.
 */
export function ratios<Round>(
  rounds: readonly Round[],
  measure: (round: Round) => number,
  base: (round: Round) => number,
): number[] {
  return rounds.map((round) => measure(round) / base(round));
}

/** The same members, begun one further with each round, so that no one always runs after the same one. */
export function rotated<T>(members: readonly T[], round: number): T[] {
  return members
    .map((_, index) => members[(index + round) % members.length])
    .filter((one) => one !== undefined);
}

/** For a table and JSON alike: digits beyond these are noise. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
