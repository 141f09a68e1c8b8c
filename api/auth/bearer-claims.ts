import type { JWTPayload } from 'jose';
import type { Caller, CallerVerdict, Role } from './caller.ts';

/** PostgreSQL's `integer`, which our ids are. */
const HIGHEST_ID = 2_147_483_647;
/** OpenID Connect Core 1.0, section 2: `sub` has at most 255 ASCII characters. */
const SUBJECT = /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/;
/** Strongest first: of several the first counts. */
const ROLES: readonly Role[] = ['admin', 'tenant', 'service'];

export const isRole = (value: unknown): value is Role => ROLES.some((role) => role === value);

export const isCallerId = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value <= HIGHEST_ID;

export const isSubject = (value: unknown): value is string =>
  typeof value === 'string' && SUBJECT.test(value);

/** `role` alone counts where it stands; else the strongest of `roles`. */
function roleOf(payload: JWTPayload): Role | undefined {
  const { role, roles } = payload;
  if (role !== undefined) return isRole(role) ? role : undefined;
  if (!Array.isArray(roles)) return undefined;
  return ROLES.find((one) => roles.includes(one));
}

/** Whom the claims of a token whose signature is good speak for. */
export function callerOfClaims(payload: JWTPayload): CallerVerdict {
  const { tenant_id: tenantId, user_id: userId, sub: subject, exp } = payload;
  // One that is good for ever cannot be taken back.
  if (exp === undefined) return { ok: false, reason: 'malformed' };
  if (!isCallerId(tenantId)) return { ok: false, reason: 'no-tenant' };
  const role = roleOf(payload);
  if (role === undefined) return { ok: false, reason: 'no-role' };
  if (!isSubject(subject)) return { ok: false, reason: 'malformed' };
  // One that is there and wrong is no absent one: whoever made the token meant somebody.
  if (userId !== undefined && userId !== null && !isCallerId(userId))
    return { ok: false, reason: 'malformed' };
  const caller: Caller = { role, tenantId, userId: isCallerId(userId) ? userId : null, subject };
  return { ok: true, caller };
}
