import type { RefusalReason, Verdict } from '../../contract/messages.ts';
import type { Instant } from '../../contract/values.ts';
import type { Draft } from './draft.ts';

/** What became of an event: for the timeline, and for whoever asked. */
export interface Finding {
  readonly reason: string;
  /** False: nothing but the timeline is new. */
  readonly changed: boolean;
  readonly answer: Verdict | null;
  /** A result that is not worth an entry of its own. */
  readonly silent?: boolean;
}

export function told(reason: string, changed = true): Finding {
  return { reason, changed, answer: null };
}

export function silent(reason: string): Finding {
  return { reason, changed: false, answer: null, silent: true };
}

export function accept(reason: string, next: Extract<Verdict, { accepted: true }>['next'] = 'none'): Finding {
  return { reason, changed: true, answer: { accepted: true, next } };
}

/** A refusal is kept and published: who was told no, and why, is part of the session's story. */
export function refuse(reason: RefusalReason, at: Instant | null = null): Finding {
  return { reason, changed: true, answer: { accepted: false, reason, at } };
}

/** The refusal of everything that a session that is over does not do any more; null while it is not over. */
export function refuseIfOver({ state }: Draft): Finding | null {
  if (!state.ending) return null;
  return refuse(state.phase === 'ended' ? 'ended' : 'settling', state.ending.at);
}
