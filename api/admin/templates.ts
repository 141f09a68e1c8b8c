import { z } from 'zod';
import { findTemplate, insertTemplate, listTemplates, type Template } from '../../db/queries/catalog.ts';
import { idSchema, textSchema } from '../request-shape.ts';
import { wholeSeconds } from '../rfc3339.ts';
import type { Collection } from './collection.ts';

interface TemplateBody {
  readonly calendar_id: number;
  readonly name: string;
  readonly duration_minutes: number;
}

const LONGEST_MINUTES = 24 * 60;
const DURATION_MESSAGE = `must be a whole number of minutes from 1 to ${LONGEST_MINUTES}`;

/** A tenant's booking templates: what is booked, in which of its calendars. */
export const templateCollection: Collection<TemplateBody, Template> = {
  path: 'templates',
  noun: 'template',
  body: z.strictObject(
    {
      calendar_id: idSchema,
      name: textSchema(200),
      duration_minutes: z
        .int(DURATION_MESSAGE)
        .min(1, DURATION_MESSAGE)
        .max(LONGEST_MINUTES, DURATION_MESSAGE),
    },
    'the body must be a JSON object',
  ),
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
  toJson: (row) => ({
    id: row.id,
    calendar_id: row.calendar_id,
    name: row.name,
    duration_minutes: row.duration_minutes,
    saleor_product_id: row.saleor_product_id,
    created_at: wholeSeconds(row.created_at),
  }),
};
