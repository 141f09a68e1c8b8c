import type { Gate } from '../../workflows/contract/session.ts';
import type { Instant, Interval, LinkId, SessionKey } from '../../workflows/contract/values.ts';
import type { TokenRefusal } from '../../platform/tokens.ts';
import type { Door } from './paths.ts';

/** Whom a valid signature speaks for. */
export interface Holder {
  readonly sessionKey: SessionKey;
  readonly linkId: LinkId;
  readonly tenantId: number;
  readonly clientId: number;
}

/** What a request brought; `from` says what must follow when it is good. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: TokenRefusal }
  | { readonly kind: 'held'; readonly from: 'cookie' | 'bearer' | 'link'; readonly holder: Holder };

/** The session that a slug stands for, or unknown. */
export type Route =
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'session';
      readonly sessionKey: SessionKey;
      readonly tenantId: number;
      readonly clientId: number;
      /** The credential's own link is revoked, or not this session's. */
      readonly linkDead: boolean;
    };

/** What is known of the session's gate. `closed`: its run is gone or ended uncleanly. */
export type GateReading =
  | { readonly kind: 'gate'; readonly gate: Gate }
  | { readonly kind: 'over' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'unavailable' };

export interface GateRequest {
  readonly method: string;
  readonly door: Door;
  /** A navigation that expects a page; a program gets 401 where a person gets the login page. */
  readonly wantsHtml: boolean;
  /** The URL carries a token, good or bad: it must leave the URL. */
  readonly tokenInUrl: boolean;
}

export type ForbiddenReason = 'not-yours' | 'opening' | 'not-booked' | 'not-yet' | 'no-longer' | 'closed';

export type GateVerdict =
  | { readonly status: 200; readonly holder: Holder; readonly access: Door }
  /** To the clean URL; `exchange`: with a cookie for this holder. */
  | { readonly status: 303; readonly exchange: Holder | null }
  | { readonly status: 302; readonly reason: UnauthenticatedReason }
  | { readonly status: 401; readonly reason: UnauthenticatedReason }
  | { readonly status: 403; readonly reason: ForbiddenReason; readonly at: Instant | null }
  | { readonly status: 410 }
  | { readonly status: 503 };

export type UnauthenticatedReason = 'no-credential' | 'bad-credential' | 'revoked';

type DoorAnswer =
  | { readonly open: true }
  | { readonly open: false; reason: ForbiddenReason; at: Instant | null };

function answerOf(intervals: readonly Interval[], none: ForbiddenReason, now: Instant): DoorAnswer {
  if (intervals.some(({ from, until }) => from <= now && now < until)) return { open: true };
  const ahead = intervals.map(({ from }) => from).filter((from) => from > now);
  if (ahead.length > 0)
    return { open: false, reason: 'not-yet', at: ahead.reduce((one, other) => (other < one ? other : one)) };
  const ends = intervals.map(({ until }) => until);
  if (ends.length > 0)
    return { open: false, reason: 'no-longer', at: ends.reduce((one, other) => (other > one ? other : one)) };
  return { open: false, reason: none, at: null };
}

function doorOf(gate: Gate, door: Door, now: Instant): DoorAnswer {
  switch (door) {
    case 'page':
      return answerOf(gate.page === null ? [] : [gate.page], 'opening', now);
    case 'join':
      return answerOf(gate.join, gate.page === null ? 'opening' : 'not-booked', now);
  }
}

/** A session that is over may have let go of its link; what was good until then learns that it is over. */
function isRevoked(gate: Gate, holder: Holder): boolean {
  if (gate.access === 'revoked') return true;
  return gate.linkId !== holder.linkId && !(gate.state === 'over' && gate.linkId === null);
}

/**
 * May this request pass? Signature, then the route's own session, then revocation, then the gate. The order is the
 * promise: who is not logged in learns nothing about a slug, and who is logged in elsewhere learns only that it is
 * not theirs. It fails closed. `route` and `reading` are only looked at once a signature was good.
 */
export function decideGate(facts: {
  readonly request: GateRequest;
  readonly credential: Credential;
  readonly route: Route;
  readonly reading: GateReading;
  readonly now: Instant;
}): GateVerdict {
  const { request, credential, route, reading, now } = facts;
  const navigation = request.method === 'GET' || request.method === 'HEAD';
  const unauthenticated = (reason: UnauthenticatedReason): GateVerdict =>
    navigation && request.wantsHtml ? { status: 302, reason } : { status: 401, reason };

  if (credential.kind === 'none') return unauthenticated('no-credential');
  if (credential.kind === 'refused') return unauthenticated('bad-credential');
  const { holder } = credential;

  if (
    route.kind === 'unknown' ||
    route.sessionKey !== holder.sessionKey ||
    route.clientId !== holder.clientId ||
    route.tenantId !== holder.tenantId
  )
    return { status: 403, reason: 'not-yours', at: null };

  if (route.linkDead) return unauthenticated('revoked');
  if (reading.kind === 'gate' && isRevoked(reading.gate, holder)) return unauthenticated('revoked');

  switch (reading.kind) {
    case 'unavailable':
      return { status: 503 };
    case 'over':
      return { status: 410 };
    case 'closed':
      return { status: 403, reason: 'closed', at: null };
    case 'gate': {
      if (reading.gate.state === 'over') return { status: 410 };
      if (navigation && request.tokenInUrl)
        return { status: 303, exchange: credential.from === 'link' ? holder : null };
      const answer = doorOf(reading.gate, request.door, now);
      return answer.open
        ? { status: 200, holder, access: request.door }
        : { status: 403, reason: answer.reason, at: answer.at };
    }
  }
}
