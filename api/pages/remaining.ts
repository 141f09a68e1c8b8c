import type { Language } from '../../platform/language.ts';

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** The two largest units of a span, e.g. 2 days and 3 hours; at least a second. */
function partsOf(ms: number): readonly (readonly [(typeof UNITS)[number][0], number])[] {
  const at = Math.max(
    0,
    UNITS.findIndex(([, size]) => ms >= size),
  );
  const [first, second] = [UNITS[ms < 1000 ? 3 : at], UNITS[at + 1]];
  if (first === undefined) return [];
  const count = Math.max(1, Math.floor(ms / first[1]));
  const rest = second === undefined || ms < 1000 ? 0 : Math.floor((ms % first[1]) / second[1]);
  return second === undefined || rest === 0
    ? [[first[0], count]]
    : [
        [first[0], count],
        [second[0], rest],
      ];
}

const unitIn = (language: Language, unit: string, count: number): string =>
  new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count);

/** How far away something is: `in 2 days 3 hours`, `in 2 Tagen 3 Stunden`. The page's script counts on in the same words. */
export function remainingInWords(ms: number, language: Language): string {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'always' });
  return partsOf(ms)
    .map(([unit, count], at) => (at === 0 ? relative.format(count, unit) : unitIn(language, unit, count)))
    .join(' ');
}

/** How long something is: `1 hour 30 minutes`, `1 Stunde 30 Minuten`. */
export function lengthInWords(ms: number, language: Language): string {
  return partsOf(ms)
    .map(([unit, count]) => unitIn(language, unit, count))
    .join(' ');
}
