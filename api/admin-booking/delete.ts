import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type FailureCode, failures } from '../../platform/failures.ts';
import { callerOf } from '../auth/caller.ts';
import { envelopeOf, succeeded } from '../booking-requests/family.ts';
import { describeOperation } from '../operations/operation.ts';
import { refusal, reply, type Routes } from '../operations/routes.ts';
import { askingHeaders, KEY_ANSWERED } from '../booking/ask-run.ts';
import { type DeleteDependencies, deleteBooking } from './delete-one.ts';
import { exampleBooking } from './example.ts';
import { forAdmins } from './one-booking.ts';

const MOST_AT_ONCE = 100;
/** Runs that are asked at the same time. */
const LANES = 10;
/** For all of them together: a request is not kept waiting for each in turn. */
const TOTAL_MS = 20_000;
const EACH_MS = 10_000;

const outcomeSchema = z.object({
  _id: z.string(),
  outcome: z.enum(['deleted', 'not-found', 'failed']),
  code: z
    .enum(Object.keys(failures) as [FailureCode, ...FailureCode[]])
    .optional()
    .meta({ description: 'Why it failed; then it is there as it was, and the request may be repeated.' }),
});
const body = envelopeOf(z.object({ outcomes: z.array(outcomeSchema) }));

const answerOf = (description: string, outcomes: readonly z.input<typeof outcomeSchema>[]) => ({
  description,
  body,
  example: succeeded('Bookings', { outcomes }),
  headers: KEY_ANSWERED,
});

export const deleteBookings = describeOperation({
  ...forAdmins,
  id: 'deleteBookings',
  method: 'delete',
  path: '/api/v1/admin/booking/{id}',
  summary: 'Delete one or more bookings',
  description:
    `\`id\` is one id, or up to ${MOST_AT_ONCE}, comma-separated. A live booking is cancelled first, in Calendly too, ` +
    'and its run ends; then what its visitor gave is erased. Each id’s outcome is told, in the order given.',
  params: z.strictObject({ id: z.string() }),
  headers: z.object(askingHeaders),
  answers: {
    200: answerOf('None of them is there any more.', [{ _id: exampleBooking._id, outcome: 'deleted' }]),
    207: answerOf('Some are still there.', [
      { _id: exampleBooking._id, outcome: 'failed', code: 'engine-unavailable' },
    ]),
  },
  refusals: ['invalid-request'],
});

/** Does some things at a time. @returns the results in the order of the items. */
async function inLanes<Item, Result>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

export function addDeleteBookings(routes: Routes, deps: DeleteDependencies): void {
  routes.add(deleteBookings, async ({ params, headers, res }) => {
    const ids = [...new Set(params.id.split(',').map((id) => id.trim()))];
    if (ids.includes('') || ids.length > MOST_AT_ONCE)
      return refusal('invalid-request', { detail: `id: must be 1 to ${MOST_AT_ONCE} ids, comma-separated` });
    const caller = callerOf(res);
    const idempotencyKey = headers['idempotency-key'] ?? randomUUID();
    res.set('idempotency-key', idempotencyKey);
    const until = performance.now() + TOTAL_MS;
    const outcomes = await inLanes(ids, LANES, async (id) => {
      const ms = Math.min(EACH_MS, until - performance.now());
      const deletion =
        ms <= 0
          ? ({ outcome: 'failed', code: 'outcome-unknown' } as const)
          : await deleteBooking(deps, caller, { id, idempotencyKey, ms });
      return { _id: id, ...deletion } satisfies z.input<typeof outcomeSchema>;
    });
    const failed = outcomes.filter(({ outcome }) => outcome === 'failed').length;
    return failed === 0
      ? reply(200, succeeded('Bookings deleted', { outcomes }))
      : reply(207, succeeded(`${failed} of ${outcomes.length} bookings were not deleted`, { outcomes }));
  });
}
