import type { Gate } from '../../contract/session.ts';
import type { Instant, Interval, StepId } from '../../contract/values.ts';
import type { SessionState, Standing } from '../state.ts';
import { courseOf, cutoffOf } from './course.ts';
import { type Draft, emit, patch } from './draft.ts';

/** When the gate of a standing time shuts for good. */
export function overAtOf(state: SessionState, { endsAt }: Standing): Instant {
  return (endsAt + state.input.policy.gateClosesMs) as Instant;
}

/**
 * Until when an unbooked session may be booked. Whoever had a time and lost it gets at least as long as a cutoff
 * to choose another.
 */
export function bookingDeadlineOf(state: SessionState): Instant {
  const { paidAt, policy } = state.input;
  const deadline = paidAt + policy.bookingDeadlineMs;
  const { freed } = courseOf(state);
  return (freed ? Math.max(deadline, freed.at + policy.cutoffMs) : deadline) as Instant;
}

/** Every time that the join link must honour: the standing one, and the wanted one while a person decides. */
function honoured({ standing, late }: SessionState): readonly Standing[] {
  return [standing, late?.wanted ?? null].filter((one): one is Standing => one !== null);
}

/** When the session's page closes as things stand. */
export function pageUntil(state: SessionState): Instant {
  const ends = honoured(state).map((one) => overAtOf(state, one));
  return ends.length > 0 ? (Math.max(...ends) as Instant) : bookingDeadlineOf(state);
}

function joinOf(state: SessionState): readonly Interval[] {
  const { gateOpensMs, gateClosesMs } = state.input.policy;
  return honoured(state)
    .map(({ startsAt, endsAt }) => ({
      from: (startsAt - gateOpensMs) as Instant,
      until: (endsAt + gateClosesMs) as Instant,
    }))
    .toSorted((a, b) => a.from - b.from);
}

/** Who may pass, as absolute instants. */
export function gateOf(state: SessionState): Gate {
  const { input, ending, access, link, payment, version } = state;
  const { sessionKey, paidAt } = input;
  const common = { sessionKey, version, access, linkId: link.current } as const;
  if (ending) {
    const until = Math.max(ending.at, paidAt) as Instant;
    return { ...common, state: 'over', page: payment === 'paid' ? { from: paidAt, until } : null, join: [] };
  }
  if (payment !== 'paid') return { ...common, state: 'live', page: null, join: [] };
  return { ...common, state: 'live', page: { from: paidAt, until: pageUntil(state) }, join: joinOf(state) };
}

/** Puts the route, and again when the page outlives its lease. */
export function keepRoute(draft: Draft): void {
  const { state } = draft;
  const { route, payment, ending } = state;
  if (payment !== 'paid' || ending || route.step === 'skipped') return;
  const until = pageUntil(state);
  const held = Math.max(route.leaseUntil ?? 0, route.until ?? 0);
  if (route.step !== 'none' && until <= held) return;
  patch(draft, { route: { ...route, step: 'running', until } });
  emit(draft, 'route', 'put-route' as StepId, { kind: 'put-route', until });
}

/** Until when the standing time may be changed by the client. */
export function cutoffAtOf(state: SessionState): Instant | null {
  return state.standing ? cutoffOf(state, state.standing) : null;
}
