import { renewBookingLink } from '../db/queries/booking.ts';
import { CodedFailure } from '../platform/failures.ts';
import { signReference } from '../platform/reference.ts';
import { type SchedulingFacts, schedulingUrl } from '../platform/scheduling-url.ts';
import type { SessionActivities } from '../workflows/contract/activities.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { askForSession, bookingSubject } from './provider-truth.ts';

/** Which booking of the session a link is for. It travels as a tracking parameter and comes back in webhooks. */
const ROUND = 'utm_campaign';

const roundOf = (booked: number): string => `booking-${booked + 1}`;

/** A link that no appointment was made with yet, as far as we have heard. */
export function isUnspent(url: string | null, booked: number): boolean {
  return url !== null && URL.canParse(url) && new URL(url).searchParams.get(ROUND) === roundOf(booked);
}

/** The session's scheduling link, marked with the booking of it that it is for. */
export function bookingUrl(
  link: string,
  { booked, ...facts }: Omit<SchedulingFacts, 'campaign'> & { readonly booked: number },
): string {
  return schedulingUrl(link, { ...facts, campaign: roundOf(booked) });
}

export function appointmentActivities(
  dependencies: ActivityDependencies,
): Pick<SessionActivities, 'makeBookingLink' | 'askProvider' | 'cancelAppointment'> {
  const { db, calendly, linkKeys } = dependencies;
  return {
    async makeBookingLink({ sessionKey }) {
      const subject = await bookingSubject(db, sessionKey);
      const known = await renewBookingLink(db, sessionKey, async ({ url, booked }) => {
        if (isUnspent(url, booked)) return null;
        // Not idempotent at Calendly: an attempt whose answer was lost leaves a link that no one was handed.
        const link = await calendly.createSchedulingLink(subject.eventType);
        return bookingUrl(link.bookingUrl, {
          reference: signReference(linkKeys, sessionKey),
          name: subject.name,
          email: subject.email,
          booked,
        });
      });
      if (!known) throw new CodedFailure('row-missing', `no session ${sessionKey}`);
      return { kind: 'make-booking-link' };
    },

    async askProvider({ sessionKey, appointment }) {
      return { kind: 'ask-provider', truth: await askForSession(dependencies, sessionKey, appointment) };
    },

    async cancelAppointment({ sessionKey, appointment }) {
      await bookingSubject(db, sessionKey);
      await calendly.cancelAppointment(appointment, 'The session was cancelled.');
      return { kind: 'cancel-appointment' };
    },
  };
}
