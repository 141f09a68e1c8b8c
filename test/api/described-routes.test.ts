import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Role } from '../../api/auth/caller.ts';
import { allOperations } from '../../api/docs/operations.ts';
import { rateLimited } from '../../api/limits/rate-limited.ts';
import type { AnyOperation, Method } from '../../api/operations/operation.ts';
import { reply } from '../../api/operations/routes.ts';
import { type FailureCode, failures } from '../../platform/failures.ts';
import { type Answer, ask } from './support/ask.ts';
import { verifyNamed } from './support/named-callers.ts';
import { keepersOf, type ServedRoutes, serveRoutes } from './support/serve-routes.ts';

const roles: readonly Role[] = ['admin', 'tenant', 'service'];
const methods: readonly Method[] = ['get', 'post', 'put', 'patch', 'delete'];

const named = (which: (operation: AnyOperation) => boolean): [string, AnyOperation][] =>
  allOperations.filter(which).map((operation) => [operation.id, operation]);
const takesJson = ({ body, bodyType }: AnyOperation): boolean => body !== undefined && bodyType !== 'raw';
const isGuarded = ({ access }: AnyOperation): boolean =>
  access.kind === 'bearer' || access.kind === 'bearer-or-signature';
const rolesOf = ({ access }: AnyOperation): readonly Role[] => ('roles' in access ? access.roles : []);

let served: ServedRoutes;
let exhausted: ServedRoutes;
const reached: string[] = [];
beforeAll(async () => {
  const open = keepersOf(verifyNamed);
  const none = { charge: async () => ({ allowed: false, limit: 5, remaining: 0, resetSeconds: 42 }) };
  const serve = (keepers: typeof open): Promise<ServedRoutes> =>
    serveRoutes({
      keepers,
      add(routes) {
        for (const operation of allOperations)
          routes.add(operation, async () => {
            reached.push(operation.id);
            return reply(200, {});
          });
      },
    });
  served = await serve(open);
  exhausted = await serve({ ...open, limit: (name, refuse) => rateLimited(none, name, () => 'key', refuse) });
});
afterAll(() => Promise.all([served.close(), exhausted.close()]));

const JSON_TYPE = { 'content-type': 'application/json' } as const;

const send = (
  { path }: AnyOperation,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
  origin = served.origin,
): Promise<Answer> =>
  ask(origin + path.replaceAll(/\{\w+\}/g, '1'), {
    method: method.toUpperCase(),
    headers,
    ...(body === undefined ? {} : { body }),
  });

/** As somebody who may call. */
function welcome(operation: AnyOperation): Record<string, string> {
  const [role] = rolesOf(operation);
  return role === undefined ? {} : { authorization: `Bearer ${role}` };
}

const as = (operation: AnyOperation, authorization: string | null): Promise<Answer> => {
  const headers = authorization === null ? {} : { authorization };
  return takesJson(operation)
    ? send(operation, operation.method, { ...headers, ...JSON_TYPE }, '{}')
    : send(operation, operation.method, headers);
};

/** The code's status, in the envelope that the operation's family describes. */
function expectRefusal(answer: Answer, { family }: AnyOperation, code: FailureCode): void {
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
    failures[code].status,
    `${family.contentType}; charset=utf-8`,
    'no-store',
  ]);
  expect(family.refusal.safeParse(answer.json)).toMatchObject({ success: true });
  if (family.codeAt.length > 0) expect(answer.json).toHaveProperty([...family.codeAt], code);
}

test('an id, and a method with a path, stands for one operation', () => {
  expect(new Set(allOperations.map(({ id }) => id)).size).toBe(allOperations.length);
  expect(new Set(allOperations.map(({ method, path }) => `${method} ${path}`)).size).toBe(
    allOperations.length,
  );
  // Two templates that match the same addresses would answer 405 for one another's methods.
  const templates = new Set(allOperations.map(({ path }) => path));
  expect(new Set([...templates].map((path) => path.replaceAll(/\{\w+\}/g, '{}'))).size).toBe(templates.size);
});

test.each(named(() => true))('%s: its examples fit its schemas', (_, operation) => {
  const { body, bodyExample, answers } = operation;
  if (takesJson(operation)) expect(body?.safeParse(bodyExample)).toMatchObject({ success: true });
  for (const answer of Object.values(answers))
    if (answer.example !== undefined)
      expect(answer.body?.safeParse(answer.example)).toMatchObject({ success: true });
});

test.each(named(() => true))('%s: another method is 405, and told which there are', async (_, operation) => {
  const known = allOperations.filter(({ path }) => path === operation.path).map(({ method }) => method);
  for (const method of methods.filter((one) => !known.includes(one))) {
    const answer = await send(operation, method, welcome(operation));
    expectRefusal(answer, operation, 'method-not-allowed');
    expect(new Set(answer.headers.get('allow')?.split(', '))).toEqual(
      new Set(known.flatMap((one) => (one === 'get' ? ['GET', 'HEAD'] : [one.toUpperCase()]))),
    );
  }
});

describe('a body', () => {
  /** `8kb` or `1mb`, and 100 kB where nothing is said. */
  function mostBytes({ bodyLimit = '100kb' }: AnyOperation): number {
    const [, digits, unit] = /^(\d+)(kb|mb)$/.exec(bodyLimit) ?? [];
    if (digits === undefined) throw new Error(`what is ${bodyLimit}?`);
    return Number(digits) * (unit === 'mb' ? 1024 * 1024 : 1024);
  }

  test.each(named(({ body }) => body !== undefined))('%s: too large is 413', async (_, operation) => {
    const size = Math.max(101_000, mostBytes(operation));
    const text = JSON.stringify({ more: 'x'.repeat(size) });
    const headers = { ...welcome(operation), ...JSON_TYPE };
    expectRefusal(await send(operation, operation.method, headers, text), operation, 'too-large');
  });

  test.each(named(takesJson))('%s: of another type is 415, or of none', async (_, operation) => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      null,
    ])
      expectRefusal(
        await send(
          operation,
          operation.method,
          { ...welcome(operation), ...(type === null ? {} : { 'content-type': type }) },
          '{}',
        ),
        operation,
        'unsupported-media-type',
      );
  });

  const withoutParams = (operation: AnyOperation): boolean =>
    takesJson(operation) && operation.params === undefined;
  test.each([
    ...named(takesJson).map(([id, one]) => [id, 'no JSON', one, ['{', '"{}"', '7', '{"a":1}}']] as const),
    // Elsewhere the path is looked at first, and it leads to nothing here.
    ...named(withoutParams).map(
      ([id, one]) => [id, 'another shape', one, ['[]', '{"a field of nobody":1}']] as const,
    ),
  ])('%s: of %s is 400', async (_, __, operation, texts) => {
    const headers = { ...welcome(operation), ...JSON_TYPE };
    for (const text of texts)
      expectRefusal(await send(operation, operation.method, headers, text), operation, 'invalid-request');
  });
});

describe('a caller', () => {
  test.each(named(isGuarded))('%s: without a good token is 401', async (_, operation) => {
    for (const [authorization, challenge] of [
      [null, /^Bearer realm="[^"]+"$/],
      ['Bearer expired', /^Bearer .*error="invalid_token"$/],
      ['Bearer nonsense', /^Bearer .*error="invalid_token"$/],
    ] as const) {
      const answer = await as(operation, authorization);
      expectRefusal(answer, operation, 'not-authenticated');
      expect(answer.headers.get('www-authenticate')).toMatch(challenge);
    }
  });

  test.each(named(isGuarded))('%s: of another role is 403', async (_, operation) => {
    const others = roles.filter((role) => !rolesOf(operation).includes(role));
    for (const role of others) {
      const answer = await as(operation, `Bearer ${role}`);
      expectRefusal(answer, operation, 'not-allowed');
      expect(answer.headers.get('www-authenticate')).toMatch(/error="insufficient_scope"$/);
    }
  });

  test.each(named(isGuarded))('%s: whom nobody can check is 503', async (_, operation) => {
    const answer = await as(operation, 'Bearer keys-away');
    expectRefusal(answer, operation, 'keys-unavailable');
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  });

  test.each(named(({ limits = [] }) => limits.length > 0))(
    '%s: who asks too often is 429',
    async (_, operation) => {
      const headers = { ...welcome(operation), ...(takesJson(operation) ? JSON_TYPE : {}) };
      const body = takesJson(operation) ? '{}' : undefined;
      const answer = await send(operation, operation.method, headers, body, exhausted.origin);
      expectRefusal(answer, operation, 'too-many-requests');
      expect(answer.headers.get('retry-after')).toBe('42');
      expect(answer.headers.get('ratelimit-remaining')).toBe('0');
    },
  );
});

test('nothing that was refused reached a handler', () => {
  expect(reached).toEqual([]);
});

test.each(named(({ method }) => method === 'get'))('%s: HEAD is GET without a body', async (_, operation) => {
  const get = await send(operation, 'get', welcome(operation));
  const head = await send(operation, 'head', welcome(operation));
  expect([head.status, head.text]).toEqual([get.status, '']);
  expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
});
