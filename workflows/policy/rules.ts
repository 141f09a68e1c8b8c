import type { Effect } from '../contract/effects.ts';
import type { SessionEvent } from '../contract/events.ts';
import type { Verdict } from '../contract/messages.ts';
import type { Gate, SessionInput, SessionRecord, SessionView, TimelineEntry } from '../contract/session.ts';
import type { Instant } from '../contract/values.ts';
import type { SessionState } from './state.ts';

/** What the clock does next by itself. */
export interface NextDue {
  readonly at: Instant;
  /** In a few words of English, without anything about a person. */
  readonly what: string;
}

export interface Decision {
  readonly state: SessionState;
  /** In the order in which each lane takes them. */
  readonly effects: readonly Effect[];
  /** For requests; null for everything that is told rather than asked. */
  readonly answer: Verdict | null;
}

/** One version of a session's rules: plain functions of plain values. */
export interface Rules {
  initial(input: SessionInput): SessionState;
  /**
   * Total: every event in every state has a result with a reason. Applies every transition that is due at or
   * before `now`, then the event.
   */
  decide(state: SessionState, event: SessionEvent, now: Instant): Decision;
  /** When the shell must send `clock.due`; null when only an event can change anything. */
  nextInstant(state: SessionState): Instant | null;
  /** What `nextInstant` is the instant of. */
  nextDue(state: SessionState): NextDue | null;
  /** The phase is `ended`: the shell returns once its lanes are empty. */
  hasEnded(state: SessionState): boolean;
  gateOf(state: SessionState): Gate;
  viewOf(state: SessionState): SessionView;
  recordOf(state: SessionState): SessionRecord;
  /** Timeline entries that no `publish` has committed yet. */
  unpublished(state: SessionState): readonly TimelineEntry[];
}
