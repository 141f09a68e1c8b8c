import type { Millis } from '../contract/values.ts';

const UNITS: readonly (readonly [string, Millis])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** A length of time for an operator: `24 h`, `90 min`, `2 d 12 h`. A day is said from two on. */
export function inWords(ms: Millis): string {
  const parts: string[] = [];
  let left = ms;
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    if (count === 0 || (unit === 'd' && count < 2)) continue;
    parts.push(`${count} ${unit}`);
    left -= count * size;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}
