import { readFileSync } from 'node:fs';
import { z } from 'zod';

const here = new URL('../fixtures/', import.meta.url);

const requestSchema = z.object({
  headers: z.array(z.tuple([z.string(), z.string()])),
  body_base64: z.string(),
  received_epoch: z.number(),
});

export interface SaleorRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Milliseconds: when it really arrived. */
  readonly receivedAt: number;
}

export type SaleorFixture =
  | '11-order-fully-paid-A'
  | '14-order-fully-paid-B'
  | '42-multi-event-fully-paid-E'
  | '52-order-refunded-A'
  | '54-order-cancelled-A';

/** A request of a real Saleor, its headers in lower case and without those of the connection. */
export function saleorRequest(name: SaleorFixture): SaleorRequest {
  const request = requestSchema.parse(JSON.parse(readFileSync(new URL(`saleor/${name}.json`, here), 'utf8')));
  const ofConnection = ['host', 'content-length', 'connection', 'accept-encoding'];
  const headers = request.headers
    .map(([key, value]) => [key.toLowerCase(), value] as const)
    .filter(([key]) => !ofConnection.includes(key));
  return {
    headers: Object.fromEntries(headers),
    body: Buffer.from(request.body_base64, 'base64'),
    receivedAt: Math.round(request.received_epoch * 1000),
  };
}

/** The real shop's public keys, as it served them. */
export const saleorKeys = (): string =>
  readFileSync(new URL('saleor/jwks_before_rotation.json', here), 'utf8');

export type CalendlyFixture =
  | 'invitee.created'
  | 'invitee.canceled'
  | 'invitee.canceled.by_host'
  | 'invitee_no_show.created'
  | 'invitee_no_show.deleted'
  | 'reschedule.1.canceled_old'
  | 'reschedule.2.created_new';

export type CalcomFixture =
  | 'BOOKING_CREATED'
  | 'BOOKING_RESCHEDULED'
  | 'BOOKING_CANCELLED'
  | 'BOOKING_CANCELLED.request_reschedule'
  | 'BOOKING_NO_SHOW_UPDATED'
  | 'BOOKING_PAID'
  | 'MEETING_ENDED';

/** A body of Cal.com's, with its metadata's reference replaced when one is given. */
export function calcomBody(name: CalcomFixture, reference?: string): Buffer {
  const text = readFileSync(new URL(`calcom/${name}.json`, here), 'utf8');
  return Buffer.from(reference === undefined ? text : text.replaceAll('bk_01HZX4', reference));
}

/** A body, with its tracking reference replaced when one is given. */
export function calendlyBody(name: CalendlyFixture, reference?: string): Buffer {
  const text = readFileSync(new URL(`calendly/${name}.json`, here), 'utf8');
  return Buffer.from(reference === undefined ? text : text.replaceAll('bk_01HZX4.s1gN', reference));
}
