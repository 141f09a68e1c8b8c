import { z } from 'zod';
import type { InboxFilter } from '../../../db/queries/inbox-list.ts';
import { textSchema } from '../../request-shape.ts';
import { cursorSchema } from '../paging.ts';

/** A row's id: PostgreSQL's `bigint`. */
export const inboxIdSchema = z.string().regex(/^[1-9]\d{0,17}$/, 'must be the id of a webhook');

export const inboxCursorSchema = cursorSchema(z.tuple([inboxIdSchema]));

const instantSchema = z.iso
  .datetime({ offset: true, error: 'must be a time as RFC 3339 writes it' })
  .transform((text) => new Date(text));

/** By what rows are chosen, in a query and in a body. */
export const filterFields = {
  source: z.enum(['saleor', 'calendly', 'calcom', 'zammad']).optional(),
  event: textSchema(100).optional(),
  reason: textSchema(100).optional().meta({ description: 'E.g. `unmatched`.' }),
  correlation: textSchema(400).optional(),
  received_from: instantSchema.optional().meta({ description: 'At or after.' }),
  received_to: instantSchema.optional().meta({ description: 'Before.' }),
} as const;

type FilterFields = { readonly [Name in keyof typeof filterFields]?: z.output<(typeof filterFields)[Name]> };

export function inboxFilter(given: FilterFields, statuses: InboxFilter['statuses']): InboxFilter {
  return {
    statuses,
    source: given.source ?? null,
    event: given.event ?? null,
    reason: given.reason ?? null,
    correlation: given.correlation ?? null,
    receivedFrom: given.received_from ?? null,
    receivedTo: given.received_to ?? null,
  };
}
