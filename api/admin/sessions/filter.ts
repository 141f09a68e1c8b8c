import { z } from 'zod';
import type { Outcome, Phase } from '../../../workflows/contract/session.ts';
import { textSchema } from '../../request-shape.ts';

export const PHASES = [
  'opening',
  'awaiting-booking',
  'scheduled',
  'locked',
  'settling',
  'ended',
] as const satisfies readonly Phase[];

export const OUTCOMES = [
  'completed',
  'no-show',
  'cancelled',
  'expired',
  'refunded',
] as const satisfies readonly Outcome[];

const INSTANT_MESSAGE = 'must be a date and time of RFC 3339, e.g. 2026-12-07T09:00:00Z';

const instant = z.iso.datetime({ offset: true, error: INSTANT_MESSAGE }).transform((text) => new Date(text));
const from = (what: string) => instant.optional().meta({ description: `${what} then or later.` });
const to = (what: string) => instant.optional().meta({ description: `${what} before then.` });

const shared = {
  phase: z.enum(PHASES, { error: `must be one of ${PHASES.join(', ')}` }).optional(),
  outcome: z.enum(OUTCOMES, { error: `must be one of ${OUTCOMES.join(', ')}` }).optional(),
  starts_from: from('Starts'),
  starts_to: to('Starts'),
  created_from: from('Taken in'),
  created_to: to('Taken in'),
  term: textSchema(200).optional().meta({
    description:
      'Part of the client’s name or e-mail address, or of the product’s name; or a whole order or ticket number.',
  }),
} as const;

const ATTENTION = { description: 'Whether a person must look at it.' } as const;
const LATE_CHANGE = {
  description: 'Whether a late change waits for its decision, as was last recorded.',
} as const;

const yesOrNo = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .transform((text) => text === 'true')
  .optional();

/** The filter in a query. */
export const filterFields = {
  ...shared,
  attention: yesOrNo.meta(ATTENTION),
  late_change: yesOrNo.meta(LATE_CHANGE),
} as const;

/** The same filter in a body. One without any condition would mean everything, which nobody should mean by mistake. */
export const filterSchema = z
  .strictObject({
    ...shared,
    attention: z.boolean('must be true or false').optional().meta(ATTENTION),
    late_change: z.boolean('must be true or false').optional().meta(LATE_CHANGE),
  })
  .refine((filter) => Object.keys(filter).length > 0, 'must have at least one condition')
  .meta({ id: 'SessionFilter', description: 'Everything that is given must fit.' });
