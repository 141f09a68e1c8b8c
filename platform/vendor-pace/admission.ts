import type { FailureCode } from '../failures.ts';
import type { VendorObserver } from './observer.ts';
import { approach, type Health, hear, WELL } from './outage.ts';
import { LONGEST_WAIT_MS, type Pace } from './pace.ts';
import { createPlaces } from './places.ts';
import { createSightings, type VendorSight } from './sight.ts';

/** How a call ended. `code` is null when it succeeded; `retryAfterMs` is what the vendor asked for. */
export interface CallEnd {
  readonly code: FailureCode | null;
  readonly retryAfterMs: number | null;
}

export type Passage =
  | {
      readonly kind: 'go';
      /**
       * Must be called once the call is over; only the first time counts.
       *
       * @returns true when the failure belongs to an outage that a log line has told of.
       */
      readonly end: (end: CallEnd) => boolean;
    }
  /** The call must not be made now. */
  | {
      readonly kind: 'park';
      readonly code: 'vendor-unavailable' | 'vendor-rate-limited';
      readonly afterMs: number;
    };

/** Stands before every call of one vendor in one process. */
export interface Admission {
  enter(): Promise<Passage>;
  /** Is told of the calls that follow. */
  readonly observer?: VendorObserver;
}

/** One that tells what it knows. */
export interface WatchedAdmission extends Admission {
  /** @param clock the wall clock's milliseconds now. */
  sight(clock: number): VendorSight;
}

/** Codes and names only. */
export interface AdmissionLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

export interface AdmissionOptions {
  /** As it is called in logs. */
  readonly vendor: string;
  readonly pace: Pace;
  /** Calls under way at once. A silent vendor holds as many, for as long as a request may take, and no more. */
  readonly places: number;
  readonly log: AdmissionLog;
  readonly observer?: VendorObserver;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** A vendor that answers gives a place back within this; for one that does not, nobody waits in its stead. */
const PLACE_PATIENCE_MS = 200;

/** Those who found no place come back one after the other. */
const AGAIN = { earliestMs: 500, apartMs: 50, latestMs: 30_000 } as const;

/**
 * Keeps a vendor's trouble from becoming ours: its rate is kept to, it never has more than its share of calls under way,
 * and during an outage calls are parked instead of made, but for one probe at a time. One line tells that an outage
 * began, and one that it is over.
 */
export function createAdmission(options: AdmissionOptions): WatchedAdmission {
  const { vendor, pace, places, log, observer, now, random } = options;
  const taken = createPlaces(places);
  const sightings = createSightings(vendor, now);
  let health: Health = WELL;
  let again = -Infinity;

  function become(next: Health): void {
    const before = health;
    health = next;
    if (before.kind === 'well' && next.kind === 'away') {
      const forMs = Math.round(now() - next.since);
      log.warn({ vendor, code: next.code, forMs }, 'vendor is away: its calls are parked');
      observer?.away(vendor, true);
    }
    if (before.kind === 'away' && next.kind === 'well') {
      const forMs = Math.round(now() - before.since);
      log.info({ vendor, forMs, parked: before.parked }, 'vendor is back');
      observer?.away(vendor, false);
    }
  }

  const parkedForHealth = (): Passage | null => {
    const at = approach(health, now(), random());
    if (at.verdict !== 'park') return null;
    health = at.health;
    return { kind: 'park', code: 'vendor-unavailable', afterMs: at.afterMs };
  };

  const parkedForLackOfPlace = (): Passage => {
    again = Math.max(again, now() + AGAIN.earliestMs) + AGAIN.apartMs;
    const afterMs = Math.min(AGAIN.latestMs, again - now());
    return { kind: 'park', code: 'vendor-unavailable', afterMs };
  };

  function go(probe: boolean): Passage {
    let over = false;
    return {
      kind: 'go',
      end({ code, retryAfterMs }) {
        if (over) return false;
        over = true;
        taken.giveBack();
        const told = health.kind === 'away' && code !== null;
        become(hear(health, { code, probe }, now()));
        sightings.heard(code, health);
        if (code === 'vendor-rate-limited' && retryAfterMs !== null)
          void pace.pause(Math.min(LONGEST_WAIT_MS, retryAfterMs));
        return told && health.kind === 'away';
      },
    };
  }

  async function admit(): Promise<Passage> {
    // Before a turn is taken that others could use.
    const early = parkedForHealth();
    if (early) return early;
    const awayMs = await pace.turn();
    if (awayMs > 0)
      return { kind: 'park', code: 'vendor-rate-limited', afterMs: Math.min(LONGEST_WAIT_MS, awayMs) };
    if (!(await taken.take(PLACE_PATIENCE_MS))) return parkedForHealth() ?? parkedForLackOfPlace();
    const at = approach(health, now(), random());
    health = at.health;
    if (at.verdict !== 'park') return go(at.verdict === 'probe');
    taken.giveBack();
    return { kind: 'park', code: 'vendor-unavailable', afterMs: at.afterMs };
  }

  return {
    ...(observer ? { observer } : {}),
    sight: (clock) => sightings.sight(health, clock),
    async enter() {
      const asked = now();
      const passage = await admit();
      observer?.waited(vendor, now() - asked);
      return passage;
    },
  };
}
