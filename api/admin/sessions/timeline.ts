import { z } from 'zod';
import { type TimelinePlace, type TimelineRow, timelineOf } from '../../../db/queries/session-story.ts';
import type { Database } from '../../../db/connect.ts';
import type { SessionKey } from '../../../workflows/contract/values.ts';
import { cursorSchema, type Page, pageOf, pageSchemaOf } from '../paging.ts';
import { PHASES } from './filter.ts';

const decisionSchema = z
  .object({
    kind: z.literal('decision'),
    seq: z.int().meta({ description: 'From 1, without gaps.' }),
    at: z.iso.datetime(),
    event: z.string().meta({ description: 'E.g. `appointment.moved` or `request.cancel`.' }),
    from: z.enum(PHASES),
    to: z.enum(PHASES),
    reason: z.string().meta({ description: 'What it did, or why it was refused.' }),
  })
  .meta({ id: 'TimelineDecision', description: 'One decision of a session.' });

const gatewaySchema = z
  .object({
    kind: z.literal('gateway'),
    at: z.iso.datetime(),
    event: z.enum(['gateway.opened', 'gateway.refused']),
    status: z.int().meta({ description: 'What the client was answered.' }),
    reason: z.enum(['first-opening', 'not-allowed', 'too-many-requests', 'cannot-tell']),
  })
  .meta({
    id: 'TimelineGatewayEvent',
    description:
      'What the gateway told of the session’s URL: its first opening, and refusals, of which one is kept for each ' +
      'status and minute.',
  });

const entrySchema = z
  .discriminatedUnion('kind', [decisionSchema, gatewaySchema])
  .meta({ id: 'TimelineEntry', description: 'What happened in a session.' });

export const timelineSchema = pageSchemaOf(entrySchema);

export const timelineCursor = cursorSchema(
  z.tuple([z.int().min(0).max(8_640_000_000_000_000), z.int().min(0).max(1), z.string().max(64)]),
);

type Cursor = z.output<typeof timelineCursor>;

function reasonOf(status: number): z.input<typeof gatewaySchema>['reason'] {
  switch (status) {
    case 403:
      return 'not-allowed';
    case 429:
      return 'too-many-requests';
    default:
      return 'cannot-tell';
  }
}

function toEntry(row: TimelineRow): z.input<typeof entrySchema> {
  const at = row.at.toISOString();
  if (row.kind === 'gateway') {
    const { kind, event, status } = row;
    return {
      kind,
      at,
      event,
      status,
      reason: event === 'gateway.opened' ? 'first-opening' : reasonOf(status),
    };
  }
  const { kind, seq, event, reason } = row;
  return { kind, seq, at, event, from: row.from_phase, to: row.to_phase, reason };
}

const placeOf = ([at, rank, tie]: Cursor): TimelinePlace => ({ at: new Date(at), rank, tie });

/** @param after the cursor of the page before; null: from the beginning. */
export async function timelinePage(
  db: Database,
  key: SessionKey,
  after: Cursor | null,
  limit: number,
): Promise<Page<z.input<typeof entrySchema>>> {
  const rows = await timelineOf(db, key, after && placeOf(after), limit + 1);
  return pageOf(rows, limit, toEntry, (row) => [row.at.getTime(), row.rank, row.tie]);
}
