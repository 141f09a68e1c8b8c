import type { Settlement } from '../../db/queries/inbox.ts';
import type { InboxRow } from '../../db/tables.ts';

/** What one attempt to deliver a row came to. Reasons are stable codes, never free text. */
export type Outcome =
  | { readonly kind: 'done'; readonly reason: string | null }
  /**
   * Not its time yet, or somebody cannot be reached: tried again for as long as it takes. `afterMs`: not sooner, for
   * who asked for it said so.
   */
  | { readonly kind: 'wait'; readonly reason: string; readonly afterMs?: number }
  /** Something went wrong that may be right next time: tried again a limited number of times. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** A person must look; a repeat alone cannot help. */
  | { readonly kind: 'quarantine'; readonly reason: string };

export const done = (reason: string | null = null): Outcome => ({ kind: 'done', reason });
export const wait = (reason: string, afterMs?: number | null): Outcome => ({
  kind: 'wait',
  reason,
  ...(afterMs === undefined || afterMs === null ? {} : { afterMs }),
});
export const failed = (reason: string): Outcome => ({ kind: 'failed', reason });
export const quarantine = (reason: string): Outcome => ({ kind: 'quarantine', reason });

export interface RetryRules {
  /** The first delay; each further one is twice as long. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Failed attempts in a row, after which a row is quarantined. */
  readonly maxAttempts: number;
}

export const defaultRetryRules: RetryRules = { firstMs: 1000, longestMs: 60_000, maxAttempts: 12 };

/** A vendor that asks for more than this is asked again sooner: its clock may be wrong, and an event waits. */
const LONGEST_ASKED_MS = 15 * 60 * 1000;

/** Marks the reason of a row whose last attempt failed, as opposed to one that only waits. */
const FAILED = 'failed:';

/**
 * The delay before the attempt after the `attempts`-th: exponential, with up to half of it taken off at random so
 * that rows which failed together do not come back together.
 *
 * @param random from 0 (inclusive) to 1 (exclusive).
 */
export function retryDelay(rules: RetryRules, attempts: number, random: number): number {
  const full = Math.min(rules.longestMs, rules.firstMs * 2 ** Math.min(30, Math.max(0, attempts - 1)));
  return Math.round(full * (1 - random / 2));
}

/**
 * What the row becomes. Only attempts that failed count towards quarantine: hours in which Temporal could not be
 * reached do not bring a row nearer to it.
 */
export function settlementOf(
  row: Pick<InboxRow, 'attempts' | 'reason'>,
  outcome: Outcome,
  at: { now: number; random: number; rules: RetryRules },
): Settlement {
  const again = (attempts: number) =>
    new Date(at.now + Math.max(1, retryDelay(at.rules, attempts, at.random)));
  // Some time on top, so that not everything that was refused together comes back together.
  const asAsked = (afterMs: number) =>
    new Date(at.now + Math.min(afterMs, LONGEST_ASKED_MS) + Math.round(at.rules.firstMs * at.random));
  switch (outcome.kind) {
    case 'done':
      return { status: 'done', reason: outcome.reason, attempts: row.attempts, at: new Date(at.now) };
    case 'quarantine':
      return { status: 'quarantined', reason: outcome.reason, attempts: row.attempts, at: new Date(at.now) };
    case 'wait':
      return {
        status: 'stored',
        reason: outcome.reason,
        attempts: row.attempts,
        at: outcome.afterMs === undefined ? again(row.attempts) : asAsked(outcome.afterMs),
      };
    case 'failed': {
      const attempts = row.reason === null || row.reason.startsWith(FAILED) ? row.attempts : 1;
      if (attempts >= at.rules.maxAttempts)
        return { status: 'quarantined', reason: outcome.reason, attempts, at: new Date(at.now) };
      return { status: 'stored', reason: FAILED + outcome.reason, attempts, at: again(attempts) };
    }
  }
}
