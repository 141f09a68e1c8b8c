import type { Instant } from '../workflows/contract/values.ts';

const DATED = /^(\d{4})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?(?!\d)/;

/**
 * When a key was made, as its id begins: `2026-11` or `2026-11-21`, whatever follows (`2026-11-21b`). The month alone
 * stands for its first day.
 *
 * @returns null when the id does not say.
 */
export function keyMadeAt(id: string): Instant | null {
  const [, year, month, day = '01'] = DATED.exec(id) ?? [];
  if (year === undefined || month === undefined) return null;
  return Date.UTC(Number(year), Number(month) - 1, Number(day)) as Instant;
}
