import type { Attention, SessionInput } from '../../contract/session.ts';
import type { SessionState } from '../state.ts';
import { fixedStanding } from './course.ts';

/** A session that was paid for, before anything was done about it. */
export function initial(input: SessionInput): SessionState {
  const codes = new Set<string>(input.problems.map(({ code }) => code));
  const empty: SessionState = {
    rulesVersion: 1,
    input,
    phase: 'opening',
    payment: 'unknown',
    appointments: {},
    cutoffs: [],
    authorised: [],
    decided: {},
    standing: null,
    freed: null,
    late: null,
    reminders: [],
    cutoffChecked: null,
    expiry: null,
    cancelPending: null,
    ending: null,
    refund: 'none',
    released: [],
    access: 'granted',
    link: { n: 0, current: null, newest: null, step: 'none', mail: null },
    route: { step: 'none', until: null, leaseUntil: null, removal: 'none' },
    ticket: { step: 'none', number: null, rev: 0, queue: [] },
    steps: {},
    stepCount: 0,
    attention: [],
    answeredActions: [],
    version: 0,
    publishedVersion: 0,
    finalVersion: null,
    seq: 0,
    publishedSeq: 0,
    timeline: [],
  };
  const standing = fixedStanding(empty);
  if (input.startsAt !== null && !standing) codes.add('start-in-the-past');
  const attention: readonly Attention[] = [...codes].map((code) => ({
    step: null,
    code,
    since: input.paidAt,
    requestId: null,
  }));
  return { ...empty, standing, attention };
}
