import { decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Clock } from '../../platform/clock.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { TOKEN_ISSUER } from '../../platform/tokens.ts';
import { callerOfClaims } from './bearer-claims.ts';
import type { CallerRefusal, CallerVerdict, VerifyBearer } from './caller.ts';
import { isTrustedTransport } from './issuer-address.ts';
import { createIssuerKeys, type FetchKeys, KeysUnavailable, UnknownKey } from './issuer-keys.ts';
import { API_AUDIENCE, LOCAL_ALGORITHM } from './local-tokens.ts';

export interface BearerSettings {
  readonly oidc: {
    readonly issuer: string;
    readonly audience: string;
    /** Where the keys are, for an issuer without a discovery document. */
    readonly jwksUri?: string;
  } | null;
  readonly localKeys: KeyRing | null;
}

export interface BearerDependencies {
  readonly clock: Clock;
  /** Monotonic milliseconds. Default: `performance.now()`. */
  readonly elapsed?: () => number;
  readonly fetch?: FetchKeys;
  /** Per request for the issuer's keys, in milliseconds. Default 3000. */
  readonly timeoutMs?: number;
}

/** Who signs, and everything about a token that its own header may not choose. */
interface Trusted {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly types: readonly string[];
  /** How far its clock may be from ours. */
  readonly toleranceSeconds: number;
  readonly key: JWTVerifyGetKey;
}

/** Signatures that the issuer alone can make: with a shared secret its public key would be one. */
const ASYMMETRIC = ['RS256', 'PS256', 'ES256', 'EdDSA'];
/** Access tokens (RFC 9068) and untyped ones; no logout token or other statement of the same issuer. */
const ISSUER_TYPES = ['', 'jwt', 'at+jwt'];
/** What fits into Node's 16 KB of headers beside the others; no longer text is looked at. */
const LONGEST_TOKEN = 8192;
const BEARER = /^Bearer +([A-Za-z0-9_.-]+) *$/i;

function trustedIssuers(settings: BearerSettings, deps: BearerDependencies): readonly Trusted[] {
  const trusted: Trusted[] = [];
  const { oidc, localKeys } = settings;
  if (localKeys !== null)
    trusted.push({
      issuer: TOKEN_ISSUER,
      audience: API_AUDIENCE,
      algorithms: [LOCAL_ALGORITHM],
      types: ['jwt'],
      toleranceSeconds: 0,
      key: ({ kid }) => {
        const key = kid === undefined ? undefined : localKeys.byId(kid);
        if (key === undefined) throw new UnknownKey();
        return key.secret;
      },
    });
  if (oidc !== null) {
    if (!isTrustedTransport(new URL(oidc.jwksUri ?? oidc.issuer)))
      throw new RangeError('the issuer of bearer tokens must be on https://, or on this machine');
    trusted.push({
      issuer: oidc.issuer,
      audience: oidc.audience,
      algorithms: ASYMMETRIC,
      types: ISSUER_TYPES,
      toleranceSeconds: 30,
      key: createIssuerKeys({
        issuer: oidc.issuer,
        ...(oidc.jwksUri === undefined ? {} : { jwksUri: oidc.jwksUri }),
        elapsed: deps.elapsed ?? (() => performance.now()),
        fetch: deps.fetch ?? ((url, init) => fetch(url, init)),
        timeoutMs: deps.timeoutMs ?? 3000,
      }),
    });
  }
  return trusted;
}

/** `application/at+jwt` is `at+jwt` in full (RFC 7515, section 4.1.9). */
const typeOf = (typ: string | undefined): string => (typ ?? '').toLowerCase().replace(/^application\//, '');

function refusalOf(error: unknown): CallerRefusal {
  if (error instanceof KeysUnavailable) return 'keys-unavailable';
  if (error instanceof UnknownKey) return 'unknown-key';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad-signature';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'wrong-algorithm';
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return 'wrong-audience';
    if (error.claim === 'iss') return 'wrong-issuer';
    if (error.claim === 'nbf') return 'not-yet-valid';
  }
  return 'malformed';
}

const refuse = (reason: CallerRefusal): CallerVerdict => ({ ok: false, reason });

/**
 * Checks bearer tokens of an OpenID Connect issuer and those signed with our own keys. Which of the two a token is
 * from, its `iss` says before anything is verified; algorithms, audience and keys are then that issuer's alone.
 *
 * Claims: `tenant_id`, `role` (or `roles`), `sub` and `exp`; `user_id` where there is one.
 *
 * @throws {RangeError} for an issuer whose keys would travel in the clear; the check itself never throws.
 */
export function createBearer(settings: BearerSettings, deps: BearerDependencies): VerifyBearer {
  const trusted = trustedIssuers(settings, deps);

  async function verify(token: string): Promise<CallerVerdict> {
    let claimed: JWTPayload;
    try {
      claimed = decodeJwt(token);
    } catch {
      return refuse('malformed');
    }
    const source = trusted.find(({ issuer }) => issuer === claimed.iss);
    if (source === undefined) return refuse('wrong-issuer');
    try {
      const { payload, protectedHeader } = await jwtVerify(token, source.key, {
        algorithms: [...source.algorithms],
        issuer: source.issuer,
        audience: source.audience,
        clockTolerance: source.toleranceSeconds,
        currentDate: new Date(deps.clock()),
      });
      if (!source.types.includes(typeOf(protectedHeader.typ))) return refuse('malformed');
      return callerOfClaims(payload);
    } catch (error) {
      return refuse(refusalOf(error));
    }
  }

  return async (authorization) => {
    if (authorization === undefined || !/^Bearer(\s|$)/i.test(authorization)) return refuse('no-token');
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined || token.length > LONGEST_TOKEN) return refuse('malformed');
    return verify(token);
  };
}
