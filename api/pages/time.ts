function inZone(instant: number | Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((one) => one.type === type)?.value ?? '';
  // Put together here: the separators differ between versions of the locale's data.
  return `${part('weekday')}, ${part('day')} ${part('month')} ${part('year')} at ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
}

/**
 * An instant in words, in the session's own zone and with the zone named:
 * `Monday, 7 December 2026 at 10:00 CET (Europe/Berlin)`. A zone that this machine does not know becomes UTC.
 */
export function timeInWords(instant: number | Date, timeZone: string): string {
  try {
    return `${inZone(instant, timeZone)} (${timeZone})`;
  } catch {
    return timeInUtc(instant);
  }
}

/** For whoever knows no zone: `Monday, 7 December 2026 at 09:00 UTC`. */
export function timeInUtc(instant: number | Date): string {
  return inZone(instant, 'UTC');
}
