import type { SessionActivities } from '../workflows/contract/activities.ts';
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
import { ticketActivities } from './tickets.ts';
import { webhookActivities } from './webhooks.ts';

/** All that workers carry out. */
export type Activities = SessionActivities & BookingActivities & WebhookActivities & ErasureActivities;

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
  const payments = paymentActivities(dependencies);
  const graces = graceActivities(dependencies);
  const links = linkActivities(dependencies);
  const tickets = ticketActivities(dependencies);
  const gateway = gatewayActivities(dependencies);
  const records = recordActivities(dependencies);
  const appointments = appointmentActivities(dependencies);
  const bookings = bookingActivities(dependencies);
  const webhooks = webhookActivities(dependencies);
  const erasures = erasureActivities(dependencies);
  const { log } = dependencies;
  return {
    confirmPayment: withFailureCodes(log, 'confirmPayment', payments.confirmPayment),
    refund: withFailureCodes(log, 'refund', payments.refund, SALEOR_LONGEST_REQUEST_MS),
    claimGrace: withFailureCodes(log, 'claimGrace', graces.claimGrace),
    issueLink: withFailureCodes(log, 'issueLink', links.issueLink),
    openTicket: withFailureCodes(log, 'openTicket', tickets.openTicket, ZAMMAD_LONGEST_REQUEST_MS),
    writeTicket: withFailureCodes(log, 'writeTicket', tickets.writeTicket, ZAMMAD_LONGEST_REQUEST_MS),
    remind: withFailureCodes(log, 'remind', tickets.remind, ZAMMAD_LONGEST_REQUEST_MS),
    putRoute: withFailureCodes(log, 'putRoute', gateway.putRoute),
    deleteRoute: withFailureCodes(log, 'deleteRoute', gateway.deleteRoute),
    publish: withFailureCodes(log, 'publish', records.publish),
    makeBookingLink: withFailureCodes(log, 'makeBookingLink', appointments.makeBookingLink),
    askProvider: withFailureCodes(log, 'askProvider', appointments.askProvider),
    cancelAppointment: withFailureCodes(log, 'cancelAppointment', appointments.cancelAppointment),
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
