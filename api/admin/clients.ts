import { z } from 'zod';
import { findClient, insertClient, listClients } from '../../db/queries/catalog.ts';
import { clientOfAddress } from '../../db/queries/people.ts';
import type { Client } from '../../db/tables.ts';
import { emailSchema, languageSchema } from '../person-shape.ts';
import { textSchema } from '../request-shape.ts';
import { wholeSeconds } from '../rfc3339.ts';
import { defineCollection } from './collection.ts';

const clientSchema = z
  .object({
    id: z.int(),
    email: z.string(),
    first_name: z.string(),
    last_name: z.string(),
    language: z.string().meta({ description: 'A language tag of BCP 47, in lower case.' }),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Client' });

const toJson = (row: Client): z.input<typeof clientSchema> => ({
  id: row.id,
  email: row.email,
  first_name: row.first_name,
  last_name: row.last_name,
  language: row.language,
  created_at: wholeSeconds(row.created_at),
});

const bodyExample = {
  email: 'ada@example.com',
  first_name: 'Ada',
  last_name: 'Example',
  language: 'en',
} as const;

/** A tenant's clients, one per e-mail address whatever its case. */
export const clients = defineCollection({
  noun: 'client',
  about:
    'A client is who books. There is one per e-mail address, whatever its case; where there is one already, ' +
    '`Location` names it.',
  body: z
    .strictObject(
      {
        email: emailSchema,
        first_name: textSchema(200),
        last_name: textSchema(200),
        language: languageSchema,
      },
      'the body must be a JSON object',
    )
    .meta({ id: 'CreateClient' }),
  bodyExample,
  item: clientSchema,
  itemExample: { id: 123, ...bodyExample, created_at: '2024-01-15T19:30:00Z' },
  refusals: ['already-exists'],
  async create(transaction, tenantId, body) {
    const row = await insertClient(transaction, {
      tenantId,
      email: body.email,
      firstName: body.first_name,
      lastName: body.last_name,
      language: body.language,
    });
    if (row !== undefined) return { kind: 'made', row };
    const known = await clientOfAddress(transaction, tenantId, body.email);
    if (known === undefined) throw new Error('a client that was in the way is gone');
    return { kind: 'duplicate', id: known.id, detail: 'A client with this e-mail address is there already.' };
  },
  find: findClient,
  list: listClients,
  toJson,
});
