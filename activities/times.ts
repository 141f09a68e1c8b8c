import { DateTime, IANAZone } from 'luxon';
import type { Instant } from '../workflows/contract/values.ts';

/**
 * An instant as people read it, in the session's own time zone and with the zone named, e.g.
 * `Tuesday, 1 December 2026, 11:00 (Europe/Berlin, UTC+01:00)`. The offset tells the two hours of an autumn night
 * apart. A zone that is none is shown as UTC.
 */
export function readableTime(instant: Instant, timeZone: string): string {
  const zone = IANAZone.isValidZone(timeZone) ? timeZone : 'UTC';
  const time = DateTime.fromMillis(instant, { zone, locale: 'en-GB' });
  const name = zone === 'UTC' ? 'UTC' : `${zone}, UTC${time.toFormat('ZZ')}`;
  return `${time.toFormat('cccc, d LLLL yyyy, HH:mm')} (${name})`;
}

const units = [
  { ms: 24 * 60 * 60 * 1000, one: 'day' },
  { ms: 60 * 60 * 1000, one: 'hour' },
  { ms: 60 * 1000, one: 'minute' },
  { ms: 1000, one: 'second' },
] as const;

/** A length of time in its largest whole unit: `24 hours`, `90 minutes`, `1 hour`. */
export function readableLength(ms: number): string {
  // "24 hours before" is what people say; days begin at two.
  const unit = units.find((one) => ms % one.ms === 0 && ms >= one.ms * (one.one === 'day' ? 2 : 1));
  const count = unit ? ms / unit.ms : Math.round(ms / 1000);
  const name = unit?.one ?? 'second';
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
