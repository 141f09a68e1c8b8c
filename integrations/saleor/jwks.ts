import { importJWK, type CryptoKey } from 'jose';
import { z } from 'zod';

export type FetchKeys = (url: URL, init: RequestInit) => Promise<Response>;

const jwksSchema = z.object({ keys: z.array(z.unknown()).min(1) });
const rsaKeySchema = z.object({ kty: z.literal('RSA'), kid: z.string(), n: z.string(), e: z.string() });

/**
 * A shop's public keys by their ids. Redirects are not followed.
 *
 * @throws when there is no answer in time, or it holds no set of keys.
 */
export async function fetchShopKeys(
  url: URL,
  options: { readonly timeoutMs: number; readonly fetch?: FetchKeys },
): Promise<ReadonlyMap<string, CryptoKey>> {
  const send = options.fetch ?? ((to: URL, init: RequestInit) => fetch(to, init));
  const response = await send(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(options.timeoutMs),
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
