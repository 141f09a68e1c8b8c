import type { SessionActivities } from '../../workflows/contract/activities.ts';
import type { AppointmentEvent, AppointmentTruth } from '../../workflows/contract/events.ts';
import type { AppointmentUri, Instant } from '../../workflows/contract/values.ts';

const HOUR = 3_600_000;

/** A scheduling provider in memory: what it tells by webhook and what it answers when asked agree. */
export interface FakeProvider {
  readonly activities: Pick<SessionActivities, 'askProvider' | 'remind' | 'cancelAppointment'>;
  book(startsAt: number, at: number): AppointmentEvent;
  /** Moves the newest appointment; the two events in the order in which Calendly sends them. */
  move(startsAt: number, at: number): readonly [old: AppointmentEvent, fresh: AppointmentEvent];
  cancel(by: 'client' | 'host', at: number): AppointmentEvent;
  /** The host moves the newest appointment, which keeps its name, and no webhook tells of it. */
  shift(startsAt: number): void;
}

export function fakeProvider(): FakeProvider {
  const truths = new Map<AppointmentUri, AppointmentTruth>();
  let count = 0;
  const newest = (): AppointmentTruth => {
    const last = [...truths.values()].at(-1);
    if (!last) throw new Error('nothing was booked');
    return last;
  };
  const heard = (at: number) => ({ occurredAt: at as Instant, receivedAt: at as Instant });
  const make = (startsAt: number, at: number, replaces: AppointmentUri | null): AppointmentTruth => {
    count += 1;
    const truth: AppointmentTruth = {
      appointment: `https://api.calendly.com/scheduled_events/E${count}/invitees/I${count}` as AppointmentUri,
      createdAt: at as Instant,
      startsAt: startsAt as Instant,
      endsAt: (startsAt + HOUR) as Instant,
      replaces,
      noShow: false,
      end: { kind: 'none' },
    };
    truths.set(truth.appointment, truth);
    return truth;
  };
  const truth = () => ({ appointments: [...truths.values()] });

  return {
    activities: {
      askProvider: async () => ({ kind: 'ask-provider', truth: truth() }),
      remind: async ({ appointment, startsAt }) => {
        const one = appointment === null ? undefined : truths.get(appointment);
        const stands = one === undefined || (one.end.kind === 'none' && one.startsAt === startsAt);
        return { kind: 'remind', truth: truth(), sent: stands };
      },
      cancelAppointment: async ({ appointment }) => {
        const one = truths.get(appointment);
        if (one?.end.kind === 'none')
          truths.set(appointment, { ...one, end: { kind: 'cancelled', by: 'host', at: one.createdAt } });
        return { kind: 'cancel-appointment' };
      },
    },
    book(startsAt, at) {
      const { appointment, endsAt } = make(startsAt, at, null);
      return { type: 'appointment.booked', appointment, startsAt: startsAt as Instant, endsAt, ...heard(at) };
    },
    move(startsAt, at) {
      const old = newest();
      const fresh = make(startsAt, at, old.appointment);
      const replacedBy = fresh.appointment;
      truths.set(old.appointment, { ...old, end: { kind: 'replaced', replacedBy, at: at as Instant } });
      return [
        { type: 'appointment.reschedule-pending', appointment: old.appointment, replacedBy, ...heard(at) },
        {
          type: 'appointment.moved',
          appointment: fresh.appointment,
          replaces: old.appointment,
          startsAt: fresh.startsAt,
          endsAt: fresh.endsAt,
          ...heard(at),
        },
      ];
    },
    shift(startsAt) {
      const one = newest();
      const endsAt = (startsAt + HOUR) as Instant;
      truths.set(one.appointment, { ...one, startsAt: startsAt as Instant, endsAt });
    },
    cancel(by, at) {
      const one = newest();
      truths.set(one.appointment, { ...one, end: { kind: 'cancelled', by, at: at as Instant } });
      return { type: 'appointment.cancelled', appointment: one.appointment, by, ...heard(at) };
    },
  };
}
