import { setTimeout as sleep } from 'node:timers/promises';
import type { Vendor } from '../config.ts';
import { within } from '../within.ts';

/**
 * No vendor keeps us away for longer: half of the time in which a step gives up, so that the vendor is asked again
 * before a person must be.
 */
export const LONGEST_WAIT_MS = 5 * 60_000;

/** A turn as near as this is waited for in place. Further away, waiting would only hold an activity's slot. */
const PATIENCE_MS = 2000;

/** Without an answer of the store for this long, the call is made without it. */
const STORE_PATIENCE_MS = 500;
/** Once the store did not answer, nobody asks it for this long. */
const STORE_AWAY_MS = 5000;

/** When requests to a vendor may be made. */
export interface Pace {
  /**
   * Waits for a turn that is near.
   *
   * @returns 0: it has come; otherwise how many milliseconds to stay away, with no turn kept.
   */
  turn(): Promise<number>;
  /** No turn for anybody for so many milliseconds: what the vendor asked for. */
  pause(ms: number): Promise<void>;
}

/** Evenly spaced turns with some room, so that a few calls in a row need not wait. Milliseconds. */
export interface Spacing {
  readonly intervalMs: number;
  /** How far ahead of the even spacing a turn may be. */
  readonly roomMs: number;
}

/** `now`: a turn, so many milliseconds from now. `later`: none; come again then. */
export type Turn = { readonly kind: 'now' | 'later'; readonly waitMs: number };

/** What all processes share; in PostgreSQL, by its clock. */
export interface PaceStore {
  /** Takes the next turn when it is within `patienceMs`; otherwise only says when to come again. */
  takeTurn(vendor: Vendor, spacing: Spacing, patienceMs: number): Promise<Turn>;
  /** Moves everybody's next turn at least so far away. */
  pause(vendor: Vendor, spacing: Spacing, ms: number): Promise<void>;
}

/** So that no minute, wherever it begins, has more turns than `perMinute`: a tenth of them may come in a row. */
export function spacingOf(perMinute: number): Spacing {
  const inARow = Math.max(1, Math.floor(perMinute / 10));
  // PostgreSQL counts in microseconds.
  const intervalMs = Math.ceil(60_000_000 / (perMinute - inARow + 1)) / 1000;
  return { intervalMs, roomMs: (inARow - 1) * intervalMs };
}

/** For a vendor without a rate: this process alone remembers what the vendor asked for. */
export function ownPace(now: () => number, random: () => number): Pace {
  let pausedUntil = -Infinity;
  return {
    async turn() {
      const left = pausedUntil - now();
      // Later by up to half, or all would come back in the same moment.
      return left > 0 ? left * (1 + random() / 2) : 0;
    },
    async pause(ms) {
      pausedUntil = Math.max(pausedUntil, now() + ms);
    },
  };
}

/**
 * One pace for all processes. While the store is away the calls go on without it: an activity reads its rows there
 * before it calls anyone, so hardly any are left, and a vendor that minds answers 429, which is kept to.
 */
export function sharedPace(
  options: { readonly vendor: Vendor; readonly perMinute: number; readonly store: PaceStore },
  own: Pace,
  now: () => number,
): Pace {
  const { vendor, store } = options;
  const spacing = spacingOf(options.perMinute);
  let awayUntil = -Infinity;

  /** Undefined while the store is away. */
  async function ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    if (now() < awayUntil) return undefined;
    const asked = question().catch(() => undefined);
    const answer = await within(STORE_PATIENCE_MS, asked, () => undefined);
    if (answer === undefined) awayUntil = now() + STORE_AWAY_MS;
    return answer;
  }

  return {
    async turn() {
      const turn = await ask(() => store.takeTurn(vendor, spacing, PATIENCE_MS));
      if (turn === undefined) return own.turn();
      if (turn.kind === 'later') return Math.max(1, turn.waitMs);
      if (turn.waitMs > 0) await sleep(turn.waitMs);
      return 0;
    },
    async pause(ms) {
      await own.pause(ms);
      await ask(async () => {
        await store.pause(vendor, spacing, ms);
        return true;
      });
    },
  };
}
