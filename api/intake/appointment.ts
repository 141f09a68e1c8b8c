import { type AppointmentOwner, appointmentRow, recordAppointment } from '../../db/queries/appointments.ts';
import { deliveriesBehind, settleDeliveredTogether } from '../../db/queries/inbox.ts';
import type { InboxRow } from '../../db/tables.ts';
import type { ProviderAppointment } from '../../integrations/scheduling/provider.ts';
import { linkCurrentSpan } from '../../platform/tracing/in-span.ts';
import { providerOfAppointment } from '../../platform/appointment-uri.ts';
import type { AppointmentEvent } from '../../workflows/contract/events.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { ownerCorrelation } from '../../db/correlation.ts';
import type { DeliveryDeps } from './dependencies.ts';
import { failed, type Outcome, quarantine, wait } from './outcome.ts';
import { ownerOf, ownerOfReplaced } from './owner.ts';
import { deliverToOwner, ownerExists } from './signal.ts';

const UNMATCHED_AFTER_MS = 10 * 60 * 1000;

/** A stored webhook about an appointment, as its provider's room reads it. */
export interface AppointmentWebhook {
  readonly uri: string;
  /** As it stands in the body; verify its signature before use. */
  readonly reference: string | null;
  /** Null: the body lacks a part of it, and the provider must be asked. */
  readonly told: ProviderAppointment | null;
  /** What the provider answered, with what the body says; null while the answer is older than the webhook. */
  completed(answered: ProviderAppointment): ProviderAppointment | null;
  event(appointment: ProviderAppointment, receivedAt: Instant): AppointmentEvent;
}

/** Reads a stored body; undefined for one that cannot be read. */
export type ReadAppointmentWebhook = (body: Buffer) => AppointmentWebhook | undefined;

/**
 * What a webhook about an appointment does: the appointment is kept, and its session or booking is told.
 *
 * @param read how the bodies of this source are read.
 * @throws {CodedFailure} when the provider had to be asked and did not answer.
 */
export async function deliverAppointment(
  row: InboxRow,
  webhook: AppointmentWebhook,
  read: ReadAppointmentWebhook,
  deps: DeliveryDeps,
): Promise<Outcome> {
  const appointment = webhook.told ?? (await asked(webhook, deps));
  if (appointment === 'unknown') return quarantine('unknown-appointment');
  if (appointment === 'not-yet') return failed('appointment-still-active');

  const owner = await existingOwner(row, appointment, deps);
  if (owner === undefined) return isYoung(row, deps) ? wait('no-session-yet') : quarantine('unmatched');
  await recordAppointment(deps.db, appointmentRow(owner, appointment));
  const event = webhook.event(appointment, row.received_at.getTime() as Instant);
  const following = row.correlation === ownerCorrelation(owner) ? await readFollowing(row, read, deps) : [];
  const outcome = await deliverToOwner(deps, owner, [event, ...following.map((one) => one.event)]);
  if (outcome.kind === 'done') {
    for (const one of following) {
      await recordAppointment(deps.db, appointmentRow(owner, one.appointment));
      linkCurrentSpan(one.traceparent);
    }
    const ids = following.map((one) => one.id);
    await settleDeliveredTogether(deps.db, ids, { at: new Date(deps.clock()), reason: outcome.reason });
  }
  return outcome;
}

async function asked(
  webhook: AppointmentWebhook,
  { scheduling }: Pick<DeliveryDeps, 'scheduling'>,
): Promise<ProviderAppointment | 'unknown' | 'not-yet'> {
  const answered = await scheduling(providerOfAppointment(webhook.uri)).getAppointment(webhook.uri);
  if (!answered) return 'unknown';
  return webhook.completed(answered) ?? 'not-yet';
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
  // The whole account's appointments come here: the provider is asked about strange ones twice, not at each attempt.
  const isWorthAsking = row.attempts === 1 || !isYoung(row, deps);
  const owner =
    (await ownerOf(appointment, deps)) ??
    (isWorthAsking ? await ownerOfReplaced(appointment, deps) : undefined);
  return owner !== undefined && (await ownerExists(deps.db, owner)) ? owner : undefined;
}

/** A row that goes out together with an older one. */
interface Following {
  readonly id: string;
  readonly event: AppointmentEvent;
  readonly appointment: ProviderAppointment;
  readonly traceparent: string | null;
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
  read: ReadAppointmentWebhook,
  deps: Pick<DeliveryDeps, 'db'>,
): Promise<readonly Following[]> {
  const following: Following[] = [];
  for (const next of await deliveriesBehind(deps.db, row, EVENTS_PER_SIGNAL - 1)) {
    const webhook = read(next.body);
    if (!webhook?.told) break;
    const { told: appointment } = webhook;
    const event = webhook.event(appointment, next.received_at.getTime() as Instant);
    following.push({ id: next.id, event, appointment, traceparent: next.traceparent });
  }
  return following;
}
