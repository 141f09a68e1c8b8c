import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { writeAudit } from '../../db/queries/audit.ts';
import { dropCancelReason, keepCancelReason } from '../../db/queries/booking-changes.ts';
import type { BookingRequest } from '../../db/queries/booking-requests.ts';
import { actorOf, callerOf } from '../auth/caller.ts';
import { updateIdOf } from '../gate/engine.ts';
import { describeOperation } from '../operations/operation.ts';
import { refusal, type Routes } from '../operations/routes.ts';
import { textSchema } from '../request-shape.ts';
import {
  askingHeaders,
  askRun,
  ensureStarted,
  KEY_ANSWERED,
  providerFailed,
  recordedAs,
  refusalOf,
  type RunAnswer,
} from '../booking/ask-run.ts';
import type { AdminBookingDependencies } from './dependencies.ts';
import { bookingAnswer, bookingParams, bookingReply, callersBooking, forAdmins } from './one-booking.ts';

const LONGEST_REASON = 500;
const MESSAGE = 'Booking cancelled';

export const cancelBooking = describeOperation({
  ...forAdmins,
  id: 'cancelBooking',
  method: 'post',
  path: '/api/v1/admin/booking/{id}/cancel',
  summary: 'Give a booking up, and cancel its event in Calendly',
  description: 'Answers when the run says that the event is cancelled. A booking that is over is refused.',
  params: bookingParams,
  headers: z.object(askingHeaders),
  body: z.strictObject(
    {
      reason: textSchema(LONGEST_REASON).meta({
        description: 'Kept with the booking, and told to Calendly, which tells the invitee.',
      }),
    },
    'the body must be a JSON object',
  ),
  bodyExample: { reason: 'Client requested cancellation' },
  answers: { 200: { ...bookingAnswer('The cancelled booking.', MESSAGE), headers: KEY_ANSWERED } },
  refusals: [
    'not-found',
    'refused',
    'outcome-unknown',
    'vendor-rejected',
    'store-unavailable',
    'engine-unavailable',
  ],
});

/** An operator gave it up before, and its run has seen to the rest. */
const isCancelledAlready = ({ start_state, status, reason }: BookingRequest): boolean =>
  start_state === 'ended' && status === 'cancelled' && reason === 'operator';

function auditedAs(answer: RunAnswer): { readonly action: string; readonly reason: string | null } {
  if (answer.kind === 'unknown') return { action: 'booking.cancel-unknown', reason: null };
  if (answer.kind === 'not-found') return { action: 'booking.cancel-refused', reason: 'ended' };
  const { verdict } = answer;
  if (verdict.accepted) return { action: 'booking.cancelled', reason: null };
  return {
    action: providerFailed(answer) ? 'booking.cancelled' : 'booking.cancel-refused',
    reason: verdict.reason,
  };
}

export function addCancelBooking(routes: Routes, deps: Omit<AdminBookingDependencies, 'calendly'>): void {
  const { db, clock, runs, shown } = deps;
  routes.add(cancelBooking, async ({ params, headers, body: { reason }, res }) => {
    const caller = callerOf(res);
    const key = params.id;
    const row = await callersBooking(db, res, key);
    if (row === undefined) return refusal('not-found');
    const idempotencyKey = headers['idempotency-key'] ?? randomUUID();
    res.set('idempotency-key', idempotencyKey);
    if (isCancelledAlready(row)) return bookingReply(MESSAGE, row, shown);
    if (row.start_state === 'ended')
      return refusal('refused', { reason: 'ended', allowed: [], detail: 'The booking is over.' });
    await ensureStarted(row, deps);

    // Before the run is asked: what it does then tells Calendly why.
    await keepCancelReason(db, key, reason, new Date(clock()));
    const updateId = updateIdOf(key, 'cancel', idempotencyKey);
    const forgetReason = () => dropCancelReason(db, key, reason, new Date(clock()));
    const answer = await askRun(runs, row.workflow_id, 'cancel', {}, updateId).catch(
      async (error: unknown): Promise<never> => {
        await forgetReason();
        throw error;
      },
    );
    await writeAudit(db, [
      {
        at: new Date(clock()),
        tenantId: caller.tenantId,
        actor: actorOf(caller),
        subject: key,
        ...auditedAs(answer),
      },
    ]);
    const refused = refusalOf(answer);
    if (refused !== null) {
      const mayBeCancelled = answer.kind === 'unknown' || providerFailed(answer);
      if (!mayBeCancelled) await forgetReason();
      return refused;
    }
    const after = await recordedAs(db, { tenantId: caller.tenantId, key }, 'cancelled');
    return bookingReply(MESSAGE, after ?? row, shown);
  });
}
