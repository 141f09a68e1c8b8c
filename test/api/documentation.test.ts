import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createApiDocument } from '../../api/docs/document.ts';
import { allOperations } from '../../api/docs/operations.ts';
import { problems } from '../../api/operations/family.ts';
import { type AnyOperation, describeOperation } from '../../api/operations/operation.ts';
import { idTextSchema } from '../../api/request-shape.ts';
import { staleFiles } from '../../scripts/docs/files.ts';
import { operationsIn, parametersIn, responsesIn } from '../../scripts/docs/operations-in.ts';
import { misfitsIn } from '../support/openapi.ts';

const publicUrl = 'https://api.example.com';
const document = createApiDocument(allOperations, { publicUrl });
const named = operationsIn(document).map((one) => [one.id, one] as const);

/** A document of one operation, with what a case adds. */
function documentOf(more: Partial<AnyOperation>) {
  const operation: AnyOperation = {
    id: 'one',
    method: 'get',
    path: '/one',
    tag: 'audit',
    summary: 'One',
    family: problems,
    access: { kind: 'anyone' },
    answers: { 200: { description: 'It.' } },
    refusals: [],
    ...more,
  };
  const made = createApiDocument([operation], { publicUrl });
  const [only] = operationsIn(made);
  if (only === undefined) throw new Error('no operation');
  return { made, operation: only.operation };
}

const statusesOf = (more: Partial<AnyOperation>): string[] =>
  Object.keys(documentOf(more).operation.responses ?? {});

test('what is made from the descriptions is current: run `npm run docs`', () => {
  expect(staleFiles().map(({ path }) => path)).toEqual([]);
});

describe('the operations of this API', () => {
  const misfits = misfitsIn(document);

  test.each(named)('%s says what it is and names its parameters', (_id, { path, operation }) => {
    expect(operation.summary).toMatch(/^\S.*[^.]$/);
    const [tag] = operation.tags ?? [];
    expect(document.tags?.map(({ name }) => name)).toContain(tag);
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(parametersIn(operation, 'path').map(({ name }) => name)).toEqual(inPath);
    expect(Object.keys(operation.responses ?? {}).some((status) => status < '400')).toBe(true);
  });

  test.each(named)('%s has examples that fit its schemas', (_id, { operation }) => {
    const { requestBody } = operation;
    if (requestBody !== undefined && 'content' in requestBody) {
      const json = requestBody.content['application/json'];
      expect(json?.example).toBeDefined();
      expect(misfits(json?.example, json?.schema ?? {})).toEqual([]);
    }
    for (const [status, { content = {} }] of responsesIn(document, operation))
      for (const { schema, examples = {} } of Object.values(content))
        for (const [name, example] of Object.entries(examples)) {
          const value: unknown = 'value' in example ? example.value : undefined;
          expect([status, name, ...misfits(value, schema ?? {})]).toEqual([status, name]);
        }
  });

  test('ids are what a client can call', () => {
    for (const { id } of allOperations) expect(id).toMatch(/^[a-z][A-Za-z]+$/);
    expect(allOperations.map(({ id }) => id)).toContain('createBookingLink');
  });
});

describe('what follows from how an operation is mounted', () => {
  const json = z.object({ a: z.string() });
  test.each<[string, Partial<AnyOperation>, string[]]>([
    ['nothing asked', {}, ['200', '500']],
    ['a query', { query: z.strictObject({ a: z.string() }) }, ['200', '400', '500']],
    ['a bearer token', { access: { kind: 'bearer', roles: ['admin'] } }, ['200', '401', '403', '500', '503']],
    ['a signature', { access: { kind: 'signature', header: 'x-signature' } }, ['200', '401', '500']],
    ['a body', { method: 'post', body: json }, ['200', '400', '413', '415', '500']],
    ['a parameter', { path: '/one/{id}', params: z.object({ id: z.string() }) }, ['200', '404', '500']],
    ['a limit', { limits: ['links-per-user'] }, ['200', '429', '500']],
    ['its own', { refusals: ['refused', 'outcome-unknown'] }, ['200', '202', '409', '500']],
  ])('%s', (_name, more, statuses) => {
    expect(statusesOf(more)).toEqual(statuses);
  });

  test('a refusal names the codes that it can carry', () => {
    const { made, operation } = documentOf({ refusals: ['refused', 'already-exists'] });
    const conflict = new Map(responsesIn(made, operation)).get(409);
    expect(JSON.stringify(conflict?.content?.['application/problem+json']?.schema)).toContain(
      '"enum":["refused","already-exists"]',
    );
  });

  test('two operations of one id or one address are no document', () => {
    const [first] = allOperations;
    if (first === undefined) throw new Error('no operation');
    expect(() => createApiDocument([first, first], { publicUrl })).toThrow('are called');
    const other = { ...first, id: 'other' };
    expect(() => createApiDocument([first, other], { publicUrl })).toThrow(
      `two operations are ${first.method}`,
    );
  });
});

describe('how schemas are shown', () => {
  const shown = describeOperation({
    id: 'shown',
    method: 'post',
    path: '/shown/{id}',
    tag: 'audit',
    summary: 'Shown',
    family: problems,
    access: { kind: 'anyone' },
    params: z.strictObject({ id: idTextSchema }),
    query: z.strictObject({ flag: z.enum(['true', 'false']).transform((text) => text === 'true') }),
    headers: z.object({ 'idempotency-key': z.string().optional() }),
    body: z.strictObject({ email: z.email(), size: z.int().default(3) }),
    answers: { 200: { description: 'It.', body: z.object({ email: z.email() }) } },
    refusals: [],
  });
  const { operation } = documentOf(shown as AnyOperation);

  test('digits that are read as a number are that number, with its bounds', () => {
    const [id] = parametersIn(operation, 'path');
    expect(id).toMatchObject({
      required: true,
      schema: { type: 'integer', minimum: 1, maximum: 2147483647 },
    });
  });

  test('another transform is shown as it is sent', () => {
    expect(parametersIn(operation, 'query')).toMatchObject([{ schema: { enum: ['true', 'false'] } }]);
  });

  test('a header has its usual name and may be left out', () => {
    const [header] = parametersIn(operation, 'header');
    expect([header?.name, header?.required]).toEqual(['Idempotency-Key', undefined]);
  });

  test('what is asked for has its pattern and its defaults, what is answered has the format alone', () => {
    const asked = JSON.stringify(operation.requestBody);
    expect(asked).toContain('"pattern"');
    expect(asked).toContain('"required":["email"]');
    const answered = JSON.stringify(operation.responses?.['200']);
    expect(answered).toContain('"format":"email"');
    expect(answered).not.toContain('"pattern"');
  });
});
