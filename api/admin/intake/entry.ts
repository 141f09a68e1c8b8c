import { z } from 'zod';
import type { InboxEntry } from '../../../db/queries/inbox-list.ts';

export const entrySchema = z
  .object({
    id: z.string(),
    source: z.enum(['saleor', 'calendly', 'calcom', 'zammad']),
    event: z.string().meta({ description: 'The vendor’s name for what happened.' }),
    status: z.enum(['stored', 'done', 'quarantined']).meta({
      description: '`stored` waits to be delivered, `quarantined` waits for a person.',
    }),
    reason: z.string().nullable().meta({ description: 'A stable code: why it waits or what became of it.' }),
    correlation: z.string().meta({
      description:
        'What it belongs together with: `session|<key>`, `booking|<id>`, `order|<shop>|<id>`, `ticket|<key>`, …',
    }),
    delivery_key: z.string().meta({ description: 'The same for each repeat of one message.' }),
    attempts: z.int(),
    received_at: z.iso.datetime(),
    next_attempt_at: z.iso.datetime().nullable().meta({ description: 'Null once it is settled.' }),
    settled_at: z.iso.datetime().nullable(),
    pruned_at: z.iso.datetime().nullable().meta({
      description:
        'When its body was emptied, as it is some time after it was settled; it can be delivered no more.',
    }),
  })
  .meta({ id: 'InboxEntry', description: 'A webhook that was verified and stored.' });

type EntryJson = z.input<typeof entrySchema>;

export const entryExample: EntryJson = {
  id: '4711',
  source: 'calendly',
  event: 'invitee.created',
  status: 'quarantined',
  reason: 'unmatched',
  correlation: 'calendly|https://api.calendly.com/scheduled_events/7f3c1d52',
  delivery_key:
    'invitee.created|https://api.calendly.com/scheduled_events/7f3c1d52/invitees/2b9d7c10|1772356530118',
  attempts: 15,
  received_at: '2026-03-01T09:15:32.000Z',
  next_attempt_at: null,
  settled_at: '2026-03-01T09:25:40.000Z',
  pruned_at: null,
};

export function entryJson(entry: InboxEntry): EntryJson {
  return {
    id: entry.id,
    source: entry.source,
    event: entry.event,
    status: entry.status,
    reason: entry.reason,
    correlation: entry.correlation,
    delivery_key: entry.delivery_key,
    attempts: entry.attempts,
    received_at: entry.received_at.toISOString(),
    next_attempt_at: entry.status === 'stored' ? entry.next_attempt_at.toISOString() : null,
    settled_at: entry.settled_at?.toISOString() ?? null,
    pruned_at: entry.pruned_at?.toISOString() ?? null,
  };
}
