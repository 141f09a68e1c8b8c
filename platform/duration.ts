const UNITS = [
  ['week', 7 * 24 * 60 * 60 * 1000],
  ['day', 24 * 60 * 60 * 1000],
  ['hour', 60 * 60 * 1000],
  ['minute', 60 * 1000],
  ['second', 1000],
] as const;

const DURATION =
  /^P(?:(?<week>\d{1,9})W)?(?:(?<day>\d{1,9})D)?(?:T(?:(?<hour>\d{1,9})H)?(?:(?<minute>\d{1,9})M)?(?:(?<second>\d{1,9}(?:[.,]\d{1,9})?)S)?)?$/;

/** A hundred years: beyond it, an instant plus a duration would leave the range of dates. */
const LONGEST_MS = 100 * 366 * 24 * 60 * 60 * 1000;

/**
 * Reads an ISO 8601 duration of weeks, days, hours, minutes and seconds; seconds may have a fraction. A day is
 * 24 hours. Months and years are refused, since their length depends on the date, and so is a duration without
 * any part.
 *
 * @returns whole milliseconds, rounded; undefined for anything else.
 */
export function parseDuration(text: string): number | undefined {
  const parts = DURATION.exec(text)?.groups;
  if (!parts || /[PT]$/.test(text)) return undefined;
  let total = 0;
  for (const [unit, ms] of UNITS) {
    const part = parts[unit];
    if (part !== undefined) total += Number(part.replace(',', '.')) * ms;
  }
  return total <= LONGEST_MS ? Math.round(total) : undefined;
}
