import type { Database } from '../../db/connect.ts';
import type { AppointmentOwner } from '../../db/queries/appointments.ts';
import { bookingByKey } from '../../db/queries/bookings.ts';
import { sessionByKey } from '../../db/queries/sessions.ts';
import type { StartState } from '../../db/tables.ts';
import type { AppointmentEvent, OutsideEvent } from '../../workflows/contract/events.ts';
import type { BookingKey, SessionKey } from '../../workflows/contract/values.ts';
import type { DeliveryDeps } from './dependencies.ts';
import { done, type Outcome, quarantine, wait } from './outcome.ts';

type SignalDeps = Pick<DeliveryDeps, 'db' | 'starter'>;

/**
 * "Not found" has three meanings, and only the row of the session or booking tells them apart: not started yet,
 * over, or lost.
 *
 * @param before as it was before the signal: a run that is started in between would otherwise look lost.
 */
async function meaningOfNotFound(
  kind: 'session' | 'booking',
  before: StartState | undefined,
  now: () => Promise<StartState | undefined>,
): Promise<Outcome> {
  if (before === undefined) return quarantine(`unknown-${kind}`);
  switch (before) {
    case 'intended':
      return wait(`${kind}-not-started`);
    case 'started':
      // Or the run ended in between: then its row says so by now.
      return (await now()) === 'ended' ? done('after-end') : quarantine('run-missing');
    case 'ended':
      return done('after-end');
  }
}

/** Hands events to a session's run. */
export async function deliverToSession(
  deps: SignalDeps,
  key: SessionKey,
  events: readonly OutsideEvent[],
): Promise<Outcome> {
  const stateNow = async (): Promise<StartState | undefined> =>
    (await sessionByKey(deps.db, key))?.start_state;
  const before = await stateNow();
  if ((await deps.starter.signal(key, events)) === 'delivered') return done();
  return meaningOfNotFound('session', before, stateNow);
}

/** Hands events to a booking's run. */
async function deliverToBooking(
  deps: SignalDeps,
  key: BookingKey,
  events: readonly AppointmentEvent[],
): Promise<Outcome> {
  const before = await bookingByKey(deps.db, key);
  if (before && (await deps.starter.signalBooking(before.workflow_id, events)) === 'delivered') return done();
  return meaningOfNotFound(
    'booking',
    before?.start_state,
    async () => (await bookingByKey(deps.db, key))?.start_state,
  );
}

/** Hands events about an appointment to whose it is. */
export function deliverToOwner(
  deps: SignalDeps,
  owner: AppointmentOwner,
  events: readonly AppointmentEvent[],
): Promise<Outcome> {
  switch (owner.kind) {
    case 'session':
      return deliverToSession(deps, owner.key, events);
    case 'booking':
      return deliverToBooking(deps, owner.key, events);
  }
}

export async function ownerExists(db: Database, owner: AppointmentOwner): Promise<boolean> {
  const row =
    owner.kind === 'session' ? await sessionByKey(db, owner.key) : await bookingByKey(db, owner.key);
  return row !== undefined;
}

/** Several sessions, one answer: what waits is repeated for all of them, since every event may be repeated. */
export function together(outcomes: readonly Outcome[]): Outcome {
  for (const kind of ['wait', 'failed', 'quarantine'] as const) {
    const first = outcomes.find((outcome) => outcome.kind === kind);
    if (first) return first;
  }
  const reasons = new Set(outcomes.map((outcome) => outcome.reason));
  return done(reasons.size === 1 ? ([...reasons][0] ?? null) : null);
}
