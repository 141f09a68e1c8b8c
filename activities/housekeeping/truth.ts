import type { AppointmentEvent, AppointmentTruth, ProviderTruth } from '../../workflows/contract/events.ts';
import type { AppointmentUri, Instant } from '../../workflows/contract/values.ts';

/** The time that a session has by its row. */
export interface RecordedTime {
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
}

/** The newest appointment that is neither cancelled nor replaced. */
function standing({ appointments }: ProviderTruth): AppointmentTruth | undefined {
  return appointments
    .filter(({ end }) => end.kind === 'none')
    .toSorted((a, b) => b.createdAt - a.createdAt)[0];
}

/** The appointment that stands, where the host says that nobody came to it. */
export function missedIn(truth: ProviderTruth): AppointmentUri | null {
  const stands = standing(truth);
  return stands?.noShow === true ? stands.appointment : null;
}

/** Whether the provider and the row tell the same time. A time that came with the order has no appointment. */
export function agrees(truth: ProviderTruth, recorded: RecordedTime): boolean {
  const stands = standing(truth);
  if (stands) return stands.startsAt === recorded.startsAt && stands.endsAt === recorded.endsAt;
  return recorded.startsAt === null || truth.appointments.length === 0;
}

function eventsOf(truth: AppointmentTruth, now: Instant): readonly AppointmentEvent[] {
  const { appointment, startsAt, endsAt, createdAt, replaces, end } = truth;
  const heard = (at: Instant) => ({ occurredAt: Math.min(at, now) as Instant, receivedAt: now });
  const booked = (at: Instant): AppointmentEvent =>
    replaces === null
      ? { type: 'appointment.booked', appointment, startsAt, endsAt, ...heard(at) }
      : { type: 'appointment.moved', appointment, replaces, startsAt, endsAt, ...heard(at) };
  switch (end.kind) {
    case 'none':
      // Made then, and at this time now: a host moves an appointment without a word about when.
      return [booked(createdAt), booked(now)];
    case 'cancelled':
      return [
        booked(createdAt),
        { type: 'appointment.cancelled', appointment, by: end.by, ...heard(end.at) },
      ];
    case 'replaced':
      return [
        booked(createdAt),
        {
          type: 'appointment.reschedule-pending',
          appointment,
          replacedBy: end.replacedBy satisfies AppointmentUri | null,
          ...heard(end.at),
        },
      ];
  }
}

/**
 * What the lost webhooks would have told, by the provider's own instants, the oldest appointment first. The session
 * takes each as often as it comes. No-shows are left out: the provider does not say here since when.
 */
export function eventsOfTruth({ appointments }: ProviderTruth, now: Instant): readonly AppointmentEvent[] {
  return appointments
    .toSorted((a, b) => a.createdAt - b.createdAt)
    .flatMap((appointment) => eventsOf(appointment, now));
}
