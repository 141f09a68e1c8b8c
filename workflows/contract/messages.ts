import type { OutsideEvent } from './events.ts';
import type { Gate, RulesVersion, SessionView } from './session.ts';
import type { Actor, Instant, LinkId, Millis, Provider, StepId } from './values.ts';

/** Why a request was refused. */
export type RefusalReason =
  | 'opening'
  | 'ended'
  | 'settling'
  | 'after-cutoff'
  | 'before-cutoff'
  | 'started'
  | 'not-booked'
  | 'move-pending'
  | 'in-the-past'
  | 'not-movable'
  | 'late-change-pending'
  | 'no-late-change'
  | 'no-refund-to-decide'
  | 'cancel-pending'
  | 'access-revoked'
  | 'already-revoked'
  | 'not-revoked'
  | 'unknown-link'
  | 'unknown-step'
  | 'step-running'
  | 'cutoff-passed'
  | 'already-granted'
  | 'unknown-rules';

/** An Update's answer. `at` is the instant the reason is about: the cutoff, the end. */
export type Verdict =
  | {
      readonly accepted: true;
      /**
       * `provider-page`: the client goes on at the provider; `booking-link`: a fresh link is on the page; `moving`: the
       * provider is asked for the time that was named, and what it answers is told by mail.
       */
      readonly next: 'none' | 'provider-page' | 'booking-link' | 'moving';
    }
  | { readonly accepted: false; readonly reason: RefusalReason; readonly at: Instant | null };

/** The signal that carries everything from outside. */
export const OUTSIDE_EVENTS = 'outsideEvents';
export type OutsideEventsArgs = [events: readonly OutsideEvent[]];

/** The signal that repeats every failed step at once; made for Temporal's batch by query. It has no argument. */
export const RETRY_FAILED_STEPS = 'retryFailedSteps';

export const GATE_QUERY = 'gate';
export const SESSION_QUERY = 'session';
export type GateQuery = () => Gate;
export type SessionQuery = () => SessionView;

/** Each Update's argument. Its name is the key; its answer is a `Verdict`. */
export interface SessionUpdates {
  /** @param startsAt where it is to be moved to; without it the asker goes on at the provider. */
  reschedule: { readonly by: Actor; readonly startsAt?: Instant };
  cancel: { readonly by: Actor; readonly refund: 'policy' | 'full' | 'none' };
  requestLateChange: { readonly by: Actor };
  decideLateChange: { readonly by: Actor; readonly approve: boolean };
  /** Of a refund above the configured amount. */
  decideRefund: { readonly approve: boolean };
  /** Granted once in a session's life; a grant that was refused does not count. */
  moveCutoff: { readonly cutoffMs: Millis };
  /** From here on appointments are made at this provider, as this event type of its. */
  handOver: { readonly provider: Provider; readonly eventType: string };
  correctEmail: Record<string, never>;
  reissueLink: Record<string, never>;
  resendLink: Record<string, never>;
  revokeLink: { readonly linkId: LinkId };
  revokeAccess: Record<string, never>;
  restoreAccess: Record<string, never>;
  retryStep: { readonly step: StepId };
  skipStep: { readonly step: StepId };
  adoptRules: { readonly rulesVersion: RulesVersion };
}

export const SESSION_WORKFLOW = 'sessionWorkflow';
