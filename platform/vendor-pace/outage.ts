import type { FailureCode } from '../failures.ts';

/** So many calls in a row without an answer are an outage, not bad luck. */
const SILENCES = 5;

/** Between two probes. A parked call stays away for at most twice the longest. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

/** What this process knows of a vendor's health. Instants are monotonic milliseconds. */
export type Health =
  | { readonly kind: 'well'; readonly silences: number; readonly since: number }
  | {
      readonly kind: 'away';
      /** Of the call that made it an outage. */
      readonly code: FailureCode;
      /** The first call without an answer. */
      readonly since: number;
      readonly failedProbes: number;
      readonly probeAt: number;
      readonly probing: boolean;
      /** Calls that were not made meanwhile. */
      readonly parked: number;
    };

export type Approach =
  | { readonly verdict: 'call' | 'probe'; readonly health: Health }
  | { readonly verdict: 'park'; readonly afterMs: number; readonly health: Health };

export const WELL: Health = { kind: 'well', silences: 0, since: 0 };

/** A refusal is an answer, however final: who refuses is there. */
function isSilence(code: FailureCode | null): code is FailureCode {
  return code === 'vendor-unreachable' || code === 'vendor-timeout' || code === 'vendor-unavailable';
}

const pauseAfter = (failedProbes: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failedProbes);

/**
 * Whether a call may be made: always while the vendor is well; during an outage one at a time, to see whether it is
 * over.
 *
 * @param random from 0 to below 1: parked calls must not all come back at once.
 */
export function approach(health: Health, now: number, random: number): Approach {
  if (health.kind === 'well') return { verdict: 'call', health };
  if (!health.probing && now >= health.probeAt)
    return { verdict: 'probe', health: { ...health, probing: true } };
  const pause = pauseAfter(health.failedProbes);
  const afterMs = Math.max(0, health.probeAt - now) + pause * (0.5 + random / 2);
  return { verdict: 'park', afterMs, health: { ...health, parked: health.parked + 1 } };
}

/**
 * What the end of a call says of the vendor. Any answer ends an outage, also a late one to a call from before it.
 *
 * @param code the call's failure; null when it succeeded.
 */
export function hear(
  health: Health,
  call: { readonly code: FailureCode | null; readonly probe: boolean },
  now: number,
): Health {
  if (!isSilence(call.code)) return WELL;
  if (health.kind === 'well') {
    const silences = health.silences + 1;
    const since = health.silences === 0 ? now : health.since;
    if (silences < SILENCES) return { kind: 'well', silences, since };
    const probeAt = now + pauseAfter(0);
    return { kind: 'away', code: call.code, since, failedProbes: 0, probeAt, probing: false, parked: 0 };
  }
  if (!call.probe) return health;
  const failedProbes = health.failedProbes + 1;
  return { ...health, failedProbes, probeAt: now + pauseAfter(failedProbes), probing: false };
}
