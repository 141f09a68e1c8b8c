import type { FailureCode } from '../failures.ts';
import type { Health } from './outage.ts';

/** What one process knows of a vendor, from its own calls alone. Instants are ISO 8601 UTC. */
export interface VendorSight {
  /** As it is called in logs: of a shop with its domain behind it. */
  readonly vendor: string;
  /**
   * - `unasked`: no call of this process has ended yet.
   * - `answering`: the last call was answered, be it with a refusal.
   * - `failing`: the last calls were not, too few of them yet to stay away.
   * - `away`: calls are parked.
   */
  readonly state: 'unasked' | 'answering' | 'failing' | 'away';
  /** The first call without an answer; null while it answers. */
  readonly since: string | null;
  readonly lastAnswerAt: string | null;
  /** The last call that did not succeed, answered or not. That something is not there is none. */
  readonly lastFailure: { readonly code: FailureCode; readonly at: string } | null;
  /** Calls that were not made in the outage that goes on. */
  readonly parked: number;
}

export interface Sightings {
  /** A call is over. @param code null when it succeeded. @param health after it. */
  heard(code: FailureCode | null, health: Health): void;
  /** @param clock the wall clock's milliseconds now. */
  sight(health: Health, clock: number): VendorSight;
}

const isUnanswered = (health: Health): boolean => health.kind === 'away' || health.silences > 0;

/** @param now monotonic milliseconds, as those of `Health`. */
export function createSightings(vendor: string, now: () => number): Sightings {
  let answeredAt: number | null = null;
  let failure: { readonly code: FailureCode; readonly at: number } | null = null;

  function stateOf(health: Health): VendorSight['state'] {
    if (health.kind === 'away') return 'away';
    if (health.silences > 0) return 'failing';
    return answeredAt === null ? 'unasked' : 'answering';
  }

  return {
    heard(code, health) {
      if (!isUnanswered(health)) answeredAt = now();
      // A look-up that finds nothing is an answer.
      if (code !== null && code !== 'vendor-not-found') failure = { code, at: now() };
    },
    sight(health, clock) {
      const instant = (at: number): string => new Date(Math.round(clock - (now() - at))).toISOString();
      return {
        vendor,
        state: stateOf(health),
        since: isUnanswered(health) ? instant(health.since) : null,
        lastAnswerAt: answeredAt === null ? null : instant(answeredAt),
        lastFailure: failure === null ? null : { code: failure.code, at: instant(failure.at) },
        parked: health.kind === 'away' ? health.parked : 0,
      };
    },
  };
}
