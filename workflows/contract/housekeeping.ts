import type { Instant, Millis } from './values.ts';

/**
 * What is looked after, each by a Temporal Schedule of its own.
 *
 * - `orders`: paid orders of the last days without a session are taken in.
 * - `appointments`: open sessions and bookings of a provider that sends each webhook once, against the provider.
 * - `sessions`: open sessions against their run, provider, ticket and route; then appointments of what is over.
 * - `tickets`: what agents chose in a ticket whose webhook was lost.
 * - `routes`: routes of ours at the gateway without an open session are deleted.
 * - `subscriptions`: the providers' webhook subscriptions are made, or made anew.
 * - `prune`: what nobody may keep or read any more, personal data first.
 */
export const HOUSEKEEPING_JOBS = [
  'orders',
  'sessions',
  'tickets',
  'appointments',
  'routes',
  'subscriptions',
  'prune',
] as const;
export type HousekeepingJob = (typeof HOUSEKEEPING_JOBS)[number];

/** One thing that was found. A stable code, and the id of what it is about. */
export interface HousekeepingNote {
  readonly code: string;
  readonly id: string;
  /** A person must look. */
  readonly raised?: true;
}

/** What a run, or a page of it, came to. */
export interface HousekeepingTally {
  readonly looked: number;
  /** Put right without a person. */
  readonly repaired: number;
  /** A person must look. */
  readonly raised: number;
  /** Could not be looked at or put right; the next run tries again. */
  readonly failed: number;
  /** Of somebody else's: seen, and left alone. */
  readonly untouched: number;
  readonly notes: readonly HousekeepingNote[];
}

/** The result of a run, and its current details in Temporal UI. Ids and codes only. */
export interface HousekeepingReport extends HousekeepingTally {
  readonly job: HousekeepingJob;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
}

/** The input of `housekeepingWorkflow`. */
export interface HousekeepingInput {
  readonly job: HousekeepingJob;
  /** Of a run that goes on for an earlier one whose history grew too long. */
  readonly carried?: { readonly cursor: string; readonly report: HousekeepingReport };
}

/** Asks for one bounded page of a job. */
export interface HousekeepingPageRequest {
  readonly job: HousekeepingJob;
  /** Where the page before ended, or null for the first one. */
  readonly cursor: string | null;
  /** When the run began: one instant for all its pages. */
  readonly startedAt: Instant;
}

export interface HousekeepingPage extends HousekeepingTally {
  /** Of the next page; null: this was the last one. */
  readonly cursor: string | null;
  /** Why the page ends early: somebody whom it needs was away several times. The next one comes after a long pause. */
  readonly halted: string | null;
}

/** Heartbeats with each item; safe to repeat. Errors as in `SessionActivities`. */
export interface HousekeepingActivities {
  housekeep(request: HousekeepingPageRequest): Promise<HousekeepingPage>;
}

export const HOUSEKEEPING_WORKFLOW = 'housekeepingWorkflow';

/**
 * The wait between two pages, so that vendors hear of thousands of sessions slowly: a page of `sessions` is at most a
 * hundred calls, sixty of them to Calendly, which takes 500 a minute; a page of `appointments` is about thirty to
 * Cal.com, which takes 120 a minute; a page of `routes` is at most twenty deletions.
 */
export const PAGE_PAUSE_MS = {
  orders: 2000,
  sessions: 15_000,
  tickets: 0,
  appointments: 20_000,
  routes: 2000,
  subscriptions: 0,
  prune: 500,
} as const satisfies Record<HousekeepingJob, Millis>;
