import { createHmac, hkdfSync } from 'node:crypto';
import type { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../../platform/config.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { within } from '../../platform/within.ts';
import type { LimitName, LimitStanding, RateLimits } from './limits.ts';

/** Points per window. */
export type LimitSettings = Config['limits'];

export interface RateLimitsDependencies {
  readonly pool: Pool;
  readonly limits: LimitSettings;
  /** The ring of cookies: what makes rows unreadable is derived from its newest key. */
  readonly keys: KeyRing;
  /** Is told once when the store goes away and each process begins to count for itself. */
  readonly report?: (error: unknown) => void;
  /** Monotonic milliseconds. Default: `performance.now()`. */
  readonly elapsed?: () => number;
  /** How long a request waits for the store, in milliseconds. Default 1000. */
  readonly patienceMs?: number;
}

interface Limit {
  readonly points: number;
  readonly windowSeconds: number;
  /** Its keys are addresses or e-mail addresses. */
  readonly personal: boolean;
}

interface Counter {
  readonly limit: Limit;
  readonly shared: RateLimiterPostgres;
  readonly own: RateLimiterMemory;
}

const TABLE = 'rate_limits';
const MINUTE = 60;
const QUARTER_HOUR = 900;
const HOUR = 3600;
/** While the store is away only one request in so many milliseconds waits for it. */
const AWAY_MS = 5000;

function limitsOf(settings: LimitSettings): Readonly<Record<LimitName, Limit>> {
  const perMinute = (points: number, personal: boolean): Limit => ({
    points,
    windowSeconds: MINUTE,
    personal,
  });
  return {
    'links-per-tenant': perMinute(settings.linksPerTenant, false),
    'links-per-user': perMinute(settings.linksPerUser, false),
    'links-per-address': perMinute(settings.linksPerAddress, true),
    'bookings-per-address': perMinute(settings.bookingsPerAddress, true),
    'logins-per-address': perMinute(settings.loginsPerAddress, true),
    'logins-per-email': { points: settings.loginsPerEmail, windowSeconds: QUARTER_HOUR, personal: true },
    'booking-requests-per-address': perMinute(settings.bookingRequestsPerAddress, true),
    'booking-requests-per-email': {
      points: settings.bookingRequestsPerEmail,
      windowSeconds: HOUR,
      personal: true,
    },
    'booking-reads-per-address': perMinute(settings.bookingReadsPerAddress, true),
    'registrations-per-address': perMinute(settings.registrationsPerAddress, true),
  };
}

function counterOf(pool: Pool, name: LimitName, limit: Limit): Counter {
  const shape = { keyPrefix: name, points: limit.points, duration: limit.windowSeconds };
  return {
    limit,
    shared: new RateLimiterPostgres({
      ...shape,
      storeClient: pool,
      storeType: 'pool',
      tableName: TABLE,
      tableCreated: true,
      clearExpiredByTimeout: false,
      // Who is over the limit costs the store nothing more until the window ends.
      inMemoryBlockOnConsumed: limit.points,
    }),
    own: new RateLimiterMemory(shape),
  };
}

function standingOf(limit: Limit, result: RateLimiterRes, allowed: boolean): LimitStanding {
  return {
    allowed,
    limit: limit.points,
    remaining: allowed ? Math.max(0, result.remainingPoints) : 0,
    resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
  };
}

/**
 * The library rejects with a result when the limit is used up, and with an error when its store failed.
 *
 * @throws the store's error.
 */
async function consume(
  counter: RateLimiterPostgres | RateLimiterMemory,
  limit: Limit,
  key: string,
): Promise<LimitStanding> {
  try {
    return standingOf(limit, await counter.consume(key), true);
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) return standingOf(limit, thrown, false);
    throw thrown;
  }
}

/**
 * Counts in windows that begin with a key's first request, in PostgreSQL, so that all processes count together. The
 * library reads the system's clock itself. Keys that are addresses or e-mail addresses are stored only as an HMAC.
 */
export function createRateLimits(deps: RateLimitsDependencies): RateLimits {
  const elapsed = deps.elapsed ?? (() => performance.now());
  const patienceMs = deps.patienceMs ?? 1000;
  // An address has so few values that a plain hash of it could be turned back.
  const pepper = Buffer.from(hkdfSync('sha256', deps.keys.newest.secret, '', 'latchkey rate limits', 32));
  const limits = limitsOf(deps.limits);
  const names = Object.keys(limits) as LimitName[];
  const counters = Object.fromEntries(
    names.map((name) => [name, counterOf(deps.pool, name, limits[name])]),
  ) as Readonly<Record<LimitName, Counter>>;
  let awayUntil = -Infinity;
  let away = false;

  function isAway(error: unknown): void {
    awayUntil = elapsed() + AWAY_MS;
    if (!away) deps.report?.(error);
    away = true;
  }

  /** @returns undefined while the store is away. */
  async function chargeShared(counter: Counter, key: string): Promise<LimitStanding | undefined> {
    if (elapsed() < awayUntil) return undefined;
    // Those who come while this one looks whether the store is back do not wait with it.
    if (away) awayUntil = elapsed() + AWAY_MS;
    try {
      const asked = consume(counter.shared, counter.limit, key);
      const standing = await within<LimitStanding | undefined>(patienceMs, asked, () => undefined);
      if (standing === undefined) {
        isAway(new Error('the rate limits were not answered in time'));
        return undefined;
      }
      away = false;
      awayUntil = -Infinity;
      return standing;
    } catch (error) {
      isAway(error);
      return undefined;
    }
  }

  return {
    async charge(name, key) {
      const counter = counters[name];
      const stored = counter.limit.personal
        ? createHmac('sha256', pepper).update(key).digest('base64url')
        : key;
      return (await chargeShared(counter, stored)) ?? consume(counter.own, counter.limit, stored);
    },
  };
}
