import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { DatabaseConnection } from '../../db/connect.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import { createBearer } from '../auth/bearer.ts';
import { callerOf, type Role, type VerifyBearer } from '../auth/caller.ts';
import { type AnswerRefusal, requireCaller } from '../auth/guard.ts';
import { addressKey, clientAddress } from '../client-address.ts';
import type { LimitName, RateLimits } from '../limits/limits.ts';
import { rateLimited, type RefuseLimited } from '../limits/rate-limited.ts';
import { createRateLimits } from '../limits/store.ts';
import { describeError } from '../request-log.ts';

/** Who may call, and how often. */
export interface Callers {
  readonly verify: VerifyBearer;
  readonly limits: RateLimits;
  /** What a request's own address is counted as. */
  readonly addressOf: (req: Request) => string;
  /** Lets these roles through. */
  guard(roles: readonly Role[], answer: AnswerRefusal): RequestHandler;
  /** Charges the tenant, the user or the address that a request comes from. */
  limit(name: LimitName, refuse: RefuseLimited): RequestHandler;
}

type KeyOf = (req: Request, res: Response) => string | null;

export function composeCallers(
  config: Pick<Config, 'auth' | 'limits' | 'keys' | 'apisix'>,
  deps: {
    readonly database: DatabaseConnection;
    readonly clock: Clock;
    readonly log: Logger;
    /** A limit was used up. */
    readonly onLimited: (name: LimitName) => void;
  },
): Callers {
  const { log } = deps;
  const verify = createBearer(config.auth, { clock: deps.clock });
  const store = createRateLimits({
    pool: deps.database.pool,
    limits: config.limits,
    keys: config.keys.cookie,
    report: (error) =>
      log.warn({ err: describeError(error) }, 'rate limits are counted by this process alone'),
  });
  const limits: RateLimits = {
    async charge(name, key) {
      const standing = await store.charge(name, key);
      if (!standing.allowed) deps.onLimited(name);
      return standing;
    },
  };
  const addressOf = (req: Request): string =>
    addressKey(clientAddress(req, { upstreamSecret: config.apisix.upstreamSecret }));
  const keys: Readonly<Record<'tenant' | 'user' | 'address', KeyOf>> = {
    tenant: (_req, res) => String(callerOf(res).tenantId),
    user: (_req, res) => {
      const { tenantId, userId } = callerOf(res);
      return userId === null ? null : `${tenantId}:${userId}`;
    },
    address: (req) => addressOf(req),
  };
  const keyOf: Readonly<Record<LimitName, KeyOf>> = {
    'links-per-tenant': keys.tenant,
    'links-per-user': keys.user,
    'links-per-address': keys.address,
    'bookings-per-address': keys.address,
    'logins-per-address': keys.address,
    'logins-per-email': () => null,
    'booking-requests-per-address': keys.address,
    'booking-requests-per-email': () => null,
    'booking-reads-per-address': keys.address,
    'registrations-per-address': keys.address,
  };
  return {
    verify,
    limits,
    addressOf,
    guard: (roles, answer) => requireCaller(verify, roles, answer),
    limit: (name, refuse) => rateLimited(limits, name, keyOf[name], refuse),
  };
}
