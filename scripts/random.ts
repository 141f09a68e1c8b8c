/**
 * A source of numbers from 0 (inclusive) to 1 (exclusive) that gives the same ones for the same seed. mulberry32: its
 * 32 bits of state are enough for made-up rows and schedules, and for nothing that must not be guessed.
 */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
