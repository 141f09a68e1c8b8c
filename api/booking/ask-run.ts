import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../db/connect.ts';
import { type BookingRequest, findBookingRequest } from '../../db/queries/booking-requests.ts';
import { bookingByKey } from '../../db/queries/bookings.ts';
import { CodedFailure } from '../../platform/failures.ts';
import type { BookingStatus, BookingUpdates } from '../../workflows/contract/booking.ts';
import type { BookingKey } from '../../workflows/contract/values.ts';
import { type BookingAnswer, type BookingRuns, startBooking, type StartDeps } from './starts.ts';
import { idempotencyKeySchema } from '../idempotency-key.ts';
import { refusal, type Refusal } from '../operations/routes.ts';

/** How long a run may take: as long as a request of ours may be kept waiting. */
const RUN_MS = 10_000;
const START_MS = 3000;
const RECORD_MS = 3000;
const LOOK_AGAIN_MS = 40;

/** Headers of a request that asks a booking's run for something. */
export const askingHeaders = { 'idempotency-key': idempotencyKeySchema.optional() };

/** What answers say of the key. */
export const KEY_ANSWERED = { 'Idempotency-Key': 'The request’s own, or one that was made for it.' } as const;

/**
 * A booking that was stored while Temporal was away gets its run now.
 *
 * @throws {CodedFailure} `engine-unavailable`
 */
export async function ensureStarted(
  { start_state: state, booking_key: key }: BookingRequest,
  deps: StartDeps,
): Promise<void> {
  if (state !== 'intended') return;
  const booking = await bookingByKey(deps.db, key);
  if (booking !== undefined) await startBooking(booking, START_MS, deps);
}

/** Everything but silence. */
export type RunAnswer = Exclude<BookingAnswer, { readonly kind: 'unavailable' }>;

/** @throws {CodedFailure} `engine-unavailable` */
export async function askRun<Name extends 'cancel' | 'changeStatus'>(
  runs: Pick<BookingRuns, 'update'>,
  workflowId: string,
  name: Name,
  argument: BookingUpdates[Name],
  updateId: string,
): Promise<RunAnswer> {
  const answer = await runs.update(workflowId, name, argument, updateId, RUN_MS);
  if (answer.kind === 'unavailable') throw new CodedFailure('engine-unavailable', `no answer to ${name}`);
  return answer;
}

/** The booking is cancelled, and its appointment at the provider is not. */
export function providerFailed(answer: RunAnswer): boolean {
  return answer.kind === 'answer' && !answer.verdict.accepted && answer.verdict.reason === 'provider-failed';
}

/** How a run's answer is refused to the caller; null: the run has done what it was asked for. */
export function refusalOf(answer: RunAnswer): Refusal | null {
  switch (answer.kind) {
    case 'unknown':
      return refusal('outcome-unknown', {
        detail: 'It is still under way. Repeat with the same Idempotency-Key to hear how it ended.',
      });
    case 'not-found':
      return refusal('refused', { reason: 'ended', allowed: [], detail: 'The booking is over.' });
    case 'answer': {
      const { verdict } = answer;
      if (verdict.accepted) return null;
      const { reason, at, allowed } = verdict;
      if (reason === 'provider-failed')
        return refusal('vendor-rejected', {
          reason,
          at,
          detail:
            'The booking is cancelled, but Calendly did not cancel its appointment. ' +
            'Retry the step in Temporal UI, or cancel it in Calendly.',
        });
      return refusal('refused', {
        reason,
        at,
        ...(allowed === undefined ? {} : { allowed }),
        detail: 'The booking cannot go to this status from where it is.',
      });
    }
  }
}

/**
 * A run answers as soon as it has decided; its record follows within moments. Waits for that, so that who was told
 * reads what they were told.
 */
export async function recordedAs(
  db: Database,
  { tenantId, key }: { readonly tenantId: number; readonly key: BookingKey },
  status: BookingStatus,
): Promise<BookingRequest | undefined> {
  const until = performance.now() + RECORD_MS;
  for (;;) {
    const row = await findBookingRequest(db, key, tenantId);
    if (row === undefined || row.status === status || performance.now() > until) return row;
    await delay(LOOK_AGAIN_MS);
  }
}
