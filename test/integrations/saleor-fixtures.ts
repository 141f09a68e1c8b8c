import { readFileSync } from 'node:fs';
import { z } from 'zod';

const requestSchema = z.object({
  name: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body_base64: z.string(),
});

/** A request that a real Saleor 3.23.28 sent. */
export interface RealRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** Names as they came. */
  readonly headerNames: readonly string[];
  readonly body: Buffer;
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/saleor/${name}.json`, import.meta.url), 'utf8'));
}

export function realRequest(name: string): RealRequest {
  const request = requestSchema.parse(read(name));
  return {
    headers: Object.fromEntries(request.headers.map(([header, value]) => [header.toLowerCase(), value])),
    headerNames: request.headers.map(([header]) => header),
    body: Buffer.from(request.body_base64, 'base64'),
  };
}

/** All real webhooks: fully paid A, B and E, refunded A, cancelled A. */
export const realWebhooks = [
  '11-order-fully-paid-A',
  '14-order-fully-paid-B',
  '42-multi-event-fully-paid-E',
  '52-order-refunded-A',
  '54-order-cancelled-A',
] as const;

export const realDomain = '127.0.0.1:58000';

export function realJwks(): unknown {
  return read('jwks_before_rotation');
}
