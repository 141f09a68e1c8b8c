import { randomId } from '../../../platform/random-id.ts';
import { BOOKING_POLICY } from '../../../api/booking/policy.ts';
import type { Database } from '../../../db/connect.ts';
import { insertBookingRequest } from '../../../db/queries/booking-requests.ts';
import { markBookingStarted } from '../../../db/queries/bookings.ts';
import type { BookingInput } from '../../../workflows/contract/booking.ts';
import type { BookingKey, Instant } from '../../../workflows/contract/values.ts';
import type { FakeTemporal } from '../intake-rig.ts';

/** A visitor's booking whose run is open. */
export async function openRequest(
  db: Database,
  temporal: FakeTemporal,
  facts: { readonly tenantId: number; readonly at: Instant },
): Promise<BookingInput> {
  const bookingKey = randomId() as BookingKey;
  const workflowId = `booking-${bookingKey}`;
  const input: BookingInput = {
    rulesVersion: 1,
    bookingKey,
    tenantId: facts.tenantId,
    provider: 'calendly',
    requestedAt: facts.at,
    policy: BOOKING_POLICY,
  };
  const visitor = {
    firstName: 'Ada',
    lastName: 'Example',
    companyName: 'Example',
    companyWebsite: 'https://example.com',
    position: 'Owner',
    isDecisionMaker: true,
    email: 'ada@example.com',
    businessPhone: null,
  };
  await insertBookingRequest(db, { visitor, workflowId, eventType: 'et-1', input });
  await markBookingStarted(db, bookingKey, new Date(facts.at));
  temporal.openBookings.add(workflowId);
  return input;
}
