/** How many of something may be under way at once. */
export interface Slots {
  /** @returns what gives the slot back, once; null when there is none free. */
  take(key: string): (() => void) | null;
}

/** @param most of one key, and of all together. */
export function createSlots(most: { readonly each: number; readonly all: number }): Slots {
  const taken = new Map<string, number>();
  let all = 0;
  return {
    take(key) {
      const mine = taken.get(key) ?? 0;
      if (mine >= most.each || all >= most.all) return null;
      taken.set(key, mine + 1);
      all += 1;
      return () => {
        const left = (taken.get(key) ?? 1) - 1;
        if (left === 0) taken.delete(key);
        else taken.set(key, left);
        all -= 1;
      };
    },
  };
}
