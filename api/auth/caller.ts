import type { Response } from 'express';
import type { TokenRefusal } from '../../platform/tokens.ts';

export type Role = 'admin' | 'tenant' | 'service';

/** Whom a bearer token speaks for. */
export interface Caller {
  readonly role: Role;
  readonly tenantId: number;
  /** The tenant's user, where the token names one. */
  readonly userId: number | null;
  /** The token's `sub`, for the audit. */
  readonly subject: string;
  /** `page`: it is one of our own pages that asks, for an operator who is signed in. */
  readonly via?: 'page';
}

export type CallerRefusal =
  | Exclude<TokenRefusal, 'bad-claims'>
  | 'no-token'
  | 'no-tenant'
  | 'no-role'
  | 'keys-unavailable';

export type CallerVerdict =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly reason: CallerRefusal };

/** Checks an `Authorization` header. Never throws. */
export type VerifyBearer = (authorization: string | undefined) => Promise<CallerVerdict>;

/** The caller that the bearer check before this handler let through. @throws when there was no such check. */
export function callerOf(res: Response): Caller {
  const { caller } = res.locals as { caller?: Caller };
  if (caller === undefined) throw new Error('this route has no bearer check');
  return caller;
}

/** The same where a vendor's signature may stand in for the token; null: it did. */
export function callerIfAny(res: Response): Caller | null {
  return (res.locals as { caller?: Caller }).caller ?? null;
}

/** How the audit names a caller. */
export function actorOf(caller: Caller): string {
  return caller.userId === null ? `${caller.role}:${caller.subject}` : `user:${caller.userId}`;
}
