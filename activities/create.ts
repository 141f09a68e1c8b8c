import type { CarryingActivities } from '../workflows/contract/activities.ts';
import type { BookingActivities } from '../workflows/contract/booking.ts';
import type { ErasureActivities } from '../workflows/contract/erasure.ts';
import type { WebhookActivities } from '../workflows/contract/webhook.ts';
import { appointmentActivities } from './appointments.ts';
import { bookingActivities } from './booking.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { erasureActivities } from './erasure.ts';
import { withFailureCodes } from './failures.ts';
import { gatewayActivities } from './gateway.ts';
import { graceActivities } from './graces.ts';
import { linkActivities } from './links.ts';
import { paymentActivities } from './payments.ts';
import { recordActivities } from './records.ts';
import { carrying } from './riders.ts';
import { ticketActivities } from './tickets.ts';
import { webhookActivities } from './webhooks.ts';

/** All that workers carry out. */
export type Activities = CarryingActivities & BookingActivities & WebhookActivities & ErasureActivities;

/**
 * A request to Zammad that timed out may still be running there: the next attempt looks only when it must be over,
 * or it would find nothing and do the work twice. Zammad gives its own requests to others 30 s, and promises
 * nothing about the ones it answers.
 */
const ZAMMAD_LONGEST_REQUEST_MS = 30_000;

/**
 * The same at Saleor: a granted refund that comes late would stand beside that of the next attempt. It is never paid
 * out, but what it grants cannot be granted to the line's other units any more.
 */
const SALEOR_LONGEST_REQUEST_MS = 30_000;

/**
 * Every effect of a session, a booking or a webhook, on real dependencies. Whatever an activity throws leaves here as an
 * `ApplicationFailure` that carries a code and a request id and nothing of what a vendor or PostgreSQL said.
 */
export function createActivities(dependencies: ActivityDependencies): Activities {
  const session = carrying({
    ...paymentActivities(dependencies),
    ...graceActivities(dependencies),
    ...linkActivities(dependencies),
    ...ticketActivities(dependencies),
    ...gatewayActivities(dependencies),
    ...recordActivities(dependencies),
    ...appointmentActivities(dependencies),
  });
  const bookings = bookingActivities(dependencies);
  const webhooks = webhookActivities(dependencies);
  const erasures = erasureActivities(dependencies);
  return {
    confirmPayment: withFailureCodes(dependencies, 'confirmPayment', session.confirmPayment),
    refund: withFailureCodes(dependencies, 'refund', session.refund, SALEOR_LONGEST_REQUEST_MS),
    claimGrace: withFailureCodes(dependencies, 'claimGrace', session.claimGrace),
    issueLink: withFailureCodes(dependencies, 'issueLink', session.issueLink),
    openTicket: withFailureCodes(dependencies, 'openTicket', session.openTicket, ZAMMAD_LONGEST_REQUEST_MS),
    writeTicket: withFailureCodes(
      dependencies,
      'writeTicket',
      session.writeTicket,
      ZAMMAD_LONGEST_REQUEST_MS,
    ),
    remind: withFailureCodes(dependencies, 'remind', session.remind, ZAMMAD_LONGEST_REQUEST_MS),
    putRoute: withFailureCodes(dependencies, 'putRoute', session.putRoute),
    deleteRoute: withFailureCodes(dependencies, 'deleteRoute', session.deleteRoute),
    publish: withFailureCodes(dependencies, 'publish', session.publish),
    makeBookingLink: withFailureCodes(dependencies, 'makeBookingLink', session.makeBookingLink),
    askProvider: withFailureCodes(dependencies, 'askProvider', session.askProvider),
    cancelAppointment: withFailureCodes(dependencies, 'cancelAppointment', session.cancelAppointment),
    moveAppointment: withFailureCodes(dependencies, 'moveAppointment', session.moveAppointment),
    handOver: withFailureCodes(dependencies, 'handOver', session.handOver),
    makeBookingLinkOf: withFailureCodes(dependencies, 'makeBookingLinkOf', bookings.makeBookingLinkOf),
    askProviderOf: withFailureCodes(dependencies, 'askProviderOf', bookings.askProviderOf),
    cancelAppointmentOf: withFailureCodes(dependencies, 'cancelAppointmentOf', bookings.cancelAppointmentOf),
    recordBooking: withFailureCodes(dependencies, 'recordBooking', bookings.recordBooking),
    deliverWebhook: withFailureCodes(dependencies, 'deliverWebhook', webhooks.deliverWebhook),
    giveUpWebhook: withFailureCodes(dependencies, 'giveUpWebhook', webhooks.giveUpWebhook),
    findRunsOfPerson: withFailureCodes(dependencies, 'findRunsOfPerson', erasures.findRunsOfPerson),
    blankTicket: withFailureCodes(
      dependencies,
      'blankTicket',
      erasures.blankTicket,
      ZAMMAD_LONGEST_REQUEST_MS,
    ),
    requestProviderDeletion: withFailureCodes(
      dependencies,
      'requestProviderDeletion',
      erasures.requestProviderDeletion,
    ),
    blankPerson: withFailureCodes(dependencies, 'blankPerson', erasures.blankPerson),
    certify: withFailureCodes(dependencies, 'certify', erasures.certify),
  };
}
