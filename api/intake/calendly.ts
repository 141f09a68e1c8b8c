import { deliveriesBehind, settleDeliveredTogether } from '../../db/queries/inbox.ts';
import {
  type AppointmentOwner,
  calendlyAppointmentRow,
  ownerOfAppointments,
  recordAppointment,
} from '../../db/queries/appointments.ts';
import type { InboxRow } from '../../db/tables.ts';
import type { CalendlyAppointment } from '../../integrations/calendly/contract.ts';
import { parseCalendlyWebhook, toAppointmentEvent } from '../../integrations/calendly/wire.ts';
import type { AppointmentEvent } from '../../workflows/contract/events.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { ownerCorrelation } from './correlation.ts';
import type { DeliveryDeps } from './dependencies.ts';
import { done, type Outcome, quarantine, wait } from './outcome.ts';
import { deliverToOwner, ownerExists } from './signal.ts';

const UNMATCHED_AFTER_MS = 10 * 60 * 1000;

/** What a Calendly webhook does: the appointment is kept, and its session or booking is told. */
export async function deliverCalendly(row: InboxRow, deps: DeliveryDeps): Promise<Outcome> {
  const webhook = parseCalendlyWebhook(row.body);
  if (!webhook) return isInviteeEvent(row.event) ? quarantine('malformed') : done('unknown-event');
  const receivedAt = row.received_at.getTime() as Instant;
  const event = toAppointmentEvent(webhook, receivedAt);
  if (!event) return done('unknown-event');

  const owner = await ownerOf(webhook.appointment, deps);
  // A row that exists is what makes a session; a good signature alone may be older than the database.
  if (owner === undefined || !(await ownerExists(deps.db, owner))) {
    const young = deps.clock() - receivedAt < (deps.unmatchedAfterMs ?? UNMATCHED_AFTER_MS);
    return young ? wait('no-session-yet') : quarantine('unmatched');
  }
  await recordAppointment(deps.db, calendlyAppointmentRow(owner, webhook.appointment));
  const following = row.correlation === ownerCorrelation(owner) ? await readFollowing(row, deps) : [];
  const outcome = await deliverToOwner(deps, owner, [event, ...following.map((one) => one.event)]);
  if (outcome.kind === 'done') {
    for (const one of following)
      await recordAppointment(deps.db, calendlyAppointmentRow(owner, one.appointment));
    const ids = following.map((one) => one.id);
    await settleDeliveredTogether(deps.db, ids, { at: new Date(deps.clock()), reason: outcome.reason });
  }
  return outcome;
}

/** One signal carries at most this many events, so that its size stays far from Temporal's limit. */
const EVENTS_PER_SIGNAL = 50;

/**
 * What else waits for the same session or booking, by its signed reference: one signal for all of it, so that a flood of
 * webhooks is not a flood of signals. Ends before the first row that cannot be read; its own attempt settles it.
 */
async function readFollowing(
  row: InboxRow,
  deps: Pick<DeliveryDeps, 'db'>,
): Promise<readonly { id: string; event: AppointmentEvent; appointment: CalendlyAppointment }[]> {
  const read: { id: string; event: AppointmentEvent; appointment: CalendlyAppointment }[] = [];
  for (const next of await deliveriesBehind(deps.db, row, EVENTS_PER_SIGNAL - 1)) {
    const webhook = parseCalendlyWebhook(next.body);
    const event = webhook && toAppointmentEvent(webhook, next.received_at.getTime() as Instant);
    if (!event) break;
    read.push({ id: next.id, event, appointment: webhook.appointment });
  }
  return read;
}

/** Others are subscribed to by mistake; one of these may be an appointment of ours. */
const isInviteeEvent = (event: string): boolean => event.startsWith('invitee') || event === 'unknown';

/**
 * Signed reference, then an appointment that we know, then the one it replaces or is replaced by. An e-mail
 * address never decides.
 */
async function ownerOf(
  appointment: CalendlyAppointment,
  deps: Pick<DeliveryDeps, 'db' | 'referred'>,
): Promise<AppointmentOwner | undefined> {
  const signed = appointment.reference === null ? undefined : deps.referred(appointment.reference);
  if (signed) return signed;
  const { inviteeUri, oldInvitee, newInvitee } = appointment;
  return ownerOfAppointments(
    deps.db,
    [inviteeUri, oldInvitee, newInvitee].filter((uri) => uri !== null),
  );
}
