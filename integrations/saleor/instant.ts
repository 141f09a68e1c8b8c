import { DateTime, IANAZone } from 'luxon';
import type { Instant } from '../../workflows/contract/values.ts';

const ZONED = /(?:Z|[+-]\d{2}(?::?\d{2})?)$/i;

/**
 * Reads an ISO 8601 date and time. One without an offset is a wall time in `zone`; a wall time that the clocks
 * skip or show twice there is refused, since it names no instant or two.
 *
 * @returns undefined for everything that names no single instant, a date alone included.
 */
export function readInstant(text: string, zone: string): Instant | undefined {
  const value = text.trim();
  const time = /^\d{4}-\d{2}-\d{2}[T ](\d{2}:\d{2}.*)$/.exec(value)?.[1];
  if (time === undefined) return undefined;
  const iso = `${value.slice(0, 10)}T${time}`;
  if (ZONED.test(time)) {
    const zoned = DateTime.fromISO(iso, { setZone: true });
    return zoned.isValid ? (zoned.toMillis() as Instant) : undefined;
  }
  const local = DateTime.fromISO(iso, { zone });
  if (!local.isValid || local.getPossibleOffsets().length !== 1) return undefined;
  // Luxon moves a skipped wall time forward; the same text read in UTC shows whether it did.
  const wall = DateTime.fromISO(iso, { zone: 'utc' });
  if (local.hour !== wall.hour || local.minute !== wall.minute || local.day !== wall.day) return undefined;
  return local.toMillis() as Instant;
}

/** Whether this is a zone of the tz database, e.g. `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}
