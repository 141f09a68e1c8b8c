import { z } from 'zod';
import { type Calendar, findCalendar, insertCalendar, listCalendars } from '../../db/queries/catalog.ts';
import type { Provider } from '../../workflows/contract/values.ts';
import { idSchema, textSchema } from '../request-shape.ts';
import { wholeSeconds } from '../rfc3339.ts';
import type { Collection } from './collection.ts';

interface CalendarBody {
  readonly user_id: number;
  readonly name: string;
  readonly provider: Provider;
  readonly event_type: string;
}

/**
 * A tenant's calendars: who owns them, and where their appointments are made.
 *
 * @param providers those that appointments can be made with here.
 */
export function calendarCollection(
  providers: readonly [Provider, ...Provider[]],
): Collection<CalendarBody, Calendar> {
  return {
    path: 'calendars',
    noun: 'calendar',
    body: z.strictObject(
      {
        user_id: idSchema,
        name: textSchema(200),
        provider: z.enum(providers, `must be one of: ${providers.join(', ')}`),
        event_type: z
          .string('must be the id of an event type')
          .regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be the id of an event type'),
      },
      'the body must be a JSON object',
    ),
    async create(transaction, tenantId, body) {
      const row = await insertCalendar(transaction, {
        tenantId,
        userId: body.user_id,
        name: body.name,
        provider: body.provider,
        eventType: body.event_type,
      });
      return { kind: 'made', row };
    },
    find: findCalendar,
    list: listCalendars,
    toJson: (row) => ({
      id: row.id,
      user_id: row.user_id,
      name: row.name,
      provider: row.provider,
      event_type: row.event_type,
      created_at: wholeSeconds(row.created_at),
    }),
  };
}
