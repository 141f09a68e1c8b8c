import { z } from 'zod';
import { findClient, insertClient, listClients } from '../../db/queries/catalog.ts';
import { clientOfAddress } from '../../db/queries/people.ts';
import type { Client } from '../../db/tables.ts';
import { textSchema } from '../request-shape.ts';
import { wholeSeconds } from '../rfc3339.ts';
import type { Collection } from './collection.ts';

interface ClientBody {
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly language: string;
}

/** RFC 5321, section 4.5.3.1.3, without the angle brackets. */
const LONGEST_ADDRESS = 254;
const LONGEST_LANGUAGE = 35;
const EMAIL_MESSAGE = 'must be an e-mail address';
const LANGUAGE_MESSAGE = 'must be a language tag of BCP 47, such as en or pt-BR';

function isLanguageTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

/** A tenant's clients, one per e-mail address whatever its case. */
export const clientCollection: Collection<ClientBody, Client> = {
  path: 'clients',
  noun: 'client',
  body: z.strictObject(
    {
      email: z.email(EMAIL_MESSAGE).max(LONGEST_ADDRESS, EMAIL_MESSAGE),
      first_name: textSchema(200),
      last_name: textSchema(200),
      language: z
        .string(LANGUAGE_MESSAGE)
        .max(LONGEST_LANGUAGE, LANGUAGE_MESSAGE)
        .refine(isLanguageTag, LANGUAGE_MESSAGE)
        .transform((tag) => tag.toLowerCase())
        .default('en'),
    },
    'the body must be a JSON object',
  ),
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
  toJson: (row) => ({
    id: row.id,
    email: row.email,
    first_name: row.first_name,
    last_name: row.last_name,
    language: row.language,
    created_at: wholeSeconds(row.created_at),
  }),
};
