import { errors, type JWTPayload, type JWTVerifyResult, jwtVerify, SignJWT } from 'jose';
import type { Instant, LinkId, SessionKey } from '../workflows/contract/values.ts';
import type { KeyRing } from './keys.ts';

export const TOKEN_ISSUER = 'latchkey';
const BOOKING_AUDIENCE = 'latchkey:booking';
const ACCESS_AUDIENCE = 'latchkey:access';
const LOGIN_AUDIENCE = 'latchkey:login';
/** One algorithm, whatever a token's own header asks for. */
const ALGORITHM = 'HS256';
/** Longer than any token of ours; what is longer is not looked at. */
const LONGEST_TOKEN = 2048;

export type TokenPurpose = 'permanent-booking-link' | 'one-time-booking-link';

/** The claims of a booking link. */
export interface BookingTokenClaims {
  readonly linkId: LinkId;
  readonly tenantId: number;
  readonly userId: number;
  readonly calendarId: number;
  readonly templateId: number;
  readonly clientId: number;
  readonly purpose: TokenPurpose;
  /** The link's own instant, not the minting's: whoever mints from the same claims gets the same token. */
  readonly issuedAt: Instant;
  /** Null for a permanent link. */
  readonly expiresAt: Instant | null;
}

/** The claims of a booking link that is bound to one session. */
export interface SessionTokenClaims extends BookingTokenClaims {
  readonly sessionKey: SessionKey;
}

/** Who a cookie of the gate speaks for: one session, opened with one link. */
export interface AccessClaims {
  readonly sessionKey: SessionKey;
  readonly linkId: LinkId;
  readonly tenantId: number;
  readonly clientId: number;
}

/** Who logged in: a person, who is one client of each tenant that knows the address. */
export interface LoginClaims {
  /** Names this login, so that logging out ends it everywhere. */
  readonly loginId: string;
  readonly clients: readonly { readonly tenantId: number; readonly clientId: number }[];
  readonly expiresAt: Instant;
}

export type TokenRefusal =
  | 'malformed'
  | 'bad-signature'
  | 'unknown-key'
  | 'wrong-algorithm'
  | 'wrong-issuer'
  | 'wrong-audience'
  | 'expired'
  | 'not-yet-valid'
  | 'bad-claims';

export type TokenVerdict<Claims> =
  | { readonly ok: true; readonly claims: Claims }
  | { readonly ok: false; readonly reason: TokenRefusal };

const SESSION_CLAIMS = ['iat', 'jti', 'session_id'] as const;

class UnknownKey extends Error {}

const seconds = (instant: number): number => Math.floor(instant / 1000);

async function sign(ring: KeyRing, payload: JWTPayload): Promise<string> {
  return new SignJWT(payload)
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: ring.newest.id })
    .sign(ring.newest.secret);
}

function refusalOf(error: unknown): TokenRefusal {
  if (error instanceof UnknownKey) return 'unknown-key';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad-signature';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'wrong-algorithm';
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return 'wrong-issuer';
    if (error.claim === 'aud') return 'wrong-audience';
    if (error.claim === 'nbf') return 'not-yet-valid';
    return 'bad-claims';
  }
  return 'malformed';
}

async function open(
  ring: KeyRing,
  token: string,
  audience: string,
  required: readonly string[],
  now: Instant,
): Promise<TokenVerdict<JWTPayload>> {
  if (token.length > LONGEST_TOKEN) return { ok: false, reason: 'malformed' };
  let result: JWTVerifyResult;
  try {
    result = await jwtVerify(
      token,
      (header) => {
        const key = header.kid === undefined ? undefined : ring.byId(header.kid);
        if (key === undefined) throw new UnknownKey();
        return key.secret;
      },
      {
        algorithms: [ALGORITHM],
        typ: 'JWT',
        issuer: TOKEN_ISSUER,
        audience,
        currentDate: new Date(now),
        requiredClaims: [...required],
      },
    );
  } catch (error) {
    return { ok: false, reason: refusalOf(error) };
  }
  return { ok: true, claims: result.payload };
}

/** 22 characters of base64url: 132 bits. */
const BOOKING_LINK_ID = /^[A-Za-z0-9_-]{22}$/;

const isId = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

/** @returns undefined unless `session_id` and `jti` are of our form and belong together. */
function idsOf(payload: JWTPayload): { sessionKey: SessionKey; linkId: LinkId } | undefined {
  const { session_id: session, jti } = payload;
  if (typeof session !== 'string' || !/^[A-Za-z0-9_-]{22}$/.test(session)) return undefined;
  if (jti === undefined || !jti.startsWith(`${session}-`) || !/^[1-9]\d{0,8}$/.test(jti.slice(23)))
    return undefined;
  return { sessionKey: session as SessionKey, linkId: jti as LinkId };
}

/** The claims that the Booking Link API names, or undefined when one of them is not of its form. */
function bookingClaimsOf(payload: JWTPayload): Omit<BookingTokenClaims, 'linkId'> | undefined {
  const { tenant_id, user_id, calendar_id, template_id, client_id, purpose, iat, exp } = payload;
  if (
    !isId(tenant_id) ||
    !isId(user_id) ||
    !isId(calendar_id) ||
    !isId(template_id) ||
    !isId(client_id) ||
    (purpose !== 'permanent-booking-link' && purpose !== 'one-time-booking-link') ||
    (purpose === 'one-time-booking-link' && exp === undefined) ||
    iat === undefined
  )
    return undefined;
  return {
    tenantId: tenant_id,
    userId: user_id,
    calendarId: calendar_id,
    templateId: template_id,
    clientId: client_id,
    purpose,
    issuedAt: (iat * 1000) as Instant,
    expiresAt: exp === undefined ? null : ((exp * 1000) as Instant),
  };
}

function bookingPayload(claims: BookingTokenClaims): JWTPayload {
  return {
    tenant_id: claims.tenantId,
    user_id: claims.userId,
    calendar_id: claims.calendarId,
    template_id: claims.templateId,
    client_id: claims.clientId,
    purpose: claims.purpose,
    iat: seconds(claims.issuedAt),
    ...(claims.expiresAt === null ? {} : { exp: seconds(claims.expiresAt) }),
    jti: claims.linkId,
    iss: TOKEN_ISSUER,
    aud: BOOKING_AUDIENCE,
  };
}

/**
 * A session's booking link token: a JWT with the claims of the Booking Link API and the session's own. It is
 * deterministic, so that an activity and the API mint the same token from the same row and no one stores it.
 */
export function mintSessionToken(ring: KeyRing, claims: SessionTokenClaims): Promise<string> {
  return sign(ring, { ...bookingPayload(claims), session_id: claims.sessionKey });
}

/** Checks a token that came from outside. Never throws; whether it was revoked is not its business. */
export async function verifySessionToken(
  ring: KeyRing,
  token: string,
  now: Instant,
): Promise<TokenVerdict<SessionTokenClaims>> {
  const opened = await open(ring, token, BOOKING_AUDIENCE, SESSION_CLAIMS, now);
  if (!opened.ok) return opened;
  const ids = idsOf(opened.claims);
  const claims = bookingClaimsOf(opened.claims);
  if (ids === undefined || claims === undefined) return { ok: false, reason: 'bad-claims' };
  return { ok: true, claims: { ...claims, ...ids } };
}

/**
 * A token of the Booking Link API. Deterministic like a session's: the same row gives the same token.
 *
 * @param claims whole seconds only are carried; a one-time link has an expiry, a permanent one has none.
 */
export function mintBookingToken(ring: KeyRing, claims: BookingTokenClaims): Promise<string> {
  return sign(ring, bookingPayload(claims));
}

/** Checks a token of the Booking Link API. Never throws; revocation and spending are not its business. */
export async function verifyBookingToken(
  ring: KeyRing,
  token: string,
  now: Instant,
): Promise<TokenVerdict<BookingTokenClaims>> {
  const opened = await open(ring, token, BOOKING_AUDIENCE, ['iat', 'jti'], now);
  if (!opened.ok) return opened;
  const { jti, session_id: session } = opened.claims;
  const claims = bookingClaimsOf(opened.claims);
  // A session's token opens its session, nothing else.
  if (claims === undefined || session !== undefined || jti === undefined || !BOOKING_LINK_ID.test(jti))
    return { ok: false, reason: 'bad-claims' };
  return { ok: true, claims: { ...claims, linkId: jti as LinkId } };
}

/**
 * The `jti` of a token that we once issued, a session's or one of the Booking Link API, expired or not: enough to
 * revoke it by, never to open anything.
 */
export async function issuedLinkIdOf(ring: KeyRing, token: string): Promise<LinkId | undefined> {
  // Judged at the beginning of time, nothing has expired yet.
  const opened = await open(ring, token, BOOKING_AUDIENCE, ['iat', 'jti'], 0 as Instant);
  if (!opened.ok) return undefined;
  const { jti, session_id: session } = opened.claims;
  if (session !== undefined) return idsOf(opened.claims)?.linkId;
  return jti !== undefined && BOOKING_LINK_ID.test(jti) ? (jti as LinkId) : undefined;
}

/**
 * The value of the gate's cookie. An audience of its own: a mailed token is not a cookie, and a cookie is not a
 * token.
 *
 * @param maxAgeSeconds how long it is good for; the cookie's own `Max-Age` says the same.
 */
export function mintAccessCookie(
  ring: KeyRing,
  claims: AccessClaims,
  now: Instant,
  maxAgeSeconds: number,
): Promise<string> {
  return sign(ring, {
    tenant_id: claims.tenantId,
    client_id: claims.clientId,
    iat: seconds(now),
    exp: seconds(now) + maxAgeSeconds,
    jti: claims.linkId,
    iss: TOKEN_ISSUER,
    aud: ACCESS_AUDIENCE,
    session_id: claims.sessionKey,
  });
}

/** Checks the gate's cookie. Never throws. */
export async function verifyAccessCookie(
  ring: KeyRing,
  text: string,
  now: Instant,
): Promise<TokenVerdict<AccessClaims>> {
  const opened = await open(ring, text, ACCESS_AUDIENCE, SESSION_CLAIMS, now);
  if (!opened.ok) return opened;
  const { tenant_id, client_id, exp } = opened.claims;
  const ids = idsOf(opened.claims);
  if (ids === undefined || !isId(tenant_id) || !isId(client_id) || exp === undefined)
    return { ok: false, reason: 'bad-claims' };
  return { ok: true, claims: { ...ids, tenantId: tenant_id, clientId: client_id } };
}

const LOGIN_ID = /^[A-Za-z0-9_-]{22}$/;
/** A person has an account with few tenants; a cookie has little room. */
const MOST_CLIENTS = 20;

/** The value of the login's cookie; it has an audience of its own, so that none of the three stands for another. */
export function mintLoginCookie(ring: KeyRing, claims: LoginClaims, now: Instant): Promise<string> {
  return sign(ring, {
    clients: claims.clients.slice(0, MOST_CLIENTS).map(({ tenantId, clientId }) => [tenantId, clientId]),
    iat: seconds(now),
    exp: seconds(claims.expiresAt),
    jti: claims.loginId,
    iss: TOKEN_ISSUER,
    aud: LOGIN_AUDIENCE,
  });
}

/** Checks the login's cookie. Never throws; whether it was logged out is not its business. */
export async function verifyLoginCookie(
  ring: KeyRing,
  text: string,
  now: Instant,
): Promise<TokenVerdict<LoginClaims>> {
  const opened = await open(ring, text, LOGIN_AUDIENCE, ['iat', 'jti', 'exp'], now);
  if (!opened.ok) return opened;
  const { jti, exp, clients: pairs } = opened.claims;
  if (jti === undefined || !LOGIN_ID.test(jti) || exp === undefined || !Array.isArray(pairs))
    return { ok: false, reason: 'bad-claims' };
  const clients: { tenantId: number; clientId: number }[] = [];
  for (const pair of pairs.slice(0, MOST_CLIENTS)) {
    const [tenantId, clientId]: readonly unknown[] = Array.isArray(pair) ? pair : [];
    if (!isId(tenantId) || !isId(clientId)) return { ok: false, reason: 'bad-claims' };
    clients.push({ tenantId, clientId });
  }
  return { ok: true, claims: { loginId: jti, clients, expiresAt: (exp * 1000) as Instant } };
}
