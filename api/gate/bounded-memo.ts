/** What was worked out before, by what it was worked out from. */
export interface BoundedMemo<Key extends string | number, Value extends object> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  /** How many are kept, which is never more than twice `most`. */
  size(): number;
}

/**
 * Keeps at least the `most` entries that were used last, and at most twice as many. Two generations instead of an
 * order of use: what is found in the older one moves to the younger, and a full younger one becomes the older.
 */
export function createBoundedMemo<Key extends string | number, Value extends object>(
  most: number,
): BoundedMemo<Key, Value> {
  let young = new Map<Key, Value>();
  let old = new Map<Key, Value>();

  function set(key: Key, value: Value): void {
    if (young.size >= most && !young.has(key)) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  }

  return {
    get(key) {
      const found = young.get(key);
      if (found !== undefined) return found;
      const older = old.get(key);
      if (older !== undefined) {
        old.delete(key);
        set(key, older);
      }
      return older;
    },
    set,
    size: () => young.size + old.size,
  };
}
