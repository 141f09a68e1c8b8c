import { type Html, html } from '../../platform/html.ts';
import type { Language } from '../../platform/language.ts';
import type { Visit } from './visit.ts';

/** How dates, numbers and amounts are written in each language. */
export const locales: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };

type Reader = Pick<Visit, 'language' | 'zone'>;

/** `7 Dec 2026, 10:00 CET`. @param at ISO 8601, or an instant. */
export function shortTime(at: string | number, { language, zone }: Reader): string {
  return new Intl.DateTimeFormat(locales[language], {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone: zone,
  }).format(new Date(at));
}

/** The same for machines, too; nothing for null. */
export function time(at: string | null, reader: Reader): Html | null {
  return at === null ? null : html`<time datetime="${at}">${shortTime(at, reader)}</time>`;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** How far off it is, in its largest unit: `in 3 hours`, `2 days ago`. */
export function fromNow(at: string, { language, now }: Pick<Visit, 'language' | 'now'>): string {
  const difference = Date.parse(at) - now;
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  for (const [unit, ms] of UNITS)
    if (Math.abs(difference) >= ms) return words.format(Math.trunc(difference / ms), unit);
  return words.format(0, 'minute');
}

/** What `<input type="datetime-local">` holds, in the operator's zone. */
export function localInput(at: string, zone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'short',
    timeZone: zone,
  }).format(new Date(at));
  return parts.replace(' ', 'T');
}

/** Decimal text in the way of the language: `49,00 €`. Never through a float. */
export function money(amount: string, currency: string, language: Language): string {
  const [whole = '0', fraction = ''] = amount.split('.');
  const format = new Intl.NumberFormat(locales[language], {
    style: 'currency',
    currency,
    minimumFractionDigits: Math.max(fraction.replace(/0+$/, '').length, defaultDigits(currency)),
  });
  const digits = Math.max(fraction.replace(/0+$/, '').length, defaultDigits(currency));
  const shown = fraction.padEnd(digits, '0').slice(0, digits);
  return format
    .formatToParts(BigInt(whole))
    .map(({ type, value }) => (type === 'fraction' ? shown : value))
    .join('');
}

function defaultDigits(currency: string): number {
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  );
}
