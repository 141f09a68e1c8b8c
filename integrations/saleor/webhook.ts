import { flattenedVerify, type CryptoKey } from 'jose';
import { z } from 'zod';
import { fetchShopKeys, type FetchKeys } from './jwks.ts';
import { parseSaleorJson } from './wire-json.ts';
import { readSaleorEvent, saleorEventSchema, type SaleorWebhookEvent } from './wire.ts';

/** Why a request is certainly not a webhook for us; stable. */
export type SaleorRefusal =
  /** One is missing, or contradicts its `X-` twin. */
  | 'bad-headers'
  /** The shop is not ours, or has not installed the app. */
  | 'unknown-shop'
  /** Saleor's deprecated webhooks with a secret of their own: hexadecimal, no JWS. */
  | 'secret-key-signature'
  /** A JWS that carries its payload. */
  | 'not-detached'
  /** Not RS256 over the raw body. */
  | 'unsupported-signature'
  | 'unknown-key'
  | 'signature-mismatch'
  | 'not-json'
  /** Saleor's deprecated webhooks without a subscription query: a list. */
  | 'legacy-body'
  | 'no-event'
  /** The header, which is not signed, names another event than the body. */
  | 'event-mismatch'
  /** Signed by the shop for another of its apps. */
  | 'another-app';

export type SaleorVerdict =
  | { readonly ok: true; readonly domain: string; readonly event: SaleorWebhookEvent }
  /** Final: Saleor does not repeat after a 401. */
  | { readonly ok: false; readonly code: 'bad-signature'; readonly reason: SaleorRefusal }
  /** Nothing is known about the signature: a 503 makes Saleor try again. */
  | {
      readonly ok: false;
      readonly code: 'keys-unavailable';
      readonly reason: 'keys-unreachable' | 'keys-just-fetched';
    };

/** A shop that may send us webhooks. */
export interface SigningShop {
  readonly jwksUrl: URL;
  /** Our app's id in this shop: an event for another app is refused. Null: we do not know it. */
  readonly appId: string | null;
}

export interface SaleorVerifierOptions {
  /** The allow-list: undefined for a shop that is not ours or has not installed the app. */
  readonly shopOf: (domain: string) => Promise<SigningShop | undefined>;
  readonly fetch?: FetchKeys;
  /** Milliseconds. */
  readonly now?: () => number;
  /** A shop's keys are fetched at most once in this time. Below Saleor's first retry (10 s). Default 5,000. */
  readonly refetchAfterMs?: number;
  readonly fetchTimeoutMs?: number;
}

export interface SaleorVerifier {
  /** @throws what `shopOf` throws. */
  verify(request: {
    headers: Readonly<Record<string, string | undefined>>;
    body: Buffer;
  }): Promise<SaleorVerdict>;
}

type Refusal = Extract<SaleorVerdict, { ok: false }>;
type Undecided = Extract<SaleorVerdict, { code: 'keys-unavailable' }>;
const refused = (reason: SaleorRefusal): Refusal => ({ ok: false, code: 'bad-signature', reason });
const cannotTell = (reason: Undecided['reason']): Refusal => ({
  ok: false,
  code: 'keys-unavailable',
  reason,
});

const headerSchema = z.object({
  alg: z.literal('RS256'),
  b64: z.literal(false),
  crit: z.tuple([z.literal('b64')]),
  kid: z.string().min(1),
});

interface DetachedSignature {
  readonly protectedHeader: string;
  readonly signature: string;
  readonly kid: string;
}

function readSignature(value: string): DetachedSignature | Refusal {
  const [protectedHeader, payload, signature, ...rest] = value.split('.');
  if (payload === undefined) return refused('secret-key-signature');
  if (!protectedHeader || payload !== '' || !signature || rest.length > 0) return refused('not-detached');
  try {
    const header = headerSchema.safeParse(
      JSON.parse(Buffer.from(protectedHeader, 'base64url').toString('utf8')),
    );
    if (!header.success) return refused('unsupported-signature');
    return { protectedHeader, signature, kid: header.data.kid };
  } catch {
    return refused('unsupported-signature');
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
 * public keys of the shop that the request names. Headers are not signed, so the event is the signed `__typename`, which the header must equal.
 * An unknown key id makes the keys be fetched again, at most once per `refetchAfterMs`; while that is not allowed
 * yet, the answer is "cannot tell", since a refusal would lose a payment signed just after a key rotation.
 */
export function createSaleorVerifier(options: SaleorVerifierOptions): SaleorVerifier {
  const now = options.now ?? Date.now;
  const refetchAfterMs = options.refetchAfterMs ?? 5000;
  const shops = new Map<string, ShopKeys>();

  async function refresh(shop: ShopKeys, url: URL): Promise<void> {
    shop.fetchedAt = now();
    try {
      shop.keys = await fetchShopKeys(url, {
        timeoutMs: options.fetchTimeoutMs ?? 5000,
        ...(options.fetch ? { fetch: options.fetch } : {}),
      });
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
    if (shop.lastFailed) return cannotTell('keys-unreachable');
    return mayFetch ? refused('unknown-key') : cannotTell('keys-just-fetched');
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
      if (!domain || !headerEvent || !signature) return refused('bad-headers');

      const from = await options.shopOf(domain);
      if (!from) return refused('unknown-shop');
      const detached = readSignature(signature);
      if ('ok' in detached) return detached;
      const key = await keyOf(domain, from.jwksUrl, detached.kid);
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
        return refused('signature-mismatch');
      }

      let raw: unknown;
      try {
        raw = parseSaleorJson(body.toString('utf8'));
      } catch {
        return refused('not-json');
      }
      if (Array.isArray(raw)) return refused('legacy-body');
      const event = readSaleorEvent(raw, headerEvent);
      if (!event) return refused('no-event');
      if (event.typename !== typenameOfHeader(headerEvent)) return refused('event-mismatch');
      if (from.appId !== null && saleorEventSchema.parse(raw).recipient?.id !== from.appId)
        return refused('another-app');
      return { ok: true, domain, event };
    },
  };
}
