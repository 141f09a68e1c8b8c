import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const digestOf = (body: Buffer, secret: string): Buffer => createHmac('sha1', secret).update(body).digest();

/** The `X-Hub-Signature` header's value for a body. SHA-1 is all that Zammad has; as an HMAC it still holds. */
export function signZammadWebhook(body: Buffer, secret: string): string {
  return `sha1=${digestOf(body, secret).toString('hex')}`;
}

/** Whether `header` (`X-Hub-Signature`) signs exactly these bytes. Compared in constant time. */
export function verifyZammadSignature(request: {
  readonly header: string | undefined;
  readonly body: Buffer;
  readonly secret: string;
}): boolean {
  const [, hex] = /^sha1=([0-9a-f]{40})$/i.exec(request.header ?? '') ?? [];
  if (hex === undefined || request.secret === '') return false;
  return timingSafeEqual(Buffer.from(hex, 'hex'), digestOf(request.body, request.secret));
}

/** Which ticket a webhook is about. Its other fields may be older or newer than what fired the trigger. */
export interface ZammadWebhook {
  readonly ticketId: number;
  /** As an agent may have written it; empty where the ticket has none. */
  readonly sessionId: string;
}

const sessionId = z
  .string()
  .nullish()
  .transform((text) => text ?? '');

/** Placeholders are always filled in as text. */
const customPayload = z
  .object({ ticket_id: z.stringFormat('an id', /^[1-9]\d{0,14}$/), session_id: sessionId })
  .transform((body): ZammadWebhook => ({ ticketId: Number(body.ticket_id), sessionId: body.session_id }));

const defaultPayload = z
  .object({ ticket: z.object({ id: z.number().int().positive(), session_id: sessionId }) })
  .transform(({ ticket }): ZammadWebhook => ({ ticketId: ticket.id, sessionId: ticket.session_id }));

const payload = z.union([customPayload, defaultPayload]);

/** Reads our custom payload, and Zammad's own for a webhook that was set up without one. */
export function parseZammadWebhook(body: Buffer): ZammadWebhook | undefined {
  try {
    return payload.safeParse(JSON.parse(body.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
