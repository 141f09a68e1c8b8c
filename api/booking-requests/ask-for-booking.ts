import type { Database } from '../../db/connect.ts';
import { insertBookingRequest, type WantedBooking } from '../../db/queries/booking-requests.ts';
import { type KeyedRequest, rememberRequest } from '../../db/queries/idempotency.ts';
import { ensureTenant } from '../../db/queries/people.ts';
import { randomId } from '../../platform/random-id.ts';
import { bookingRequestWorkflowId } from '../../platform/session-ids.ts';
import type { BookingKey, Instant, Provider } from '../../workflows/contract/values.ts';
import { BOOKING_POLICY } from '../booking/policy.ts';

/** 132 bits: whoever knows a booking's id was given it. */
export const newBookingKey = (): BookingKey => randomId() as BookingKey;

/** @param visitor as its schema wrote it, so that the same fields in another order are the same request. */
export function keyedRequestOf(key: string, visitor: WantedBooking['visitor']): KeyedRequest {
  return { scope: 'public-booking', key, request: visitor };
}

export interface BookingRequestSettings {
  /** Whose the bookings of this API are; made when it is not there yet. */
  readonly tenant: { readonly id: number; readonly name: string; readonly timeZone: string };
  /** With whom. */
  readonly provider: Provider;
  /** What is booked: the provider's event type. */
  readonly eventType: string;
}

/** `repeat`: of a request that was carried out; `other-request`: its key stands for another one. */
export type AskedBooking =
  | { readonly kind: 'first' | 'repeat'; readonly bookingKey: BookingKey }
  | { readonly kind: 'other-request' };

/**
 * Writes a visitor's booking, which is owed its run from then on, and what its idempotency key stands for, in one
 * transaction.
 */
export async function askForBooking(
  db: Database,
  asked: {
    readonly visitor: WantedBooking['visitor'];
    readonly keyed: KeyedRequest | null;
    readonly now: Instant;
  },
  { tenant, provider, eventType }: BookingRequestSettings,
): Promise<AskedBooking> {
  const { visitor, keyed, now } = asked;
  const bookingKey = newBookingKey();
  return db.transaction().execute(async (trx): Promise<AskedBooking> => {
    if (keyed !== null) {
      const remembered = await rememberRequest(trx, keyed, { subject: bookingKey, now });
      if (remembered.kind === 'other-request') return remembered;
      if (remembered.kind === 'repeat')
        return { kind: 'repeat', bookingKey: remembered.subject as BookingKey };
    }
    const { id: tenantId } = await ensureTenant(trx, tenant);
    await insertBookingRequest(trx, {
      visitor,
      eventType,
      workflowId: bookingRequestWorkflowId(bookingKey),
      input: {
        rulesVersion: 1,
        bookingKey,
        tenantId,
        provider,
        requestedAt: now,
        policy: BOOKING_POLICY,
      },
    });
    return { kind: 'first', bookingKey };
  });
}
