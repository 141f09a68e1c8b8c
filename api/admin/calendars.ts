import { z } from 'zod';
import { type Calendar, findCalendar, insertCalendar, listCalendars } from '../../db/queries/catalog.ts';
import type { Provider } from '../../workflows/contract/values.ts';
import { idSchema, textSchema } from '../request-shape.ts';
import { wholeSeconds } from '../rfc3339.ts';
import { defineCollection } from './collection.ts';

/** Those that appointments can be made with. */
const bookable = ['calendly', 'calcom'] as const satisfies readonly Provider[];

const calendarSchema = z
  .object({
    id: z.int(),
    user_id: z.int(),
    name: z.string(),
    provider: z.enum(['calendly', 'calcom'] satisfies readonly Provider[]),
    event_type: z.string(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Calendar' });

const toJson = (row: Calendar): z.input<typeof calendarSchema> => ({
  id: row.id,
  user_id: row.user_id,
  name: row.name,
  provider: row.provider,
  event_type: row.event_type,
  created_at: wholeSeconds(row.created_at),
});

const bodyExample = {
  user_id: 5,
  name: 'Studio',
  provider: 'calendly',
  event_type: '7d2f1c3a-9f0e-4c55-8d43-0b6a2f1e9c10',
} as const;

/** A tenant's calendars: who owns them, and where their appointments are made. */
export const calendars = defineCollection({
  noun: 'calendar',
  about: 'A calendar has an owner, and an event type at a provider: there its appointments are made.',
  body: z
    .strictObject(
      {
        user_id: idSchema.meta({ description: 'The user who owns it.' }),
        name: textSchema(200),
        provider: z.enum(bookable, `must be one of: ${bookable.join(', ')}`),
        event_type: z
          .string('must be the id of an event type')
          .regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be the id of an event type')
          .meta({ description: 'The provider’s id of the event type that is booked.' }),
      },
      'the body must be a JSON object',
    )
    .meta({ id: 'CreateCalendar' }),
  bodyExample,
  item: calendarSchema,
  itemExample: { id: 10, ...bodyExample, created_at: '2024-01-15T19:30:00Z' },
  refusals: [],
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
  toJson,
});
