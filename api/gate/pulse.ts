/** How long memory may be believed: measured by heartbeats that come back. All times are monotonic milliseconds. */
export interface Pulse {
  /** Memory is complete up to every notification that was heard; later echoes vouch for it. */
  trust(): void;
  /** Memory may be behind, and earlier heartbeats vouch for nothing. */
  lose(): void;
  /** A new heartbeat goes out now. @returns its number. */
  beat(now: number): number;
  /**
   * A heartbeat came back, and with it everything that was committed before it. What it vouches for counts from its
   * sending: whoever was asleep in between learns that its memory is old.
   */
  echo(beat: number, now: number): void;
  /** Until when memory may be believed; -Infinity for not at all. */
  freshUntil(): number;
  /** When something was last heard on this connection; starts with `listen`. */
  heardAt(): number;
  listen(now: number): void;
}

export function createPulse(freshMs: number): Pulse {
  const sent = new Map<number, number>();
  let count = 0;
  let trusted = false;
  let until = Number.NEGATIVE_INFINITY;
  let heardAt = Number.NEGATIVE_INFINITY;
  return {
    trust() {
      trusted = true;
    },
    lose() {
      trusted = false;
      until = Number.NEGATIVE_INFINITY;
      sent.clear();
    },
    beat(now) {
      count += 1;
      sent.set(count, now);
      return count;
    },
    echo(beat, now) {
      const at = sent.get(beat);
      if (at === undefined) return;
      heardAt = Math.max(heardAt, now);
      for (const earlier of sent.keys()) if (earlier <= beat) sent.delete(earlier);
      if (trusted) until = Math.max(until, at + freshMs);
    },
    freshUntil: () => until,
    heardAt: () => heardAt,
    listen(now) {
      heardAt = now;
    },
  };
}
