import { createDocument, type oas31, type ZodOpenApiOperationObject } from 'zod-openapi';
import { z } from 'zod';
import { failures } from '../../platform/failures.ts';
import type { AnyOperation } from '../operations/operation.ts';
import { chapterNames, chapters } from './chapters.ts';
import { refusalsOf } from './refusals.ts';
import { commonHeaders } from './response-headers.ts';
import { createResponses, type ResponsesOf } from './responses.ts';
import { showSchema } from './schema-rules.ts';
import { accessInWords, securityOf, securitySchemesOf } from './security.ts';

export type ApiDocument = oas31.OpenAPIObject;

/** Of the contract, not of the software. */
const CONTRACT_VERSION = '1.0.0';

const INTRODUCTION = `Times are ISO 8601 in UTC. Lists are paged by \`limit\` and \`cursor\`: ask again with the page's \`next_cursor\`
until it is null.

A refusal carries a stable \`code\`: a problem document (RFC 9457) everywhere but in the two booking contracts, which
have envelopes of their own. What belongs to another tenant is answered like what is not there. A path answers 405
to every method that it does not have, and names those that it has in \`Allow\`.`;

/** The whole table of codes that these operations answer with. */
function codesInWords(operations: readonly AnyOperation[]): string {
  const used = new Set(operations.flatMap(refusalsOf));
  const rows = Object.entries(failures)
    .filter(([code]) => [...used].some((one) => one === code))
    .map(
      ([code, { status, retryable, remedy }]) =>
        `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${remedy} |`,
    );
  return ['| code | status | a repeat can help | what to do |', '|---|---|---|---|', ...rows].join('\n');
}

/** `idempotency-key` to `Idempotency-Key`. */
const shownHeader = (name: string): string => name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());

function parametersOf({
  params,
  query,
  headers,
}: AnyOperation): NonNullable<ZodOpenApiOperationObject['requestParams']> {
  const shape = (schema: z.ZodType): z.ZodObject => {
    if (schema instanceof z.ZodObject) return schema;
    throw new Error('parameters are described by an object of zod');
  };
  return {
    ...(params === undefined ? {} : { path: shape(params) }),
    ...(query === undefined ? {} : { query: shape(query) }),
    ...(headers === undefined
      ? {}
      : {
          header: z.object(
            Object.fromEntries(Object.entries(headers.shape).map(([name, one]) => [shownHeader(name), one])),
          ),
        }),
  };
}

function bodyOf({
  body,
  bodyType,
  bodyExample,
}: AnyOperation): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (body === undefined) return {};
  return {
    requestBody: {
      // What is verified as it came is read as no bytes where there are none.
      required: bodyType === 'raw' || !body.safeParse(undefined).success,
      content: {
        'application/json': {
          schema: body,
          ...(bodyExample === undefined ? {} : { example: bodyExample }),
        },
      },
    },
  };
}

function operationOf(operation: AnyOperation, responsesOf: ResponsesOf): ZodOpenApiOperationObject {
  const words = [operation.description, accessInWords(operation.access)].filter((text) => text !== undefined);
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(words.length === 0 ? {} : { description: words.join('\n\n') }),
    security: securityOf(operation.access),
    requestParams: parametersOf(operation),
    ...bodyOf(operation),
    responses: responsesOf(operation),
  };
}

/** In the order of the chapters, and by path within one, whatever the order of mounting. */
function inReadingOrder(operations: readonly AnyOperation[]): readonly AnyOperation[] {
  const place = ({ tag, path }: AnyOperation): string =>
    `${String(chapterNames.indexOf(tag)).padStart(2, '0')} ${path}`;
  return operations.toSorted((one, other) => (place(one) < place(other) ? -1 : 1));
}

/**
 * The OpenAPI 3.1 document of these operations, made from the schemas that check their requests.
 *
 * @param publicUrl where the API is reached.
 * @throws when two operations share an id or an address, or a schema cannot be shown.
 */
export function createApiDocument(
  operations: readonly AnyOperation[],
  { publicUrl }: { readonly publicUrl: string },
): ApiDocument {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  const ids = new Set<string>();
  const responsesOf = createResponses();
  for (const operation of inReadingOrder(operations)) {
    if (ids.has(operation.id)) throw new Error(`two operations are called ${operation.id}`);
    ids.add(operation.id);
    if (paths[operation.path]?.[operation.method] !== undefined)
      throw new Error(`two operations are ${operation.method} ${operation.path}`);
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: operationOf(operation, responsesOf),
    };
  }
  const used = new Set(operations.map(({ tag }) => tag));
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Latchkey',
        version: CONTRACT_VERSION,
        description: `${INTRODUCTION}\n\n## Codes\n\n${codesInWords(operations)}`,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: publicUrl }],
      tags: chapterNames
        .filter((name) => used.has(name))
        .map((name) => ({ name, description: chapters[name] })),
      paths,
      components: { headers: commonHeaders, securitySchemes: securitySchemesOf(operations) },
    },
    { override: showSchema },
  );
}
