import type { Effect, EffectCall, Lane } from '../../contract/effects.ts';
import type { Phase } from '../../contract/session.ts';
import type { Instant, StepId } from '../../contract/values.ts';
import type { SessionState, Step } from '../state.ts';

/** How much of the timeline the state keeps once it is published. */
const KEPT_ENTRIES = 50;

/** Entries about nothing that changed ride along with the next publish, but not more than these. */
const RIDING_ENTRIES = 20;

/** One decision in the making. The states it goes through are replaced, never mutated. */
export interface Draft {
  readonly now: Instant;
  state: SessionState;
  readonly effects: Effect[];
  /** The decision answers an action of the ticket: its first note clears the field. */
  clearAction: boolean;
  /** Something that others look at changed. */
  publish: boolean;
}

export function draftOf(state: SessionState, now: Instant): Draft {
  return { now, state, effects: [], clearAction: false, publish: false };
}

export function patch(draft: Draft, change: Partial<SessionState>): void {
  draft.state = { ...draft.state, ...change };
}

/** Writes the timeline; `changed` says whether anything but the timeline is new. */
export function record(draft: Draft, event: string, from: Phase, reason: string, changed: boolean): void {
  const { state } = draft;
  const seq = state.seq + 1;
  const entry = { seq, at: draft.now, event, from, to: state.phase, reason };
  const kept = state.timeline.filter((old) => old.seq > state.publishedSeq || old.seq > seq - KEPT_ENTRIES);
  patch(draft, { seq, timeline: [...kept, entry] });
  if (changed || seq - state.publishedSeq > RIDING_ENTRIES) draft.publish = true;
}

/** Sends an effect on its way and remembers it until its outcome is heard. */
export function emit(draft: Draft, lane: Lane, step: StepId, call: EffectCall): void {
  const known: Step = { lane, call, status: 'running' };
  patch(draft, { steps: { ...draft.state.steps, [step]: known } });
  draft.effects.push({ lane, step, call });
}

/** A step of its own for something that may happen more than once. */
export function nextStep(draft: Draft, kind: EffectCall['kind']): StepId {
  const n = draft.state.stepCount + 1;
  patch(draft, { stepCount: n });
  return `${kind}:${n}` as StepId;
}

/** Forgets a step: it is done, skipped, or no longer matters. */
export function forget(draft: Draft, step: StepId): void {
  const { [step]: gone, ...steps } = draft.state.steps;
  if (gone) patch(draft, { steps });
  if (!draft.state.attention.some((one) => one.step === step)) return;
  patch(draft, { attention: draft.state.attention.filter((one) => one.step !== step) });
  draft.publish = true;
}

export function forgetKind(draft: Draft, kinds: readonly EffectCall['kind'][]): void {
  for (const [step, { call }] of Object.entries(draft.state.steps)) {
    if (kinds.includes(call.kind)) forget(draft, step as StepId);
  }
}

export function runs(state: SessionState, kind: EffectCall['kind']): boolean {
  return Object.values(state.steps).some(({ call, status }) => call.kind === kind && status === 'running');
}
