import type { InboxRow } from '../../db/tables.ts';
import {
  isBookingTrigger,
  parseCalcomWebhook,
  toAppointmentEvent,
  withEnding,
} from '../../integrations/calcom/webhook-body.ts';
import { type AppointmentWebhook, deliverAppointment } from './appointment.ts';
import type { DeliveryDeps } from './dependencies.ts';
import { done, type Outcome, quarantine } from './outcome.ts';

/** Reads a stored body of Cal.com's. */
export function readCalcom(body: Buffer): AppointmentWebhook | undefined {
  const webhook = parseCalcomWebhook(body);
  return (
    webhook && {
      uri: webhook.appointmentUri,
      reference: webhook.reference,
      told: webhook.appointment,
      completed: (answered) => withEnding(webhook, answered),
      event: (appointment, receivedAt) => toAppointmentEvent(webhook, appointment, receivedAt),
    }
  );
}

/** What a Cal.com webhook does. @throws {CodedFailure} when Cal.com had to be asked and did not answer. */
export async function deliverCalcom(row: InboxRow, deps: DeliveryDeps): Promise<Outcome> {
  const webhook = readCalcom(row.body);
  if (webhook) return deliverAppointment(row, webhook, readCalcom, deps);
  // A template of the webhook's own rewrites bodies, names and all; triggers that were never asked for are nobody's.
  const maybeOurs = isBookingTrigger(row.event) || row.event === 'unknown';
  return maybeOurs ? quarantine('malformed') : done('unknown-event');
}
