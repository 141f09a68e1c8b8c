import { z } from 'zod';
import { findTemplate, insertTemplate, listTemplates, type Template } from '../../db/queries/catalog.ts';
import { idSchema, textSchema } from '../request-shape.ts';
import { wholeSeconds } from '../rfc3339.ts';
import { defineCollection } from './collection.ts';

const LONGEST_MINUTES = 24 * 60;
const DURATION_MESSAGE = `must be a whole number of minutes from 1 to ${LONGEST_MINUTES}`;

const templateSchema = z
  .object({
    id: z.int(),
    calendar_id: z.int(),
    name: z.string(),
    duration_minutes: z.int(),
    saleor_product_id: z
      .string()
      .nullable()
      .meta({ description: 'The product that it was made for at an order’s intake.' }),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Template' });

const toJson = (row: Template): z.input<typeof templateSchema> => ({
  id: row.id,
  calendar_id: row.calendar_id,
  name: row.name,
  duration_minutes: row.duration_minutes,
  saleor_product_id: row.saleor_product_id,
  created_at: wholeSeconds(row.created_at),
});

const bodyExample = { calendar_id: 10, name: 'Coaching, one hour', duration_minutes: 60 } as const;

/** A tenant's booking templates: what is booked, in which of its calendars. */
export const templates = defineCollection({
  noun: 'template',
  about: 'A booking template says what is booked, for how long, and in which calendar.',
  body: z
    .strictObject(
      {
        calendar_id: idSchema.meta({ description: 'A calendar of the same tenant.' }),
        name: textSchema(200),
        duration_minutes: z
          .int(DURATION_MESSAGE)
          .min(1, DURATION_MESSAGE)
          .max(LONGEST_MINUTES, DURATION_MESSAGE),
      },
      'the body must be a JSON object',
    )
    .meta({ id: 'CreateTemplate' }),
  bodyExample,
  item: templateSchema,
  itemExample: { id: 1, ...bodyExample, saleor_product_id: null, created_at: '2024-01-15T19:30:00Z' },
  refusals: ['not-found'],
  async create(transaction, tenantId, body) {
    const row = await insertTemplate(transaction, {
      tenantId,
      calendarId: body.calendar_id,
      name: body.name,
      durationMinutes: body.duration_minutes,
    });
    return row === undefined
      ? { kind: 'missing', detail: 'There is no calendar of this id.' }
      : { kind: 'made', row };
  },
  find: findTemplate,
  list: listTemplates,
  toJson,
});
