import { DateTime, IANAZone } from 'luxon';
import type { InEachLanguage, Language } from '../platform/language.ts';
import type { Instant } from '../workflows/contract/values.ts';

const forms: InEachLanguage<{ readonly locale: string; readonly format: string }> = {
  en: { locale: 'en-GB', format: 'cccc, d LLLL yyyy, HH:mm' },
  de: { locale: 'de-DE', format: "cccc, d. LLLL yyyy, HH:mm 'Uhr'" },
};

/**
 * An instant as people read it, in the session's own time zone and with the zone named, e.g.
 * `Tuesday, 1 December 2026, 11:00 (Europe/Berlin, UTC+01:00)`. The offset tells the two hours of an autumn night
 * apart. A zone that is none is shown as UTC.
 */
export function readableTime(instant: Instant, timeZone: string, language: Language): string {
  const zone = IANAZone.isValidZone(timeZone) ? timeZone : 'UTC';
  const { locale, format } = forms[language];
  const time = DateTime.fromMillis(instant, { zone, locale });
  const name = zone === 'UTC' ? 'UTC' : `${zone}, UTC${time.toFormat('ZZ')}`;
  return `${time.toFormat(format)} (${name})`;
}

const units = [
  { ms: 24 * 60 * 60 * 1000, one: 'day' },
  { ms: 60 * 60 * 1000, one: 'hour' },
  { ms: 60 * 1000, one: 'minute' },
  { ms: 1000, one: 'second' },
] as const;

function inUnits(ms: number): { readonly count: number; readonly unit: (typeof units)[number]['one'] } {
  // "24 hours before" is what people say; days begin at two.
  const unit = units.find((one) => ms % one.ms === 0 && ms >= one.ms * (one.one === 'day' ? 2 : 1));
  return unit ? { count: ms / unit.ms, unit: unit.one } : { count: Math.round(ms / 1000), unit: 'second' };
}

/** A length of time in its largest whole unit, in English: `24 hours`, `90 minutes`, `1 hour`. */
export function readableLength(ms: number): string {
  const { count, unit } = inUnits(ms);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** How long until then, in the same unit: `in 24 hours`, `in 2 Tagen`. */
export function readableWait(ms: number, language: Language): string {
  const { count, unit } = inUnits(ms);
  return new Intl.RelativeTimeFormat(forms[language].locale, { numeric: 'always' }).format(count, unit);
}
