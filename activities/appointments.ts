import { handOverSession, renewBookingLink } from '../db/queries/booking.ts';
import { campaignOf } from '../integrations/scheduling/campaign.ts';
import { providerOfAppointment } from '../platform/appointment-uri.ts';
import { CodedFailure } from '../platform/failures.ts';
import { signReference } from '../platform/reference.ts';
import type { SessionActivities } from '../workflows/contract/activities.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { askForSession, bookingSubject } from './provider-truth.ts';

/** Which booking of the session a link is for. It travels as the link's campaign and comes back in webhooks. */
export const roundOf = (booked: number): string => `booking-${booked + 1}`;

/** A link that no appointment was made with yet, as far as we have heard. */
export function isUnspent(url: string | null, booked: number): boolean {
  return url !== null && campaignOf(url) === roundOf(booked);
}

export function appointmentActivities(
  dependencies: ActivityDependencies,
): Pick<
  SessionActivities,
  'makeBookingLink' | 'askProvider' | 'cancelAppointment' | 'moveAppointment' | 'handOver'
> {
  const { db, scheduling, linkKeys } = dependencies;
  return {
    async makeBookingLink({ sessionKey }) {
      const subject = await bookingSubject(db, sessionKey);
      const known = await renewBookingLink(db, sessionKey, async ({ url, booked }) => {
        if (isUnspent(url, booked)) return null;
        // Not idempotent anywhere: an attempt whose answer was lost leaves a link that no one was handed.
        const facts = {
          reference: signReference(linkKeys, sessionKey),
          campaign: roundOf(booked),
          name: subject.name,
          email: subject.email,
        };
        return await scheduling(subject.provider).createSchedulingLink(subject.eventType, facts, {
          withdrawable: true,
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
      const provider = scheduling(providerOfAppointment(appointment));
      await provider.cancelAppointment(appointment, 'The session was cancelled.');
      return { kind: 'cancel-appointment' };
    },

    async moveAppointment({ sessionKey, appointment, startsAt }) {
      const { moveAppointment } = scheduling(providerOfAppointment(appointment));
      if (moveAppointment === null)
        throw new CodedFailure(
          'not-configured',
          `a provider that moves none has ${sessionKey}'s appointment`,
        );
      await bookingSubject(db, sessionKey);
      await moveAppointment(appointment, { startsAt, reason: 'The session was moved.' });
      const truth = await askForSession(dependencies, sessionKey, appointment);
      return { kind: 'move-appointment', truth };
    },

    async handOver({ sessionKey, provider, eventType }) {
      if (!(await handOverSession(db, sessionKey, { provider, eventType })))
        throw new CodedFailure('row-missing', `no session ${sessionKey}`);
      return { kind: 'hand-over' };
    },
  };
}
