import type { oas31 } from 'zod-openapi';
import type { ApiDocument } from '../../api/docs/document.ts';
import {
  credentialHeadersOf,
  type DocumentedOperation,
  operationsIn,
  parametersIn,
  responsesIn,
} from './operations-in.ts';
import { commentOf, propertyName, typeOf } from './typescript.ts';

const HEAD = `// Made from the OpenAPI document by \`npm run docs\`. What is changed here is lost.

import type { Call } from './client.ts';
`;

interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly type: string;
  readonly description?: string | undefined;
}

const fieldText = ({ name, required, type, description }: Field): string =>
  `${commentOf(description)}readonly ${propertyName(name)}${required ? '' : '?'}: ${type};`;

const objectOf = (fields: readonly Field[]): string => `{\n${fields.map(fieldText).join('\n')}\n}`;

/** A group of fields, which may be left out where each of them may. */
function groupOf(name: string, fields: readonly Field[]): readonly Field[] {
  if (fields.length === 0) return [];
  return [{ name, required: fields.some(({ required }) => required), type: objectOf(fields) }];
}

function fieldOf(parameter: oas31.ParameterObject): Field {
  return {
    name: parameter.name,
    required: parameter.required === true,
    type: typeOf(parameter.schema ?? true),
    description: parameter.description,
  };
}

/** What may be asked for beside JSON. */
function otherTypesOf(document: ApiDocument, { operation }: DocumentedOperation): readonly string[] {
  const types = responsesIn(document, operation).flatMap(([, { content }]) => Object.keys(content ?? {}));
  return [...new Set(types)].filter((type) => !type.endsWith('json'));
}

function requestType(document: ApiDocument, documented: DocumentedOperation): string {
  const { operation } = documented;
  const credentials = credentialHeadersOf(document, operation).map(
    (name): Field => ({ name, required: false, type: 'string' }),
  );
  const body = operation.requestBody as oas31.RequestBodyObject | undefined;
  const types = otherTypesOf(document, documented);
  const fields = [
    ...groupOf('path', parametersIn(operation, 'path').map(fieldOf)),
    ...groupOf('query', parametersIn(operation, 'query').map(fieldOf)),
    ...groupOf('headers', [...parametersIn(operation, 'header').map(fieldOf), ...credentials]),
    ...(body === undefined
      ? []
      : [
          {
            name: 'body',
            required: body.required === true,
            type: typeOf(body.content['application/json']?.schema ?? true),
          },
        ]),
    ...(types.length === 0
      ? []
      : [{ name: 'accept', required: false, type: types.map((type) => JSON.stringify(type)).join(' | ') }]),
  ];
  return fields.length === 0 ? 'Readonly<Record<string, never>>' : objectOf(fields);
}

/** The types of one answer, by what may be asked for. */
function answerTypes([status, { content }]: readonly [number, oas31.ResponseObject]): readonly string[] {
  const answers = Object.entries(content ?? {}).map(([type, { schema }]) => [
    JSON.stringify(type),
    typeOf(schema ?? true),
  ]);
  return (answers.length === 0 ? [['null', 'undefined']] : answers).map(
    ([type, body]) => `{ readonly status: ${status}; readonly type: ${type}; readonly body: ${body} }`,
  );
}

/** `Problem.not-found` to `ProblemNotFound`: what the document says once is one type. */
const sharedName = (reference: string): string =>
  (reference.split('/').at(-1) ?? '').replaceAll(/(?:^|\W)(\w)/g, (_start, letter: string) =>
    letter.toUpperCase(),
  );

/** The name of an answer that several operations share; undefined: it is this operation's own. */
function sharedNameOf(operation: oas31.OperationObject, status: number): string | undefined {
  const given = operation.responses?.[String(status)] as oas31.ResponseObject | oas31.ReferenceObject;
  return '$ref' in given && given.$ref !== undefined ? sharedName(given.$ref) : undefined;
}

function answersOf(document: ApiDocument, { operation }: DocumentedOperation): string {
  const types = responsesIn(document, operation).flatMap((answer) => {
    const shared = sharedNameOf(operation, answer[0]);
    return shared === undefined ? answerTypes(answer) : [shared];
  });
  return types.join(' | ');
}

/** The types of the answers that several operations share. */
function sharedAnswers(document: ApiDocument): readonly string[] {
  const shared = new Map<string, string>();
  for (const { operation } of operationsIn(document))
    for (const answer of responsesIn(document, operation)) {
      const name = sharedNameOf(operation, answer[0]);
      if (name !== undefined) shared.set(name, answerTypes(answer).join(' | '));
    }
  return [...shared].map(([name, type]) => `export type ${name} = ${type};`);
}

function operationType(document: ApiDocument, documented: DocumentedOperation): string {
  const { id, method, path, operation } = documented;
  return [
    `${commentOf(`\`${method.toUpperCase()} ${path}\`: ${operation.summary ?? ''}`)}readonly ${id}: {`,
    `readonly request: ${requestType(document, documented)};`,
    `readonly answer: ${answersOf(document, documented)};`,
    '};',
  ].join('\n');
}

function callText({ id, method, path, operation }: DocumentedOperation): string {
  const statuses = Object.keys(operation.responses ?? {});
  return `${id}: { method: '${method.toUpperCase()}', path: '${path}', statuses: [${statuses.join(', ')}] },`;
}

/** The types of the client, unformatted: components, then operations, then what is needed to send each of them. */
export function clientTypes(document: ApiDocument): string {
  const components = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) =>
      `${'description' in schema ? commentOf(schema.description) : ''}export type ${name} = ${typeOf(schema)};`,
  );
  const operations = operationsIn(document);
  return [
    HEAD,
    ...components,
    ...sharedAnswers(document),
    '/** Each operation by its id: what it asks for, and everything that it can answer. */',
    'export interface Operations {',
    ...operations.map((documented) => operationType(document, documented)),
    '}',
    '/** How each operation is sent, and the statuses that it may answer with. */',
    'export const calls = {',
    operations.map(callText).join('\n'),
    '} as const satisfies Readonly<Record<keyof Operations, Call>>;',
    '',
  ].join('\n\n');
}
