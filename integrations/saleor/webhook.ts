import { flattenedVerify, importJWK, type CryptoKey } from 'jose';
import { z } from 'zod';
import { parseSaleorJson } from './wire-json.ts';
import { readSaleorEvent, saleorEventSchema, type SaleorWebhookEvent } from './wire.ts';

export type SaleorVerdict =
  | { readonly ok: true; readonly domain: string; readonly event: SaleorWebhookEvent }
  | {
      readonly ok: false;
      /**
       * `bad-signature` is final: Saleor does not repeat after a 401. `keys-unavailable` means that nothing is known
       * about the signature; a 503 makes Saleor try again.
       */
      readonly code: 'bad-signature' | 'keys-unavailable';
      /** For the log; holds nothing of the body. */
      readonly why: string;
    };

export interface SaleorVerifierOptions {
  /** The allow-list: where a shop's public keys are, undefined for a shop that is not ours. */
  readonly jwksUrlFor: (domain: string) => URL | undefined;
  /** Our app's id in this shop; when given, an event addressed to another app is refused. */
  readonly appIdFor?: (domain: string) => string | undefined;
  readonly fetch?: (url: URL, init: RequestInit) => Promise<Response>;
  /** Milliseconds. */
  readonly now?: () => number;
  /** A shop's keys are fetched at most once in this time. Below Saleor's first retry (10 s). Default 5,000. */
  readonly refetchAfterMs?: number;
  readonly fetchTimeoutMs?: number;
}

export interface SaleorVerifier {
  verify(request: {
    headers: Readonly<Record<string, string | undefined>>;
    body: Buffer;
  }): Promise<SaleorVerdict>;
}

type Refusal = Extract<SaleorVerdict, { ok: false }>;
const refused = (why: string): Refusal => ({ ok: false, code: 'bad-signature', why });
const cannotTell = (why: string): Refusal => ({ ok: false, code: 'keys-unavailable', why });

const headerSchema = z.object({
  alg: z.literal('RS256'),
  b64: z.literal(false),
  crit: z.tuple([z.literal('b64')]),
  kid: z.string().min(1),
});

const jwksSchema = z.object({ keys: z.array(z.unknown()).min(1) });
const rsaKeySchema = z.object({ kty: z.literal('RSA'), kid: z.string(), n: z.string(), e: z.string() });

interface DetachedSignature {
  readonly protectedHeader: string;
  readonly signature: string;
  readonly kid: string;
}

function readSignature(value: string): DetachedSignature | Refusal {
  const [protectedHeader, payload, signature, ...rest] = value.split('.');
  if (payload === undefined) return refused('secret-key signatures are not accepted');
  if (!protectedHeader || payload !== '' || !signature || rest.length > 0)
    return refused('not a detached JWS');
  try {
    const header = headerSchema.safeParse(
      JSON.parse(Buffer.from(protectedHeader, 'base64url').toString('utf8')),
    );
    if (!header.success) return refused('the JWS header is not RS256 over the raw body');
    return { protectedHeader, signature, kid: header.data.kid };
  } catch {
    return refused('the JWS header is not JSON');
  }
}

interface ShopKeys {
  keys: ReadonlyMap<string, CryptoKey>;
  fetchedAt: number;
  lastFailed: boolean;
  underWay: Promise<void> | undefined;
}

/** `order_fully_paid` → `OrderFullyPaid`. */
export function typenameOfHeader(event: string): string {
  return event
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/**
 * Verifies Saleor's webhooks: a detached JWS (RFC 7797, `b64: false`, RS256) over the raw bytes of the body, with the
 * shop's public keys. Headers are not signed, so the event is the signed `__typename`, which the header must equal.
 * An unknown key id makes the keys be fetched again, at most once per `refetchAfterMs`; while that is not allowed
 * yet, the answer is "cannot tell", since a refusal would lose a payment signed just after a key rotation.
 */
export function createSaleorVerifier(options: SaleorVerifierOptions): SaleorVerifier {
  const send = options.fetch ?? ((url: URL, init: RequestInit) => fetch(url, init));
  const now = options.now ?? Date.now;
  const refetchAfterMs = options.refetchAfterMs ?? 5000;
  const shops = new Map<string, ShopKeys>();

  async function fetchKeys(url: URL): Promise<ReadonlyMap<string, CryptoKey>> {
    const response = await send(url, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(options.fetchTimeoutMs ?? 5000),
    });
    if (!response.ok) throw new Error(`the keys answered ${response.status}`);
    const keys = new Map<string, CryptoKey>();
    for (const jwk of jwksSchema.parse(await response.json()).keys) {
      const rsa = rsaKeySchema.safeParse(jwk);
      if (!rsa.success) continue;
      const key = await importJWK(rsa.data, 'RS256');
      if (!(key instanceof Uint8Array)) keys.set(rsa.data.kid, key);
    }
    return keys;
  }

  async function refresh(shop: ShopKeys, url: URL): Promise<void> {
    shop.fetchedAt = now();
    try {
      shop.keys = await fetchKeys(url);
      shop.lastFailed = false;
    } catch {
      shop.lastFailed = true;
    } finally {
      shop.underWay = undefined;
    }
  }

  async function keyOf(domain: string, url: URL, kid: string): Promise<CryptoKey | Refusal> {
    let shop = shops.get(domain);
    if (!shop) {
      shop = { keys: new Map(), fetchedAt: Number.NEGATIVE_INFINITY, lastFailed: false, underWay: undefined };
      shops.set(domain, shop);
    }
    const known = shop.keys.get(kid);
    if (known) return known;

    const mayFetch = !shop.underWay && now() - shop.fetchedAt >= refetchAfterMs;
    if (mayFetch) shop.underWay = refresh(shop, url);
    await shop.underWay;
    const found = shop.keys.get(kid);
    if (found) return found;
    if (shop.lastFailed) return cannotTell('the keys could not be fetched');
    return mayFetch
      ? refused('signed with a key the shop does not have')
      : cannotTell('the keys were fetched just now');
  }

  return {
    async verify({ headers, body }) {
      const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      const read = (name: string): string | undefined => {
        const plain = lower.get(`saleor-${name}`);
        const legacy = lower.get(`x-saleor-${name}`);
        if (plain !== undefined && legacy !== undefined && plain !== legacy) return undefined;
        return plain ?? legacy;
      };
      const domain = read('domain');
      const headerEvent = read('event');
      const signature = read('signature');
      if (!domain || !headerEvent || !signature)
        return refused('a Saleor header is missing or contradicts its twin');

      const url = options.jwksUrlFor(domain);
      if (!url) return refused('the shop is not ours');
      const detached = readSignature(signature);
      if ('ok' in detached) return detached;
      const key = await keyOf(domain, url, detached.kid);
      if ('ok' in key) return key;
      try {
        await flattenedVerify(
          {
            protected: detached.protectedHeader,
            payload: new Uint8Array(body),
            signature: detached.signature,
          },
          key,
          { algorithms: ['RS256'] },
        );
      } catch {
        return refused('the signature does not fit the body');
      }

      let raw: unknown;
      try {
        raw = parseSaleorJson(body.toString('utf8'));
      } catch {
        return refused('the signed body is not JSON');
      }
      if (Array.isArray(raw)) return refused('a legacy body without a subscription query');
      const event = readSaleorEvent(raw, headerEvent);
      if (!event) return refused('the signed body names no event');
      if (event.typename !== typenameOfHeader(headerEvent)) return refused('the header names another event');
      const appId = options.appIdFor?.(domain);
      if (appId !== undefined && saleorEventSchema.parse(raw).recipient?.id !== appId)
        return refused('the event is addressed to another app');
      return { ok: true, domain, event };
    },
  };
}
