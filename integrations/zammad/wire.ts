import { z } from 'zod';
import type { FailureCode } from '../../platform/failures.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import type { Ticket } from './contract.ts';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** A ticket as `?expand=true` gives it; what we do not use is dropped. */
export const ticketSchema = z
  .object({
    id: z.number().int(),
    number: z.string(),
    state: text,
    customer_id: z.number().int(),
    session_id: text,
    session_action: text,
    session_rev: z
      .number()
      .int()
      .nullish()
      .transform((rev) => rev ?? 0),
    updated_at: z.iso.datetime({ offset: true }).transform((at) => Date.parse(at) as Instant),
  })
  .transform(
    (ticket): Ticket => ({
      id: ticket.id,
      number: ticket.number,
      sessionId: ticket.session_id,
      sessionRev: ticket.session_rev,
      sessionAction: ticket.session_action,
      updatedAt: ticket.updated_at,
      state: ticket.state,
      customerId: ticket.customer_id,
    }),
  );

export const ticketListSchema = z.array(ticketSchema);

/** `GET /links`, seen from the ticket that was asked about. */
export const linksSchema = z.object({
  links: z.array(
    z.object({ link_type: z.string(), link_object: z.string(), link_object_value: z.coerce.number().int() }),
  ),
});

export const userSchema = z.object({ id: z.number().int(), email: text });
export const userListSchema = z.array(userSchema);

/** `error_human` equals `error` wherever it is there; some answers have only `error`. */
const errorSchema = z.object({ error: z.string() });

/** Zammad's words for a unique violation, before and since version 6. */
function saysAlreadyExists(error: string): boolean {
  return /already exists|already used/i.test(error);
}

/** What Zammad's error bodies mean where its status alone misleads. */
export function classify(status: number, body: unknown): FailureCode | undefined {
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { error } = parsed.data;
  if (status === 403 && error === 'Authentication required') return 'vendor-unauthorized';
  if (status === 403 && error === 'Maintenance mode enabled!') return 'vendor-unavailable';
  if (status === 422 && saysAlreadyExists(error)) return 'vendor-conflict';
  return undefined;
}

/** A ticket whose articles went into another one: nobody works on it any more. */
export function isMerged({ state }: Pick<Ticket, 'state'>): boolean {
  return state === 'merged';
}

/** The same about a ticket: without "(token)" it is not the permission that lacks, but a right in its group. */
export function classifyOfTicket(status: number, body: unknown): FailureCode | undefined {
  if (status === 403 && wordsOf(body) === 'Not authorized') return 'ticket-out-of-reach';
  return classify(status, body);
}

/** Zammad itself says that it has no such ticket; a 404 of something in between says nothing. */
export function isGone(error: unknown): boolean {
  return (
    error instanceof VendorFailure && error.code === 'vendor-not-found' && wordsOf(error.vendorBody) !== null
  );
}

/** Zammad's own words in the body of a refusal; null when it has none. */
export function wordsOf(body: unknown): string | null {
  return errorSchema.safeParse(body).data?.error ?? null;
}
