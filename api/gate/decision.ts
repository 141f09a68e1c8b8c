import type { Gate } from '../../workflows/contract/session.ts';
import type { Instant, Interval, LinkId, SessionKey } from '../../workflows/contract/values.ts';
import type { TokenRefusal } from '../../platform/tokens.ts';
import type { Door } from './paths.ts';

/** Whose a session is. */
export interface SessionOwner {
  readonly tenantId: number;
  readonly clientId: number;
}

/** The session that a request is about, as the identity headers name it. */
export interface SessionIdentity extends SessionOwner {
  readonly sessionKey: SessionKey;
}

/** Who came with a session's link: it opens that session alone. */
export interface LinkHolder extends SessionIdentity {
  readonly kind: 'link';
  readonly linkId: LinkId;
}

/** Who logged in: one client of each of some tenants. It opens every session of theirs. */
export interface LoginHolder {
  readonly kind: 'login';
  readonly loginId: string;
  readonly clients: readonly SessionOwner[];
}

/** Whom a valid signature speaks for. */
export type Holder = LinkHolder | LoginHolder;

/** One of the things that a request brought; `from` says what must follow when it is good. */
export type Credential =
  | { readonly kind: 'refused'; readonly reason: TokenRefusal }
  | { readonly kind: 'held'; readonly from: 'url' | 'cookie' | 'bearer'; readonly holder: Holder };

/** What is known of the session's gate. `closed`: its run is gone or ended uncleanly. */
export type GateReading =
  | { readonly kind: 'gate'; readonly gate: Gate }
  | { readonly kind: 'over' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'unavailable' };

/** The session that a slug stands for; unknown; or nobody could be asked. */
export type Route =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unavailable' }
  | ({
      readonly kind: 'session';
      readonly reading: GateReading;
      /** Access was revoked, and the workflow has not published it yet. */
      readonly held: boolean;
      /** Of the request's links and logins, those that are revoked or not this session's. */
      readonly dead: ReadonlySet<string>;
    } & SessionIdentity);

export interface GateRequest {
  readonly method: string;
  readonly door: Door;
  /** A navigation that expects a page; a program gets 401 where a person gets the login page. */
  readonly wantsHtml: boolean;
  /** The URL carries a token, good or bad: it must leave the URL. */
  readonly tokenInUrl: boolean;
}

export type ForbiddenReason = 'not-yours' | 'opening' | 'not-booked' | 'not-yet' | 'no-longer' | 'closed';

export type UnauthenticatedReason = 'no-credential' | 'bad-credential' | 'revoked';

/** What could not tell: PostgreSQL, Temporal, neither in time, or a fault of ours. */
export type UnableReason = 'store' | 'engine' | 'late' | 'failed';

export type GateVerdict =
  | { readonly status: 200; readonly session: SessionIdentity; readonly access: Door }
  /** To the clean URL; `exchange`: with a cookie for this holder. */
  | { readonly status: 303; readonly exchange: LinkHolder | null }
  | { readonly status: 302; readonly reason: UnauthenticatedReason }
  | { readonly status: 401; readonly reason: UnauthenticatedReason }
  | { readonly status: 403; readonly reason: ForbiddenReason; readonly at: Instant | null }
  | { readonly status: 410 }
  | { readonly status: 503; readonly reason: UnableReason };

export interface GateDecision {
  readonly verdict: GateVerdict;
  /** Whose credential decided; null where no signature was good. */
  readonly by: Holder | null;
}

/** What a revocation names this holder's credential by. */
export function idOf(holder: Holder): string {
  return holder.kind === 'link' ? holder.linkId : holder.loginId;
}

/** Whether the session is the holder's: by their link, or by one of their accounts. */
export function isOwner(holder: Holder, session: SessionIdentity): boolean {
  if (holder.kind === 'link')
    return (
      holder.sessionKey === session.sessionKey &&
      holder.clientId === session.clientId &&
      holder.tenantId === session.tenantId
    );
  for (const { tenantId, clientId } of holder.clients)
    if (clientId === session.clientId && tenantId === session.tenantId) return true;
  return false;
}

/**
 * Whether the gate itself says that this holder's credential is good no more: access is revoked, or their link is
 * not the one in force. A session that is over may have let go of its link; what was good until then learns that
 * it is over.
 */
export function isRevokedByGate(gate: Gate, holder: Holder): boolean {
  if (gate.access === 'revoked') return true;
  if (holder.kind === 'login' || gate.linkId === holder.linkId) return false;
  return gate.state !== 'over' || gate.linkId !== null;
}

const isWithin = ({ from, until }: Interval, now: Instant): boolean => from <= now && now < until;

/** Whether the door stands open now, for who may pass at all. */
export function isOpen(gate: Gate, door: Door, now: Instant): boolean {
  if (gate.state !== 'live') return false;
  if (door === 'page') return gate.page !== null && isWithin(gate.page, now);
  for (const interval of gate.join) if (isWithin(interval, now)) return true;
  return false;
}

/** Why a door is shut, and the instant that it is about: the next opening, else the last closing. */
function whyShut(
  intervals: readonly Interval[],
  none: ForbiddenReason,
  now: Instant,
): { readonly reason: ForbiddenReason; readonly at: Instant | null } {
  const ahead = intervals.map(({ from }) => from).filter((from) => from > now);
  if (ahead.length > 0)
    return { reason: 'not-yet', at: ahead.reduce((one, other) => (other < one ? other : one)) };
  const ends = intervals.map(({ until }) => until);
  if (ends.length > 0)
    return { reason: 'no-longer', at: ends.reduce((one, other) => (other > one ? other : one)) };
  return { reason: none, at: null };
}

function whyDoorShut(gate: Gate, door: Door, now: Instant): ReturnType<typeof whyShut> {
  switch (door) {
    case 'page':
      return whyShut(gate.page === null ? [] : [gate.page], 'opening', now);
    case 'join':
      return whyShut(gate.join, gate.page === null ? 'opening' : 'not-booked', now);
  }
}

interface Question {
  readonly request: GateRequest;
  readonly route: Route;
  readonly now: Instant;
}

const isNavigation = ({ method }: GateRequest): boolean => method === 'GET' || method === 'HEAD';

function unauthenticated(request: GateRequest, reason: UnauthenticatedReason): GateVerdict {
  return isNavigation(request) && request.wantsHtml ? { status: 302, reason } : { status: 401, reason };
}

/** One credential alone, in the order of the promise. `route` is only looked at once the signature was good. */
function judge(credential: Credential, { request, route, now }: Question): GateVerdict {
  if (credential.kind === 'refused') return unauthenticated(request, 'bad-credential');
  const { holder } = credential;

  if (route.kind === 'unavailable') return { status: 503, reason: 'store' };
  if (route.kind === 'unknown' || !isOwner(holder, route))
    return { status: 403, reason: 'not-yours', at: null };

  const { reading } = route;
  if (
    route.held ||
    route.dead.has(idOf(holder)) ||
    (reading.kind === 'gate' && isRevokedByGate(reading.gate, holder))
  )
    return unauthenticated(request, 'revoked');

  switch (reading.kind) {
    case 'unavailable':
      return { status: 503, reason: 'engine' };
    case 'over':
      return { status: 410 };
    case 'closed':
      return { status: 403, reason: 'closed', at: null };
    case 'gate': {
      const { gate } = reading;
      if (gate.state === 'over') return { status: 410 };
      if (isNavigation(request) && request.tokenInUrl)
        return { status: 303, exchange: credential.from === 'url' && holder.kind === 'link' ? holder : null };
      const { sessionKey, tenantId, clientId } = route;
      return isOpen(gate, request.door, now)
        ? { status: 200, session: { sessionKey, tenantId, clientId }, access: request.door }
        : { status: 403, ...whyDoorShut(gate, request.door, now) };
    }
  }
}

/**
 * How far a credential came: past the signature, past the route's own session, past revocation, through the gate.
 * Of several, the one that came furthest answers; two that came equally far say the same.
 */
function distance(verdict: GateVerdict): number {
  switch (verdict.status) {
    case 302:
    case 401:
      return verdict.reason === 'revoked' ? 3 : verdict.reason === 'bad-credential' ? 1 : 0;
    case 403:
      return verdict.reason === 'not-yours' ? 2 : 4;
    case 410:
    case 503:
      return 4;
    case 303:
      return verdict.exchange === null ? 5 : 6;
    case 200:
      return 7;
  }
}

/**
 * May this request pass? Signature, then the route's own session, then revocation, then the gate. The order is the
 * promise: who is not logged in learns nothing about a slug, and who is logged in elsewhere learns only that it is
 * not theirs. Each credential is judged by itself and the best verdict holds, so that a bad one never spoils a good
 * one. It fails closed.
 *
 * @param facts.credentials in any order; none at all is nobody.
 */
export function decideGate(facts: Question & { readonly credentials: readonly Credential[] }): GateDecision {
  let best: GateDecision = { verdict: unauthenticated(facts.request, 'no-credential'), by: null };
  for (const credential of facts.credentials) {
    const verdict = judge(credential, facts);
    if (distance(verdict) > distance(best.verdict))
      best = { verdict, by: credential.kind === 'held' ? credential.holder : null };
  }
  return best;
}
