import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { discoveryAddress, isTrustedTransport } from './issuer-address.ts';

/** The issuer's keys could not be had; nothing is known about the token. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** The issuer's keys are there, and none is the one that the token names. */
export class UnknownKey extends Error {
  override readonly name = 'UnknownKey';
}

export type FetchKeys = (url: string, init: RequestInit) => Promise<Response>;

export interface IssuerKeysOptions {
  /** Exactly as in `iss`. */
  readonly issuer: string;
  /** Where the keys are; without it the issuer's discovery document says so. */
  readonly jwksUri?: string;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  readonly fetch: FetchKeys;
  /** Per request, in milliseconds. */
  readonly timeoutMs: number;
}

/** A key that we do not know makes us ask again, but no oftener than this; jose counts it from the last answer. */
const COOLDOWN_MS = 30_000;
/** For so long a key that its issuer withdrew is still good here. */
const KEEP_KEYS_MS = 600_000;
/** After a failure nobody is asked for so long: each request would wait for the same time-out. */
const PAUSE_AFTER_FAILURE_MS = 5000;
/** How long we rely on where the keys are. */
const KEEP_ADDRESS_MS = 3_600_000;

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url() });

interface KeySource {
  readonly uri: string;
  readonly keys: JWTVerifyGetKey;
  readonly since: number;
}

/**
 * The public keys of an OpenID Connect issuer, fetched when the first token needs them.
 *
 * @returns for jose's `jwtVerify`; throws {UnknownKey} or {KeysUnavailable}.
 */
export function createIssuerKeys(options: IssuerKeysOptions): JWTVerifyGetKey {
  const { elapsed, timeoutMs } = options;
  let source: KeySource | undefined;
  let finding: Promise<KeySource> | undefined;
  let pausedUntil = -Infinity;

  /** One place for all requests to the issuer: the pause after a failure holds for every kind of them. */
  async function get(url: string, init: RequestInit): Promise<Response> {
    if (elapsed() < pausedUntil) throw new KeysUnavailable();
    try {
      const response = await options.fetch(url, init);
      if (response.status !== 200) throw new KeysUnavailable();
      return response;
    } catch (error) {
      pausedUntil = elapsed() + PAUSE_AFTER_FAILURE_MS;
      throw error;
    }
  }

  async function discover(): Promise<string> {
    const response = await get(discoveryAddress(options.issuer).href, {
      redirect: 'manual',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const found = discoverySchema.parse(await response.json());
    if (found.issuer !== options.issuer || !isTrustedTransport(new URL(found.jwks_uri)))
      throw new KeysUnavailable();
    return found.jwks_uri;
  }

  async function find(): Promise<KeySource> {
    const uri = options.jwksUri ?? (await discover());
    // The same address keeps its keys and their cool-down.
    if (source?.uri === uri) return { ...source, since: elapsed() };
    const keys = createRemoteJWKSet(new URL(uri), {
      timeoutDuration: timeoutMs,
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: KEEP_KEYS_MS,
      [customFetch]: get,
    });
    return { uri, keys, since: elapsed() };
  }

  async function current(): Promise<KeySource> {
    if (source !== undefined && elapsed() - source.since < KEEP_ADDRESS_MS) return source;
    finding ??= find().finally(() => {
      finding = undefined;
    });
    try {
      source = await finding;
    } catch (error) {
      if (source === undefined) throw error;
    }
    return source;
  }

  return async (header, token) => {
    try {
      return await (await current()).keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
        throw new UnknownKey();
      throw new KeysUnavailable();
    }
  };
}
