import { z } from 'zod';
import type { Action } from './action.ts';
import { NOT_AN_OBJECT, reasonSchema } from './fields.ts';
import { type Ends, updateSession } from './update.ts';

const ends: Ends = {
  done: 'refund.decided',
  refused: 'refund.decide-refused',
  unknown: 'refund.decide-unknown',
};

const body = z.strictObject(
  { approve: z.boolean('must be true or false'), reason: reasonSchema },
  NOT_AN_OBJECT,
);

export const decideRefund: Action<z.output<typeof body>> = {
  name: 'refund/decision',
  operationId: 'decideRefund',
  summary: 'Approve or decline a refund above the limit',
  description:
    'A session whose refund is above the configured amount has `refund: awaiting-approval` and does not end before this. Declined, nothing is paid back, and the client is told so.',
  body,
  bodyExample: { approve: true, reason: 'The host was ill' },
  doneAs: ends.done,
  // The gate is over by then; the run is not.
  afterTheEnd: true,
  act: (deps, asked, { approve }) =>
    updateSession(deps, asked, {
      name: 'decideRefund',
      argument: { approve },
      ends,
      details: { decision: approve ? 'approved' : 'declined' },
    }),
};
