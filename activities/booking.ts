import { OWN_LINK } from '../db/queries/booking-requests.ts';
import {
  type BookingClient,
  findBookingClient,
  keepSchedulingLink,
  writeBookingRecord,
} from '../db/queries/bookings.ts';
import { providerOfAppointment } from '../platform/appointment-uri.ts';
import { CodedFailure } from '../platform/failures.ts';
import { signBookingReference } from '../platform/reference.ts';
import type { BookingActivities } from '../workflows/contract/booking.ts';
import type { BookingKey } from '../workflows/contract/values.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { askForTruth } from './provider-truth.ts';

/** The booking's facts. */
async function clientOf(db: ActivityDependencies['db'], bookingKey: BookingKey): Promise<BookingClient> {
  const client = await findBookingClient(db, bookingKey);
  if (!client) throw new CodedFailure('row-missing', `no booking ${bookingKey}`);
  return client;
}

/** What the provider tells the client when nobody gave a reason. */
const NO_REASON = 'The booking was cancelled.';

export function bookingActivities({
  db,
  clock,
  scheduling,
  linkKeys,
}: Pick<ActivityDependencies, 'db' | 'clock' | 'scheduling' | 'linkKeys'>): Pick<
  BookingActivities,
  keyof BookingActivities
> {
  return {
    async makeBookingLinkOf({ bookingKey }) {
      const { kind, provider, eventType, name, email } = await clientOf(db, bookingKey);
      const known = await keepSchedulingLink(db, bookingKey, async () => {
        // Not idempotent anywhere: an attempt whose answer was lost leaves a link that no one was handed.
        const link = await scheduling(provider).createSchedulingLink(eventType, {
          reference: signBookingReference(linkKeys, bookingKey),
          // Only a visitor may have been handed the default link beside it.
          campaign: kind === 'request' ? OWN_LINK : null,
          name,
          email,
        });
        return link.bookingUrl;
      });
      if (!known) throw new CodedFailure('row-missing', `no booking ${bookingKey}`);
      return { kind: 'make-booking-link' };
    },

    async askProviderOf({ bookingKey, appointment }) {
      const client = await clientOf(db, bookingKey);
      // Everybody's appointments fit a search for no address.
      if (appointment === null && client.email === '')
        return { kind: 'ask-provider', truth: { appointments: [] } };
      const owner = { kind: 'booking', key: bookingKey } as const;
      const truth = await askForTruth({ db, clock, scheduling, linkKeys }, owner, client, appointment);
      return { kind: 'ask-provider', truth };
    },

    async cancelAppointmentOf({ bookingKey, appointment }) {
      const { cancelReason } = await clientOf(db, bookingKey);
      const provider = scheduling(providerOfAppointment(appointment));
      await provider.cancelAppointment(appointment, cancelReason ?? NO_REASON);
      return { kind: 'cancel-appointment' };
    },

    async recordBooking({ bookingKey, record }) {
      // An older version than the stored one is no failure: what it would have said is already overtaken.
      const known = await writeBookingRecord(db, bookingKey, record, new Date(clock()));
      if (!known) throw new CodedFailure('row-missing', `no booking ${bookingKey}`);
      return { kind: 'record-booking', version: record.version };
    },
  };
}
