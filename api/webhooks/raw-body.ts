import express, { type RequestHandler } from 'express';

/** Far above any order or appointment; what is larger is not a webhook of ours. */
const LIMIT = '1mb';

/**
 * The body as it came, whatever its content type says: a signature covers bytes, and JSON that was parsed and
 * written again is no longer what was signed. A compressed body is refused (415); no vendor here sends one.
 */
export function rawBody(): RequestHandler {
  return express.raw({ type: () => true, limit: LIMIT, inflate: false });
}

/** The bytes that {@link rawBody} left; none for a request without a body. */
export function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
