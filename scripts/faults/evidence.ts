import type { Attention, Outcome, Phase, TimelineEntry } from '../../workflows/contract/session.ts';
import type { Deeds } from './deeds.ts';
import type { Topic } from './mails.ts';
import type { Poll } from './watch.ts';

/** What was found of one session's run in Temporal. */
export interface RunFound {
  readonly workflowId: string;
  /** E.g. `COMPLETED`. */
  readonly status: string;
  /** What its query answers at the end; null when it cannot be asked. */
  readonly view: {
    readonly phase: Phase;
    readonly outcome: Outcome | null;
    readonly refund: string;
    readonly attention: readonly Pick<Attention, 'step' | 'code'>[];
    readonly timeline: readonly Pick<TimelineEntry, 'event' | 'reason'>[];
  } | null;
  /** Why its history does not replay; null when it does. */
  readonly replay: string | null;
}

export interface RowFound {
  readonly key: string;
  readonly workflowId: string;
  readonly startState: string;
  readonly phase: Phase;
  readonly outcome: Outcome | null;
}

export interface TicketFound {
  readonly key: string;
  readonly state: string;
  readonly status: string;
  /** Mails that reached the client. */
  readonly mails: readonly Topic[];
  readonly notes: readonly Topic[];
}

export interface GrantFound {
  readonly orderId: string;
  readonly reason: string;
  readonly status: string;
  readonly amount: string;
}

export interface OrderFound {
  readonly orderId: string;
  /** Decimal text: what the client still pays. */
  readonly charged: string;
  readonly units: number;
}

export interface WebhookFound {
  readonly vendor: 'saleor' | 'calendly' | 'zammad';
  readonly event: string;
  readonly attempts: readonly (number | null)[];
  readonly digests: readonly string[];
}

export interface InboxFound {
  readonly source: string;
  readonly event: string;
  readonly status: string;
  readonly reason: string | null;
  /** SHA-256 of its body, in hex. */
  readonly digest: string;
}

/** Everything that the promises are held against, collected when all is quiet. */
export interface Evidence {
  readonly deeds: readonly Deeds[];
  readonly rows: readonly RowFound[];
  readonly runs: readonly RunFound[];
  readonly tickets: readonly TicketFound[];
  readonly routesSeen: ReadonlySet<string>;
  readonly routesLeft: ReadonlySet<string>;
  readonly orders: readonly OrderFound[];
  readonly grants: readonly GrantFound[];
  readonly webhooks: readonly WebhookFound[];
  readonly inbox: readonly InboxFound[];
  readonly polls: readonly Poll[];
  /** When a session's final gate was first seen in the store. */
  readonly seenOver: ReadonlyMap<string, number>;
}

/** A promise that was not kept. */
export interface Violation {
  readonly promise: string;
  /** The session's key, or null where it is about none or all. */
  readonly session: string | null;
  readonly expected: string;
  readonly seen: string;
}
