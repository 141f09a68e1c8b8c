import type { AppointmentEvent, AppointmentTruth, ProviderTruth } from '../../contract/events.ts';
import type { AppointmentUri, Instant, Millis, StepId } from '../../contract/values.ts';
import type { AppointmentFacts, SessionState } from '../state.ts';

type Facts = SessionState['appointments'];
type Half = NonNullable<AppointmentFacts['half']>;

function blank(appointment: AppointmentUri): AppointmentFacts {
  return {
    appointment,
    booked: null,
    cancelled: null,
    replacedBy: null,
    askedToMoveAt: null,
    half: null,
    noShow: null,
  };
}

function change(
  facts: Facts,
  uri: AppointmentUri,
  update: (one: AppointmentFacts) => AppointmentFacts,
): Facts {
  return { ...facts, [uri]: update(facts[uri] ?? blank(uri)) };
}

function earlier(a: Instant | null, b: Instant): Instant {
  return a === null || b < a ? b : a;
}

/** The latest word stands; of two said at once the later times, so that the order of hearing does not matter. */
function mergeTimes(
  known: AppointmentFacts['booked'],
  said: NonNullable<AppointmentFacts['booked']>,
): NonNullable<AppointmentFacts['booked']> {
  if (!known) return said;
  const newer =
    said.saidAt > known.saidAt ||
    (said.saidAt === known.saidAt &&
      (said.startsAt > known.startsAt || (said.startsAt === known.startsAt && said.endsAt > known.endsAt)));
  return { ...(newer ? said : known), at: earlier(known.at, said.at) };
}

function book(
  facts: Facts,
  uri: AppointmentUri,
  said: NonNullable<AppointmentFacts['booked']>,
  replaces: AppointmentUri | null,
): Facts {
  const booked = change(facts, uri, (one) => ({ ...one, booked: mergeTimes(one.booked, said) }));
  return replaces === null || replaces === uri ? booked : replace(booked, replaces, uri);
}

function replace(facts: Facts, old: AppointmentUri, by: AppointmentUri): Facts {
  return change(facts, old, (one) => ({
    ...one,
    replacedBy: one.replacedBy === null || by > one.replacedBy ? by : one.replacedBy,
  }));
}

function cancel(facts: Facts, uri: AppointmentUri, at: Instant, by: 'client' | 'host'): Facts {
  return change(facts, uri, (one) => {
    const known = one.cancelled;
    const stands = known && (known.at < at || (known.at === at && known.by <= by));
    return stands ? one : { ...one, cancelled: { at, by } };
  });
}

function markNoShow(facts: Facts, uri: AppointmentUri, set: boolean, at: Instant): Facts {
  return change(facts, uri, (one) => {
    const known = one.noShow;
    const newer = known === null || at > known.at || (at === known.at && !set && known.set);
    return newer ? { ...one, noShow: { set, at } } : one;
  });
}

/**
 * Adds what an event tells. Nothing is ever taken away.
 *
 * @param halfMs how long half a reschedule waits for its other half, from `now`.
 */
export function hear(facts: Facts, event: AppointmentEvent, now: Instant, halfMs: Millis): Facts {
  const at = Math.min(event.occurredAt, event.receivedAt) as Instant;
  const uri = event.appointment;
  switch (event.type) {
    case 'appointment.booked':
    case 'appointment.moved': {
      const { startsAt, endsAt } = event;
      const replaces = event.type === 'appointment.moved' ? event.replaces : null;
      return book(facts, uri, { at, startsAt, endsAt, saidAt: at }, replaces);
    }
    case 'appointment.cancelled':
      return cancel(facts, uri, at, event.by);
    case 'appointment.reschedule-pending': {
      if (event.replacedBy === null)
        return change(facts, uri, (one) => ({ ...one, askedToMoveAt: earlier(one.askedToMoveAt, at) }));
      return halve(facts, uri, event.replacedBy, at, (now + halfMs) as Instant);
    }
    case 'appointment.no-show':
    case 'appointment.no-show-cleared':
      return markNoShow(facts, uri, event.type === 'appointment.no-show', at);
    case 'appointment.ended':
      return facts;
  }
}

function halve(facts: Facts, uri: AppointmentUri, by: AppointmentUri, at: Instant, askAt: Instant): Facts {
  if (by === uri) return facts;
  return change(replace(facts, uri, by), uri, (one) => ({
    ...one,
    half: one.half ?? { at, askAt, asked: null, givenUp: false },
  }));
}

function hearOne(
  facts: Facts,
  truth: AppointmentTruth,
  { saidAt, askAt }: { readonly saidAt: Instant; readonly askAt: Instant },
): Facts {
  const { appointment, createdAt, startsAt, endsAt, replaces, end } = truth;
  const booked = book(facts, appointment, { at: createdAt, startsAt, endsAt, saidAt }, replaces);
  const marked =
    (booked[appointment]?.noShow?.set ?? false) === truth.noShow
      ? booked
      : markNoShow(booked, appointment, truth.noShow, saidAt);
  switch (end.kind) {
    case 'none':
      return marked;
    case 'cancelled':
      return cancel(marked, appointment, end.at, end.by);
    case 'replaced':
      return end.replacedBy === null
        ? change(marked, appointment, (one) => ({
            ...one,
            askedToMoveAt: earlier(one.askedToMoveAt, end.at),
          }))
        : halve(marked, appointment, end.replacedBy, end.at, askAt);
  }
}

/** Adds what the provider answered: the same facts as its events, with the times of when it was asked. */
export function hearTruth(
  facts: Facts,
  { appointments, askedAt }: ProviderTruth,
  now: Instant,
  halfMs: Millis,
): Facts {
  // An answer may be heard after an event that is newer than the question.
  const saidAt = earlier(askedAt ?? null, now);
  const askAt = (now + halfMs) as Instant;
  return appointments.reduce((known, one) => hearOne(known, one, { saidAt, askAt }), facts);
}

/** The provider was asked and knows no other half. */
export function giveUpHalf(facts: Facts, uri: AppointmentUri): Facts {
  return change(facts, uri, (one) => (one.half ? { ...one, half: { ...one.half, givenUp: true } } : one));
}

/** Remembers that the provider was asked about a missing half. */
export function askAboutHalf(facts: Facts, uri: AppointmentUri, step: StepId): Facts {
  return change(facts, uri, (one) => (one.half ? { ...one, half: { ...one.half, asked: step } } : one));
}

/** Halves that wait: the appointment is alive but for its missing other half. */
export function openHalves(facts: Facts): readonly (AppointmentFacts & { readonly half: Half })[] {
  return Object.values(facts).filter(
    (one): one is AppointmentFacts & { readonly half: Half } =>
      one.half !== null &&
      !one.half.givenUp &&
      one.booked !== null &&
      one.cancelled === null &&
      one.askedToMoveAt === null &&
      one.replacedBy !== null &&
      !facts[one.replacedBy]?.booked,
  );
}
