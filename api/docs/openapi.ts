import { z } from 'zod';
import { entityTagOf, isKnown } from '../entity-tag.ts';
import { problems } from '../operations/family.ts';
import { describeOperation } from '../operations/operation.ts';
import { reply, type Routes } from '../operations/routes.ts';
import { createApiDocument } from './document.ts';

export const getOpenApiDocument = describeOperation({
  id: 'getOpenApiDocument',
  method: 'get',
  path: '/openapi.json',
  tag: 'documentation',
  summary: 'This document',
  description: 'OpenAPI 3.1, made from the schemas that check the requests.',
  family: problems,
  access: { kind: 'anyone' },
  headers: z.object({
    'if-none-match': z.string().optional().meta({ description: 'The `ETag` of the copy that is there.' }),
  }),
  answers: {
    200: {
      description: 'The document.',
      body: z.looseObject({ openapi: z.literal('3.1.0') }),
      headers: { ETag: 'Of this very document.' },
    },
    304: {
      description: 'The copy that is there is this document.',
      headers: { ETag: 'Of this very document.' },
    },
  },
  refusals: [],
});

/**
 * `GET /openapi.json`: the document of all the operations of these routes, whenever they were added.
 *
 * @param publicUrl where the API is reached.
 */
export function addDocumentationRoutes(routes: Routes, { publicUrl }: { readonly publicUrl: string }): void {
  let made: { readonly text: string; readonly etag: string } | undefined;

  function make(): NonNullable<typeof made> {
    const document = createApiDocument(routes.operations(), { publicUrl });
    return { text: JSON.stringify(document), etag: entityTagOf(document) };
  }

  routes.add(getOpenApiDocument, async ({ headers, res }) => {
    const { text, etag } = (made ??= make());
    const kept = { etag, 'cache-control': 'no-cache' };
    if (isKnown(headers['if-none-match'], etag)) return reply(304, undefined, kept);
    res.set(kept).type('application/json').send(text);
    return { kind: 'written' };
  });
}
