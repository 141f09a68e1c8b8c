import { type AppointmentOwner, appointmentRow, recordAppointment } from '../../db/queries/appointments.ts';
import { deliveriesBehind, settleDeliveredTogether } from '../../db/queries/inbox.ts';
import type { InboxRow } from '../../db/tables.ts';
import type { ProviderAppointment } from '../../integrations/scheduling/provider.ts';
import {
  isInviteeEvent,
  parseCalendlyWebhook,
  toAppointmentEvent,
} from '../../integrations/calendly/webhook-body.ts';
import type { AppointmentEvent } from '../../workflows/contract/events.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { ownerCorrelation } from '../../db/correlation.ts';
import type { DeliveryDeps } from './dependencies.ts';
import { done, failed, type Outcome, quarantine, wait } from './outcome.ts';
import { ownerOf, ownerOfReplaced } from './owner.ts';
import { deliverToOwner, ownerExists } from './signal.ts';

const UNMATCHED_AFTER_MS = 10 * 60 * 1000;

/**
 * What a Calendly webhook does: the appointment is kept, and its session or booking is told.
 *
 * @throws {CodedFailure} when Calendly had to be asked and did not answer.
 */
export async function deliverCalendly(row: InboxRow, deps: DeliveryDeps): Promise<Outcome> {
  const webhook = parseCalendlyWebhook(row.body);
  if (!webhook) return maybeOurs(row.event) ? quarantine('malformed') : done('unknown-event');
  const appointment =
    webhook.appointment ?? (await deps.scheduling('calendly').getAppointment(webhook.inviteeUri));
  if (!appointment) return quarantine('unknown-appointment');
  // An answer from before the cancel cannot say whether it is half of a reschedule.
  if (!webhook.appointment && webhook.event === 'invitee.canceled' && appointment.status === 'active')
    return failed('appointment-still-active');

  const owner = await existingOwner(row, appointment, deps);
  if (owner === undefined) return isYoung(row, deps) ? wait('no-session-yet') : quarantine('unmatched');
  await recordAppointment(deps.db, appointmentRow(owner, appointment));
  const event = toAppointmentEvent(webhook, appointment, row.received_at.getTime() as Instant);
  const following = row.correlation === ownerCorrelation(owner) ? await readFollowing(row, deps) : [];
  const outcome = await deliverToOwner(deps, owner, [event, ...following.map((one) => one.event)]);
  if (outcome.kind === 'done') {
    for (const one of following) await recordAppointment(deps.db, appointmentRow(owner, one.appointment));
    const ids = following.map((one) => one.id);
    await settleDeliveredTogether(deps.db, ids, { at: new Date(deps.clock()), reason: outcome.reason });
  }
  return outcome;
}

function isYoung(row: InboxRow, deps: DeliveryDeps): boolean {
  return deps.clock() - row.received_at.getTime() < (deps.unmatchedAfterMs ?? UNMATCHED_AFTER_MS);
}

/** A row that exists is what makes a session; a good signature alone may be older than the database. */
async function existingOwner(
  row: InboxRow,
  appointment: ProviderAppointment,
  deps: DeliveryDeps,
): Promise<AppointmentOwner | undefined> {
  // The whole organisation's appointments come here: Calendly is asked about strange ones twice, not at each attempt.
  const isWorthAsking = row.attempts === 1 || !isYoung(row, deps);
  const owner =
    (await ownerOf(appointment, deps)) ??
    (isWorthAsking ? await ownerOfReplaced(appointment, deps) : undefined);
  return owner !== undefined && (await ownerExists(deps.db, owner)) ? owner : undefined;
}

/** One signal carries at most this many events, so that its size stays far from Temporal's limit. */
const EVENTS_PER_SIGNAL = 50;

/**
 * What else waits for the same session or booking, by its signed reference: one signal for all of it, so that a flood of
 * webhooks is not a flood of signals. Ends before the first row that cannot be read from its body alone; its own
 * attempt settles it.
 */
async function readFollowing(
  row: InboxRow,
  deps: Pick<DeliveryDeps, 'db'>,
): Promise<readonly { id: string; event: AppointmentEvent; appointment: ProviderAppointment }[]> {
  const read: { id: string; event: AppointmentEvent; appointment: ProviderAppointment }[] = [];
  for (const next of await deliveriesBehind(deps.db, row, EVENTS_PER_SIGNAL - 1)) {
    const webhook = parseCalendlyWebhook(next.body);
    if (!webhook?.appointment) break;
    const { appointment } = webhook;
    const event = toAppointmentEvent(webhook, appointment, next.received_at.getTime() as Instant);
    read.push({ id: next.id, event, appointment });
  }
  return read;
}

/** Others are subscribed to by mistake; one of these may be an appointment of ours. */
const maybeOurs = (event: string): boolean => isInviteeEvent(event) || event === 'unknown';
