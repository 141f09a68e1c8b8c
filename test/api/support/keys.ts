import { type KeyRing, keyRing } from '../../../platform/keys.ts';

const keyOf = (id: string) => ({ id, secret: new TextEncoder().encode(`secret of ${id} `.padEnd(48, '.')) });

/** A ring whose secrets are made from its ids, newest first. */
export function ringOf(newest: string, ...older: readonly string[]): KeyRing {
  return keyRing([keyOf(newest), ...older.map(keyOf)]);
}
