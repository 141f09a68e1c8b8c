import type { InEachLanguage, Language } from '../../platform/language.ts';

type Part = (type: Intl.DateTimeFormatPartTypes) => string;

/** Put together here: the separators differ between versions of the locales' data. */
const forms: InEachLanguage<{ readonly locale: string; readonly written: (part: Part) => string }> = {
  en: {
    locale: 'en-GB',
    written: (part) =>
      `${part('weekday')}, ${part('day')} ${part('month')} ${part('year')} at ${part('hour')}:${part('minute')} ${part('timeZoneName')}`,
  },
  de: {
    locale: 'de-DE',
    written: (part) =>
      `${part('weekday')}, ${part('day')}. ${part('month')} ${part('year')} um ${part('hour')}:${part('minute')} Uhr ${part('timeZoneName')}`,
  },
};

function inZone(instant: number | Date, timeZone: string, language: Language): string {
  const { locale, written } = forms[language];
  const parts = new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  }).formatToParts(instant);
  return written((type) => parts.find((one) => one.type === type)?.value ?? '');
}

/**
 * An instant in words, with the zone named: `Monday, 7 December 2026 at 10:00 CET (Europe/Berlin)`, `Montag, 7. Dezember
 * 2026 um 10:00 Uhr MEZ (Europe/Berlin)`. A zone that this machine does not know becomes UTC.
 */
export function timeInWords(instant: number | Date, timeZone: string, language: Language = 'en'): string {
  try {
    return `${inZone(instant, timeZone, language)} (${timeZone})`;
  } catch {
    return timeInUtc(instant, language);
  }
}

/** For whoever knows no zone: `Monday, 7 December 2026 at 09:00 UTC`. */
export function timeInUtc(instant: number | Date, language: Language = 'en'): string {
  return inZone(instant, 'UTC', language);
}
