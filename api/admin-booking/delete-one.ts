import { type AuditEntry, writeAudit } from '../../db/queries/audit.ts';
import { eraseBooking, inTurn } from '../../db/queries/booking-changes.ts';
import { type BookingRequest, findBookingRequest } from '../../db/queries/booking-requests.ts';
import type { FailureCode } from '../../platform/failures.ts';
import { actorOf, type Caller } from '../auth/caller.ts';
import { providerFailed } from '../booking/ask-run.ts';
import { updateIdOf } from '../gate/engine.ts';
import { codeOfError } from '../problem.ts';
import type { AdminBookingDependencies } from './dependencies.ts';
import { isBookingKey } from './one-booking.ts';

export type Deletion =
  | { readonly outcome: 'deleted' | 'not-found' }
  /** Nothing was erased. */
  | { readonly outcome: 'failed'; readonly code: FailureCode };

export type DeleteDependencies = Pick<AdminBookingDependencies, 'db' | 'clock' | 'runs' | 'log'>;

type RunEnd =
  /** It has given the booking up, or is over. `hadRun` is false for one that was never started. */
  { readonly ended: true; readonly hadRun: boolean } | { readonly ended: false; readonly code: FailureCode };

async function endRun(
  { runs }: Pick<DeleteDependencies, 'runs'>,
  { booking_key: key, workflow_id: workflowId, start_state: state }: BookingRequest,
  idempotencyKey: string,
  ms: number,
): Promise<RunEnd> {
  if (state === 'ended') return { ended: true, hadRun: true };
  // Asked even of one that is only intended: that it was started may not have been written down.
  const answer = await runs.update(workflowId, 'cancel', {}, updateIdOf(key, 'delete', idempotencyKey), ms);
  switch (answer.kind) {
    case 'not-found':
      return { ended: true, hadRun: state === 'started' };
    case 'unknown':
      return { ended: false, code: 'outcome-unknown' };
    case 'unavailable':
      return { ended: false, code: 'engine-unavailable' };
    case 'answer':
      // Whatever else it refuses for: what has taken place, or was cancelled by others, has nothing to be cancelled.
      return providerFailed(answer)
        ? { ended: false, code: 'vendor-rejected' }
        : { ended: true, hadRun: true };
  }
}

/**
 * Cancels a live booking, then erases it. It stays as long as its appointment may still stand at the provider: whom
 * would one ask then?
 *
 * @param asked.id as it was given; whatever is no booking of the caller's tenant is not found.
 * @param asked.ms how long its run may take.
 */
export async function deleteBooking(
  deps: DeleteDependencies,
  caller: Caller,
  asked: { readonly id: string; readonly idempotencyKey: string; readonly ms: number },
): Promise<Deletion> {
  const { db, clock } = deps;
  const { tenantId } = caller;
  const { id: key } = asked;
  if (!isBookingKey(key)) return { outcome: 'not-found' };
  try {
    const row = await findBookingRequest(db, key, tenantId);
    if (row === undefined) return { outcome: 'not-found' };
    const end = await endRun(deps, row, asked.idempotencyKey, asked.ms);
    const entry = (action: string, reason: string | null): AuditEntry => ({
      at: new Date(clock()),
      tenantId,
      actor: actorOf(caller),
      action,
      subject: key,
      reason,
    });
    if (!end.ended) {
      await writeAudit(db, [entry('booking.delete-failed', end.code)]);
      return { outcome: 'failed', code: end.code };
    }
    const turn = await inTurn(db, key, async (trx) => {
      const booking = { tenantId, key, hadRun: end.hadRun };
      const erased = await eraseBooking(trx, booking, new Date(clock()));
      if (erased === 'erased') await writeAudit(trx, [entry('booking.deleted', null)]);
      return erased;
    });
    if (turn.kind === 'busy' || turn.result === 'moved-on')
      return { outcome: 'failed', code: 'outcome-unknown' };
    return { outcome: turn.result === 'erased' ? 'deleted' : 'not-found' };
  } catch (error) {
    const code = codeOfError(error);
    deps.log.warn({ bookingKey: key, code }, 'a booking could not be deleted');
    return { outcome: 'failed', code };
  }
}
