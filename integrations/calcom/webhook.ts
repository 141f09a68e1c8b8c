import { createHmac, timingSafeEqual } from 'node:crypto';

/** The `X-Cal-Signature-256` header's value for a body. */
export function signCalcomWebhook(body: Buffer, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/**
 * Whether `header` (`X-Cal-Signature-256`) signs exactly these bytes. Compared as bytes in constant time, so the hex
 * digits' case is free. Cal.com writes `no-secret-provided` where a webhook has no secret: that signs nothing. The
 * signature has no time: hold the body against `ageOf` too.
 */
export function verifyCalcomSignature(request: {
  readonly header: string | undefined;
  readonly body: Buffer;
  readonly secret: string;
}): boolean {
  const { header, body, secret } = request;
  if (header === undefined || secret === '') return false;
  const given = header.trim();
  if (!/^[0-9a-f]{64}$/i.test(given)) return false;
  const expected = createHmac('sha256', secret).update(body).digest();
  return timingSafeEqual(Buffer.from(given, 'hex'), expected);
}
