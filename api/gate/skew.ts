/** How far another clock is from ours, in milliseconds: at least and at most; positive is ahead of us. */
export interface ClockOffset {
  readonly atLeast: number;
  readonly atMost: number;
}

/** The other clock was read at some time between sending and receiving, so the round trip is all that is unknown. */
export function clockOffset(reading: {
  readonly sent: number;
  readonly tookMs: number;
  readonly there: number;
}): ClockOffset {
  const { sent, tookMs, there } = reading;
  return { atLeast: there - sent - tookMs, atMost: there - sent };
}

/** True only when it is certain, however long the round trip took. */
export function isBeyond(offset: ClockOffset, limitMs: number): boolean {
  return offset.atLeast > limitMs || offset.atMost < -limitMs;
}
