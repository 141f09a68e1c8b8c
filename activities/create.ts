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
  const { log } = dependencies;
  return {
    confirmPayment: withFailureCodes(log, 'confirmPayment', session.confirmPayment),
    refund: withFailureCodes(log, 'refund', session.refund, SALEOR_LONGEST_REQUEST_MS),
    claimGrace: withFailureCodes(log, 'claimGrace', session.claimGrace),
    issueLink: withFailureCodes(log, 'issueLink', session.issueLink),
    openTicket: withFailureCodes(log, 'openTicket', session.openTicket, ZAMMAD_LONGEST_REQUEST_MS),
    writeTicket: withFailureCodes(log, 'writeTicket', session.writeTicket, ZAMMAD_LONGEST_REQUEST_MS),
    remind: withFailureCodes(log, 'remind', session.remind, ZAMMAD_LONGEST_REQUEST_MS),
    putRoute: withFailureCodes(log, 'putRoute', session.putRoute),
    deleteRoute: withFailureCodes(log, 'deleteRoute', session.deleteRoute),
    publish: withFailureCodes(log, 'publish', session.publish),
    makeBookingLink: withFailureCodes(log, 'makeBookingLink', session.makeBookingLink),
    askProvider: withFailureCodes(log, 'askProvider', session.askProvider),
    cancelAppointment: withFailureCodes(log, 'cancelAppointment', session.cancelAppointment),
    moveAppointment: withFailureCodes(log, 'moveAppointment', session.moveAppointment),
    handOver: withFailureCodes(log, 'handOver', session.handOver),
    makeBookingLinkOf: withFailureCodes(log, 'makeBookingLinkOf', bookings.makeBookingLinkOf),
    askProviderOf: withFailureCodes(log, 'askProviderOf', bookings.askProviderOf),
    cancelAppointmentOf: withFailureCodes(log, 'cancelAppointmentOf', bookings.cancelAppointmentOf),
    recordBooking: withFailureCodes(log, 'recordBooking', bookings.recordBooking),
    deliverWebhook: withFailureCodes(log, 'deliverWebhook', webhooks.deliverWebhook),
    giveUpWebhook: withFailureCodes(log, 'giveUpWebhook', webhooks.giveUpWebhook),
    findRunsOfPerson: withFailureCodes(log, 'findRunsOfPerson', erasures.findRunsOfPerson),
    blankTicket: withFailureCodes(log, 'blankTicket', erasures.blankTicket, ZAMMAD_LONGEST_REQUEST_MS),
    requestProviderDeletion: withFailureCodes(
      log,
      'requestProviderDeletion',
      erasures.requestProviderDeletion,
    ),
    blankPerson: withFailureCodes(log, 'blankPerson', erasures.blankPerson),
    certify: withFailureCodes(log, 'certify', erasures.certify),
  };
}
