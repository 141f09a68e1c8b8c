import { z } from 'zod';
import { type TimelineRow, timelineOf } from '../../../db/queries/session-story.ts';
import type { Database } from '../../../db/connect.ts';
import type { SessionKey } from '../../../workflows/contract/values.ts';
import { cursorSchema, type Page, pageOf, pageSchemaOf } from '../paging.ts';
import { PHASES } from './filter.ts';

const entrySchema = z
  .object({
    seq: z.int().meta({ description: 'From 1, without gaps.' }),
    at: z.iso.datetime(),
    event: z.string().meta({ description: 'E.g. `appointment.moved` or `request.cancel`.' }),
    from: z.enum(PHASES),
    to: z.enum(PHASES),
    reason: z.string().meta({ description: 'What it did, or why it was refused.' }),
  })
  .meta({ id: 'TimelineEntry', description: 'One decision of a session.' });

export const timelineSchema = pageSchemaOf(entrySchema);

export const timelineCursor = cursorSchema(z.tuple([z.int().min(0).max(2_147_483_647)]));

const toEntry = (row: TimelineRow): z.input<typeof entrySchema> => ({
  seq: row.seq,
  at: row.at.toISOString(),
  event: row.event,
  from: row.from_phase,
  to: row.to_phase,
  reason: row.reason,
});

/** @param after the number of the last entry of the page before; 0: from the beginning. */
export async function timelinePage(
  db: Database,
  key: SessionKey,
  after: number,
  limit: number,
): Promise<Page<z.input<typeof entrySchema>>> {
  const rows = await timelineOf(db, key, after, limit + 1);
  return pageOf(rows, limit, toEntry, (row) => [row.seq]);
}
