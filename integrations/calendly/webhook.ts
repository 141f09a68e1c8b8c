import { createHmac, timingSafeEqual } from 'node:crypto';

interface SignatureParts {
  readonly timestamp: string;
  readonly signatures: readonly Buffer[];
}

/** `t=<unix seconds>,v1=<hex>` in any order, with spaces, with unknown versions, with several `v1`. */
function parseSignatureHeader(header: string): SignatureParts | undefined {
  const timestamps: string[] = [];
  const signatures: Buffer[] = [];
  for (const part of header.split(',')) {
    const [name, value] = part.split('=').map((text) => text.trim());
    if (name === undefined || value === undefined) continue;
    if (name === 't') timestamps.push(value);
    if (name === 'v1' && /^[0-9a-f]{64}$/i.test(value)) signatures.push(Buffer.from(value, 'hex'));
  }
  const [timestamp, ...others] = timestamps;
  if (timestamp === undefined || others.length > 0 || !/^\d{1,12}$/.test(timestamp)) return undefined;
  return { timestamp, signatures };
}

/** The `Calendly-Webhook-Signature` header's value for a body. `timestamp` in whole unix seconds. */
export function signCalendlyWebhook(body: Buffer, secret: string, timestamp: number): string {
  const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
  return `t=${timestamp},v1=${signature}`;
}

/**
 * Whether `header` (`Calendly-Webhook-Signature`) signs exactly these bytes, at a time within `toleranceMs` of
 * `now` (milliseconds) in either direction. Compared as bytes in constant time, so the hex digits' case is free.
 */
export function verifyCalendlySignature(request: {
  readonly header: string | undefined;
  readonly body: Buffer;
  readonly secret: string;
  readonly toleranceMs: number;
  readonly now: number;
}): boolean {
  if (request.header === undefined || request.secret === '') return false;
  const parts = parseSignatureHeader(request.header);
  if (!parts) return false;
  if (Math.abs(request.now - Number(parts.timestamp) * 1000) > request.toleranceMs) return false;
  const expected = createHmac('sha256', request.secret)
    .update(`${parts.timestamp}.`)
    .update(request.body)
    .digest();
  // No early exit: the time taken does not tell which of several signatures fitted.
  return parts.signatures.map((candidate) => timingSafeEqual(candidate, expected)).includes(true);
}
