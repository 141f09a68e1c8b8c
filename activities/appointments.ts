import { renewBookingLink } from '../db/queries/booking.ts';
import { CodedFailure } from '../platform/failures.ts';
import { signReference } from '../platform/reference.ts';
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

/** The provider's link with the session's signed reference, and the form filled in for the client. */
export function bookingUrl(
  link: string,
  facts: {
    readonly reference: string;
    readonly name: string;
    readonly email: string;
    readonly booked: number;
  },
): string {
  const url = new URL(link);
  url.searchParams.set('utm_content', facts.reference);
  url.searchParams.set(ROUND, roundOf(facts.booked));
  if (facts.name !== '') url.searchParams.set('name', facts.name);
  url.searchParams.set('email', facts.email);
  return url.href;
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
