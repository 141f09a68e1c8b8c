import type { Instant } from './values.ts';

/** The input of `erasureWorkflow`. Whose erasure it is stands in its row. */
export interface ErasureInput {
  readonly erasureId: string;
}

export const ERASURE_WORKFLOW = 'erasureWorkflow';

/** What an erasure is made of, as its certificate names it. */
export type ErasurePart =
  | 'rows'
  | 'stored-webhooks'
  | 'stored-webhooks-undelivered'
  | 'ticket-fields'
  | 'ticket-articles'
  | 'calendly-invitees'
  | 'calcom-bookings'
  | 'shop-orders'
  | 'zammad-customer';

export interface DonePart {
  readonly what: ErasurePart;
  readonly count: number;
}

/** `reason`: a code of `platform/failures.ts`, or why it is not ours to erase. */
export interface UndonePart {
  readonly what: ErasurePart;
  readonly count: number;
  readonly reason: string;
}

/** What an erasure came to. No personal data: it is in a history, and it outlives the person's rows. */
export interface ErasureResult {
  readonly done: readonly DonePart[];
  readonly notDone: readonly UndonePart[];
}

/** What the blanking of a person's rows touched. */
export interface BlankedCounts {
  readonly rows: number;
  readonly webhooks: number;
  /** Webhooks that name them and wait for their delivery. */
  readonly undelivered: number;
  readonly shopOrders: number;
  /** Left out: written by a build that knew no Cal.com. */
  readonly calcomBookings?: number;
  readonly zammadCustomer: boolean;
}

/** Each may be repeated after any failure. */
export interface ErasureActivities {
  /** Runs of the person's sessions and bookings that are still open, and the sessions' tickets. */
  findRunsOfPerson(
    input: ErasureInput,
  ): Promise<{ readonly workflowIds: readonly string[]; readonly ticketIds: readonly number[] }>;
  /** Blanks a ticket's title and deletes the articles that Zammad lets us delete. */
  blankTicket(input: {
    erasureId: string;
    ticketId: number;
  }): Promise<{ readonly deleted: number; readonly kept: number }>;
  /** Asks Calendly to delete what it holds of the person. `asked` is false for who never had an appointment. */
  requestProviderDeletion(input: ErasureInput): Promise<{ readonly asked: boolean }>;
  /** Blanks the person's rows in one transaction. `running`: a session or booking has begun since. */
  blankPerson(
    input: ErasureInput,
  ): Promise<{ readonly kind: 'running' } | ({ readonly kind: 'blanked' } & BlankedCounts)>;
  /** Signs what was done and stores it: the erasure is over. */
  certify(input: { erasureId: string; at: Instant; result: ErasureResult }): Promise<void>;
}
