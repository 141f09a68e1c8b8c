import { z } from 'zod';
import type {
  ZodOpenApiContentObject,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { type FailureCode, failures } from '../../platform/failures.ts';
import type { AnyOperation, Answer } from '../operations/operation.ts';
import { byStatus, refusalExamplesOf, refusalSchemaOf, refusalsOf } from './refusals.ts';
import { answerHeadersOf, refusalHeadersOf } from './response-headers.ts';

/** A JSON body: its schema, and examples by name. */
type Shown = {
  readonly schema: z.ZodType;
  readonly examples: Record<string, { readonly summary?: string; readonly value: unknown }>;
};

function refusalContent({ family }: AnyOperation, codes: readonly FailureCode[]): Shown {
  return { schema: refusalSchemaOf(family, codes), examples: refusalExamplesOf(family, codes) };
}

function answerContent({ body, example }: Answer): Shown | undefined {
  if (body === undefined) return undefined;
  return { schema: body, examples: example === undefined ? {} : { answer: { value: example } } };
}

/** An answer and a refusal may share a status (202) and, in a family without a type of its own, a content type. */
function together(one: Shown | undefined, other: Shown): Shown {
  return one === undefined
    ? other
    : {
        schema: z.union([one.schema, other.schema]),
        examples: { ...one.examples, ...other.examples },
      };
}

function responseOf(
  operation: AnyOperation,
  answer: Answer | undefined,
  codes: readonly FailureCode[],
): ZodOpenApiResponseObject {
  const content: ZodOpenApiContentObject = {};
  const json = answer === undefined ? undefined : answerContent(answer);
  if (json !== undefined) content['application/json'] = json;
  for (const type of answer?.otherTypes ?? []) content[type] = { schema: { type: 'string' } };
  if (codes.length > 0) {
    const type = operation.family.contentType;
    content[type] = together(
      type === 'application/json' ? json : undefined,
      refusalContent(operation, codes),
    );
  }
  const headers = {
    ...(answer === undefined ? {} : answerHeadersOf(operation, answer)),
    ...(codes.length === 0 ? {} : refusalHeadersOf(operation, codes)),
  };
  const remedies = codes.map((code) => `\`${code}\`: ${failures[code].remedy}`);
  return {
    description: [...(answer === undefined ? [] : [answer.description]), ...remedies].join('\n\n'),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

/** A name for what many operations answer alike: whose refusal, which codes, which headers. */
function nameOf({ family }: AnyOperation, codes: readonly FailureCode[], headers: object): string {
  const { id = 'Refusal' } = family.refusal.meta() ?? {};
  return [id, ...codes, ...Object.keys(headers)].join('.');
}

/** Every answer that an operation can give, by status. */
export type ResponsesOf = (operation: AnyOperation) => ZodOpenApiResponsesObject;

/** For one document: refusals that are alike are written once, and referred to. */
export function createResponses(): ResponsesOf {
  const refusals = new Map<string, ZodOpenApiResponseObject>();

  function refusalOf(operation: AnyOperation, codes: readonly FailureCode[]): ZodOpenApiResponseObject {
    const id = nameOf(operation, codes, refusalHeadersOf(operation, codes));
    const known = refusals.get(id);
    if (known !== undefined) return known;
    const made = { id, ...responseOf(operation, undefined, codes) };
    refusals.set(id, made);
    return made;
  }

  return (operation) => {
    const refused = byStatus(refusalsOf(operation));
    const statuses = new Set([...Object.keys(operation.answers).map(Number), ...refused.keys()]);
    const responses = [...statuses]
      .sort((one, other) => one - other)
      .map((status): [string, ZodOpenApiResponseObject] => {
        const answer = operation.answers[status];
        const codes = refused.get(status) ?? [];
        return [
          String(status),
          answer === undefined ? refusalOf(operation, codes) : responseOf(operation, answer, codes),
        ];
      });
    return Object.fromEntries(responses);
  };
}
