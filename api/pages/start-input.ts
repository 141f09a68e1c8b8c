import { DateTime } from 'luxon';
import { isZone } from './zone-choice.ts';

/** What a form's field for a new start says, as `datetime-local` writes it: `2026-12-24T10:00`. */
export interface StartInput {
  readonly local: string;
  readonly zone: string;
  /** Of a time that comes twice. */
  readonly which: 'first' | 'second' | undefined;
}

export type StartProblem = 'missing' | 'unreadable' | 'gap' | 'twice' | 'past' | 'zone';

export type ReadStart =
  | { readonly ok: true; readonly startsAt: number }
  | { readonly ok: false; readonly problem: StartProblem };

const no = (problem: StartProblem): ReadStart => ({ ok: false, problem });

/**
 * The instant that a local time names. A time that the change of the clocks leaves out is refused, and one that it
 * repeats must say which of the two it is.
 */
export function readStart({ local, zone, which }: StartInput, now: number): ReadStart {
  if (local === '') return no('missing');
  if (!isZone(zone)) return no('zone');
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::00(?:\.0+)?)?$/.test(local)) return no('unreadable');
  const named = DateTime.fromISO(local, { zone });
  if (!named.isValid) return no('unreadable');
  if (named.toFormat("yyyy-MM-dd'T'HH:mm") !== local.slice(0, 16)) return no('gap');
  const possible = named.getPossibleOffsets().toSorted((a, b) => a.toMillis() - b.toMillis());
  if (possible.length > 1 && which === undefined) return no('twice');
  const chosen = which === 'second' ? possible.at(-1) : possible[0];
  const startsAt = (chosen ?? named).toMillis();
  return startsAt <= now ? no('past') : { ok: true, startsAt };
}

/** The two offsets of a time that comes twice, the first one first, e.g. `UTC+2` and `UTC+1`. */
export function offsetsOf(local: string, zone: string): readonly string[] {
  return DateTime.fromISO(local, { zone })
    .getPossibleOffsets()
    .toSorted((a, b) => a.toMillis() - b.toMillis())
    .map((one) => `UTC${one.toFormat('Z')}`);
}

/** An instant as the field takes it. */
export function localStart(at: number, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toFormat("yyyy-MM-dd'T'HH:mm");
}
