import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { oas31 } from 'zod-openapi';
import type { ApiDocument } from '../../api/docs/document.ts';
import { type DocumentedOperation, operationsIn, responsesIn } from '../../scripts/docs/operations-in.ts';

/** One answer, as far as a document can speak of it. */
export interface SeenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface DocumentCheck {
  /** The operation that a request is for. A word in a path goes before a parameter. */
  operationOf(method: string, path: string): DocumentedOperation | undefined;
  /** What the document does not know of this answer; empty: it is documented. */
  problemsOf(documented: DocumentedOperation, answer: SeenAnswer): readonly string[];
}

const DOCUMENT = 'document';

/** A schema that stood in the document, with references that lead there. */
const inDocument = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${DOCUMENT}#/`)) as object;

/** Literal segments count, and the first ones count most. */
const literalness = (path: string): string =>
  path
    .split('/')
    .map((segment) => (segment.startsWith('{') ? '1' : '0'))
    .join('');

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+')}$`);

/** What keeps a value from fitting a schema. */
export type Misfits = (value: unknown, schema: object) => readonly string[];

/** For schemas that stand in this document. */
export function misfitsIn(document: ApiDocument): Misfits {
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  ajv.addSchema(document, DOCUMENT);
  const compiled = new Map<object, ValidateFunction>();
  return (value, schema) => {
    const validate = compiled.get(schema) ?? ajv.compile(inDocument(schema));
    compiled.set(schema, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
}

/** Holds answers against a document: status, content type, headers and body. */
export function checkAgainst(document: ApiDocument): DocumentCheck {
  const misfits = misfitsIn(document);
  const operations = operationsIn(document)
    .toSorted((one, other) => (literalness(one.path) < literalness(other.path) ? -1 : 1))
    .map((documented) => ({ documented, pattern: patternOf(documented.path) }));

  function headerProblems(response: oas31.ResponseObject, headers: Headers): readonly string[] {
    return Object.entries(response.headers ?? {}).flatMap(([name, header]) => {
      const shown =
        '$ref' in header && header.$ref !== undefined
          ? document.components?.headers?.[header.$ref.split('/').at(-1) ?? '']
          : header;
      const value = headers.get(name);
      const required = shown !== undefined && 'required' in shown && shown.required === true;
      return required && value === null ? [`the header ${name} is missing`] : [];
    });
  }

  return {
    operationOf: (method, path) =>
      operations.find(
        ({ documented, pattern }) => documented.method === method.toLowerCase() && pattern.test(path),
      )?.documented,

    problemsOf({ operation }, { status, headers, text }) {
      const response = new Map(responsesIn(document, operation)).get(status);
      if (response === undefined) return [`the status ${status} is not documented: ${text.slice(0, 300)}`];
      const missing = headerProblems(response, headers);
      const type = headers.get('content-type')?.split(';', 1)[0] ?? null;
      const types = Object.keys(response.content ?? {});
      if (type === null || text === '')
        return types.length === 0 || text !== '' ? missing : [...missing, 'the answer has no body'];
      if (!types.includes(type))
        return [...missing, `${status} is documented as ${types.join(', ') || 'empty'}, and came as ${type}`];
      if (!type.endsWith('json')) return missing;
      return [...missing, ...misfits(JSON.parse(text), response.content?.[type]?.schema ?? {})];
    },
  };
}

/** What was answered so far: statuses by operation. */
export type Seen = ReadonlyMap<string, ReadonlySet<number>>;

/**
 * `fetch` that throws when an answer is not what the document says, and keeps what it has seen.
 *
 * @throws for a request that is no operation of the document, and for an answer that the operation does not have.
 */
export function checkedFetch(document: ApiDocument): { readonly fetch: typeof fetch; readonly seen: Seen } {
  const check = checkAgainst(document);
  const seen = new Map<string, Set<number>>();
  return {
    seen,
    async fetch(input, init) {
      const request = new Request(input, init);
      const { pathname } = new URL(request.url);
      const documented = check.operationOf(request.method, pathname);
      if (documented === undefined) throw new Error(`${request.method} ${pathname} is not documented`);
      const response = await fetch(request);
      const answer = {
        status: response.status,
        headers: response.headers,
        text: await response.clone().text(),
      };
      const problems = check.problemsOf(documented, answer);
      if (problems.length > 0)
        throw new Error(`${documented.id} answered ${answer.status}:\n${problems.join('\n')}`);
      seen.set(documented.id, (seen.get(documented.id) ?? new Set()).add(answer.status));
      return response;
    },
  };
}
