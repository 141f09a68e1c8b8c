import type { InboxRow } from '../../db/tables.ts';
import {
  isInviteeEvent,
  parseCalendlyWebhook,
  toAppointmentEvent,
} from '../../integrations/calendly/webhook-body.ts';
import { type AppointmentWebhook, deliverAppointment } from './appointment.ts';
import type { DeliveryDeps } from './dependencies.ts';
import { done, type Outcome, quarantine } from './outcome.ts';

/** Reads a stored body of Calendly's. */
export function readCalendly(body: Buffer): AppointmentWebhook | undefined {
  const webhook = parseCalendlyWebhook(body);
  return (
    webhook && {
      uri: webhook.inviteeUri,
      reference: webhook.reference,
      told: webhook.appointment,
      completed(answered) {
        // An answer from before the cancel cannot say whether it is half of a reschedule.
        const isOld = webhook.event === 'invitee.canceled' && answered.status === 'active';
        return isOld ? null : answered;
      },
      event: (appointment, receivedAt) => toAppointmentEvent(webhook, appointment, receivedAt),
    }
  );
}

/** What a Calendly webhook does. @throws {CodedFailure} when Calendly had to be asked and did not answer. */
export async function deliverCalendly(row: InboxRow, deps: DeliveryDeps): Promise<Outcome> {
  const webhook = readCalendly(row.body);
  if (webhook) return deliverAppointment(row, webhook, readCalendly, deps);
  // Others are subscribed to by mistake; one of these may be an appointment of ours.
  const maybeOurs = isInviteeEvent(row.event) || row.event === 'unknown';
  return maybeOurs ? quarantine('malformed') : done('unknown-event');
}
