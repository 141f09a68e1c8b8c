import type { Effect, EffectCall, Lane } from '../contract/effects.ts';
import type {
  Attention,
  Outcome,
  Phase,
  RulesVersion,
  SessionInput,
  TimelineEntry,
} from '../contract/session.ts';
import type { AppointmentUri, Instant, LinkId, Millis, Provider, StepId } from '../contract/values.ts';

/**
 * What is known of one appointment. Facts only grow, so neither the order nor the number of times they are heard
 * matters; what they mean for the session is derived (`v1/course.ts`).
 */
export interface AppointmentFacts {
  readonly appointment: AppointmentUri;
  /** Null until its booking was heard: a cancel may come first. */
  readonly booked: {
    readonly at: Instant;
    readonly startsAt: Instant;
    readonly endsAt: Instant;
    /** When these times were said; the latest stands, because a host may move an appointment silently. */
    readonly saidAt: Instant;
  } | null;
  readonly cancelled: { readonly at: Instant; readonly by: 'client' | 'host' } | null;
  readonly replacedBy: AppointmentUri | null;
  /** The host asked the client to choose a new time. */
  readonly askedToMoveAt: Instant | null;
  /** Half a reschedule: `replacedBy` is named, but not heard of. */
  readonly half: {
    readonly at: Instant;
    readonly askAt: Instant;
    readonly asked: StepId | null;
    /** The provider knows no other half. */
    readonly givenUp: boolean;
  } | null;
  readonly noShow: { readonly set: boolean; readonly at: Instant } | null;
}

/** The time that holds for the session. */
export interface Standing {
  /** Null for the time that came with the order. */
  readonly appointment: AppointmentUri | null;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}

/** A change after the cutoff that waits for a person's yes. */
export interface LateChange {
  /** Names the change: what stands and what is wanted instead. */
  readonly key: string;
  /** `request`: asked for on our page, nothing moved yet. */
  readonly kind: 'move' | 'cancel' | 'request';
  /** When the client first asked: a change of mind keeps it, and with it the late change's one reminder and grace. */
  readonly requestedAt: Instant;
  readonly deadline: Instant;
  /** When agents are reminded; null once they were. */
  readonly remindAt: Instant | null;
  readonly by: 'client' | 'agent' | 'operator' | 'host' | 'shop' | 'system';
  /** The new time, where one is known. */
  readonly wanted: Standing | null;
}

/** Leave to move one standing time, once. */
export interface Authorisation {
  /** The standing time's key: its appointment, or `fixed`. */
  readonly of: string;
  readonly at: Instant;
  readonly until: Instant;
  /** `person`: a late change that was approved. */
  readonly by: 'rule' | 'person';
}

export interface Step {
  readonly lane: Lane;
  readonly call: EffectCall;
  readonly status: 'running' | 'failed';
}

export type StepOutcome = 'none' | 'running' | 'done' | 'failed' | 'skipped';

/** Everything a session knows; JSON-safe, replaced and never mutated. */
export interface SessionState {
  readonly rulesVersion: RulesVersion;
  readonly input: SessionInput;
  readonly phase: Phase;
  /** With whom the session books, where it was handed over; else the provider that it was sold with. */
  readonly provider?: Provider;
  readonly payment: 'unknown' | 'paid' | 'not-paid';

  /** By `AppointmentUri`. The map is also what makes a repeated event a repetition. */
  readonly appointments: Readonly<Record<string, AppointmentFacts>>;
  /** The cutoffs that held and since when, oldest first: each change is judged by the one of its own time. */
  readonly cutoffs: readonly { readonly since: Instant; readonly ms: Millis }[];
  /** Moves of one standing time that were allowed, and until when they may be made. */
  readonly authorised: readonly Authorisation[];
  /** What was decided about late changes, by `LateChange.key`. */
  readonly decided: Readonly<
    Record<
      string,
      {
        readonly approve: boolean;
        readonly at: Instant;
        /** The appointment that stands after it; null where none does. */
        readonly to: AppointmentUri | null;
        /** It was the same time under another name: no change then, whatever its times became. */
        readonly sameTime?: true;
      }
    >
  >;
  /** The time that effects, reminders and notes were last made for. */
  readonly standing: Standing | null;
  /** Names the end of the last time that stood, once its consequences were drawn. */
  readonly freed: string | null;
  readonly late: LateChange | null;
  readonly reminders: readonly { readonly at: Instant; readonly beforeMs: Millis }[];
  /** The standing time whose cutoff the provider was asked about. */
  readonly cutoffChecked: string | null;

  /** An unbooked session at its deadline, while the provider is searched. */
  readonly expiry: { readonly step: StepId } | null;
  /** Cancelled at the provider under `onCancel: end`: ends after the settle window and a fresh answer. */
  readonly cancelPending: {
    readonly appointment: AppointmentUri;
    readonly dueAt: Instant;
    readonly step: StepId | null;
  } | null;
  /** The gate is over. `outcome` is open while a no-show may still be set or cleared. */
  readonly ending: {
    readonly outcome: Outcome | null;
    readonly at: Instant;
    readonly settleUntil: Instant;
  } | null;
  readonly refund: 'none' | 'requested' | 'awaiting-approval' | 'pending' | 'done' | 'failed' | 'skipped';

  /** Appointments that were cancelled at their provider: the session is over, or another provider has it now. */
  readonly released: readonly AppointmentUri[];

  readonly access: 'granted' | 'revoked';
  readonly link: {
    /** Counts the links that were issued, from 1. */
    readonly n: number;
    /** Null while none is valid. */
    readonly current: LinkId | null;
    /** The newest that was issued, revoked or not. */
    readonly newest: LinkId | null;
    readonly step: StepOutcome;
    /** A mail that waits until link, ticket and route are there. */
    readonly mail: 'link' | 'link-reissued' | 'access-restored' | null;
  };
  readonly route: {
    readonly step: StepOutcome;
    readonly until: Instant | null;
    readonly leaseUntil: Instant | null;
    readonly removal: StepOutcome;
  };
  readonly ticket: {
    readonly step: StepOutcome;
    readonly number: string | null;
    readonly rev: number;
    /** First in, first out; the head is under way or failed, the rest waits for it. */
    readonly queue: readonly Effect[];
  };

  /** Effects under way or failed, by step. */
  readonly steps: Readonly<Record<string, Step>>;
  /** Numbers the steps that may happen more than once. */
  readonly stepCount: number;
  readonly attention: readonly Attention[];
  /** Actions of the ticket that were already answered. */
  readonly answeredActions: readonly string[];

  readonly version: number;
  readonly publishedVersion: number;
  /** The version of the gate that was final; null until the session has ended. */
  readonly finalVersion: number | null;
  readonly seq: number;
  readonly publishedSeq: number;
  readonly timeline: readonly TimelineEntry[];
}
