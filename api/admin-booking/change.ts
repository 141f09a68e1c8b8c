import { randomUUID } from 'node:crypto';
import type { Database } from '../../db/connect.ts';
import { type AuditEntry, writeAudit } from '../../db/queries/audit.ts';
import { type AdminNotes, inTurn, lockBooking, writeAdminNotes } from '../../db/queries/booking-changes.ts';
import { type BookingRequest, findBookingRequest } from '../../db/queries/booking-requests.ts';
import type { BookingStatus } from '../../workflows/contract/booking.ts';
import { actorOf, type Caller, callerOf } from '../auth/caller.ts';
import { updateIdOf } from '../gate/engine.ts';
import { type Outcome, refusal, type Routes } from '../operations/routes.ts';
import {
  askRun,
  ensureStarted,
  providerFailed,
  recordedAs,
  refusalOf,
  type RunAnswer,
} from '../booking/ask-run.ts';
import { CHANGED_MESSAGE, type Change, updateBooking } from './change-request.ts';
import type { AdminBookingDependencies } from './dependencies.ts';
import { entityTagOf, fitsIfMatch } from '../entity-tag.ts';
import { bookingReply, callersBooking, isBookingKey } from './one-booking.ts';
import { shownBooking } from './shown.ts';

type Deps = Omit<AdminBookingDependencies, 'calendly'>;

interface Wanted {
  readonly caller: Caller;
  readonly change: Change;
  readonly ifMatch: string | undefined;
  readonly idempotencyKey: string;
}

/** Only what differs from what is there. */
function notesOf({ isRead, meetingNotes }: Change, row: BookingRequest): AdminNotes {
  return {
    ...(isRead === undefined || isRead === row.is_read ? {} : { isRead }),
    ...(meetingNotes === undefined || meetingNotes === row.meeting_notes ? {} : { meetingNotes }),
  };
}

/** What became of it is the run's to say while there is one, and the row's after that. */
async function askForStatus(
  { runs }: Pick<Deps, 'runs'>,
  row: BookingRequest,
  status: BookingStatus,
  idempotencyKey: string,
): Promise<RunAnswer> {
  if (row.start_state === 'ended')
    return {
      kind: 'answer',
      verdict:
        row.status === status
          ? { accepted: true, next: 'none' }
          : { accepted: false, reason: 'impossible-transition', at: null, allowed: [] },
    };
  const updateId = updateIdOf(row.booking_key, `status:${status}`, idempotencyKey);
  return askRun(runs, row.workflow_id, 'changeStatus', { status, appointment: null }, updateId);
}

/** Everything, or nothing. @param trx keeps other changes of this booking out. */
async function changeIn(trx: Database, deps: Deps, row: BookingRequest, wanted: Wanted): Promise<Outcome> {
  const { change, caller } = wanted;
  const { tenantId } = caller;
  const key = row.booking_key;
  // While the run is asked its record must get through, so only then the row stays free.
  if (change.status === undefined) await lockBooking(trx, key);
  const before = await findBookingRequest(trx, key, tenantId);
  if (before === undefined) return refusal('not-found');
  if (!fitsIfMatch(wanted.ifMatch, entityTagOf(shownBooking(before, deps.shown))))
    return refusal('precondition-failed');

  const entry = (action: string, more: Pick<AuditEntry, 'reason' | 'details'>): AuditEntry => ({
    at: new Date(deps.clock()),
    tenantId,
    actor: actorOf(caller),
    action,
    subject: key,
    ...more,
  });
  const status = change.status === undefined ? {} : { status: change.status };
  let refused: Outcome | null = null;
  if (change.status !== undefined) {
    const answer = await askForStatus(deps, before, change.status, wanted.idempotencyKey);
    refused = refusalOf(answer);
    if (refused !== null && !providerFailed(answer)) {
      const reason =
        answer.kind === 'answer' && !answer.verdict.accepted ? answer.verdict.reason : answer.kind;
      await writeAudit(trx, [entry('booking.change-refused', { reason, details: status })]);
      return refused;
    }
    await recordedAs(trx, { tenantId, key }, change.status);
  }

  const notes = notesOf(change, before);
  if (notes.isRead !== undefined || notes.meetingNotes !== undefined)
    await writeAdminNotes(trx, key, notes, new Date(deps.clock()));
  // That there are other notes; what they say is for the booking alone.
  const details = {
    ...status,
    ...(notes.isRead === undefined ? {} : { isRead: notes.isRead }),
    ...(notes.meetingNotes === undefined ? {} : { meetingNotes: 'changed' }),
  };
  if (Object.keys(details).length > 0)
    await writeAudit(trx, [
      entry('booking.changed', { reason: refused === null ? null : 'provider-failed', details }),
    ]);
  const after = await findBookingRequest(trx, key, tenantId);
  return refused ?? bookingReply(CHANGED_MESSAGE, after ?? before, deps.shown);
}

export function addChangeBooking(routes: Routes, deps: Deps): void {
  routes.add(updateBooking, async ({ body: change, headers, res }) => {
    const row = isBookingKey(change._id) ? await callersBooking(deps.db, res, change._id) : undefined;
    if (row === undefined) return refusal('not-found');
    if (change.status !== undefined) await ensureStarted(row, deps);
    const idempotencyKey = headers['idempotency-key'] ?? randomUUID();
    res.set('idempotency-key', idempotencyKey);
    const wanted = { caller: callerOf(res), change, ifMatch: headers['if-match'], idempotencyKey };
    const turn = await inTurn(deps.db, row.booking_key, (trx) => changeIn(trx, deps, row, wanted));
    return turn.kind === 'done'
      ? turn.result
      : refusal('refused', {
          reason: 'change-running',
          detail: 'Another change of this booking is under way. Repeat in a few seconds.',
        });
  });
}
