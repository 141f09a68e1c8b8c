import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { type FailureCode, failures } from '../../platform/failures.ts';
import type { Role } from '../auth/caller.ts';
import type { AnswerRefusal } from '../auth/guard.ts';
import type { LimitName } from '../limits/limits.ts';
import type { RefuseLimited } from '../limits/rate-limited.ts';
import { codeOfError, methodNotAllowed, type ProblemDetails, requestIdOf } from '../problem.ts';
import { describeError } from '../request-log.ts';
import { fieldProblems } from '../request-shape.ts';
import type { Family } from './family.ts';
import type { AnyOperation, Method, Operation } from './operation.ts';

/** One request whose parts fit the operation's schemas. */
export interface Asked<Params, Query, Headers, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
  readonly req: Request;
  readonly res: Response;
}

export interface Reply {
  readonly kind: 'reply';
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Refusal {
  readonly kind: 'refusal';
  readonly code: FailureCode;
  readonly more: ProblemDetails;
  readonly headers: Readonly<Record<string, string>>;
}

/** `written`: the handler has answered by itself, as it does for a stream. */
export type Outcome = Reply | Refusal | { readonly kind: 'written' };

export const reply = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({ kind: 'reply', status, body, headers });

export const refusal = (
  code: FailureCode,
  more: ProblemDetails = {},
  headers: Readonly<Record<string, string>> = {},
): Refusal => ({ kind: 'refusal', code, more, headers });

export type Handler<Params, Query, Headers, Body> = (
  asked: Asked<Params, Query, Headers, Body>,
) => Promise<Outcome>;

/** Who may call, and how often: `Callers` of the composition. */
export interface Gatekeepers {
  guard(roles: readonly Role[], answer: AnswerRefusal): RequestHandler;
  limit(name: LimitName, refuse: RefuseLimited): RequestHandler;
}

/** Endpoints that are mounted from their descriptions, and from nothing else. */
export interface Routes {
  add<Params, Query, Headers, Body>(
    operation: Operation<Params, Query, Headers, Body>,
    handle: Handler<Params, Query, Headers, Body>,
  ): void;
  /** Call it last: a path answers 405 to every method that was not added. */
  router(): Router;
}

const NOT_A_BODY = 'the body must be a JSON object';

/** `{id}` to Express's `:id`. */
const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

function guardAnswer(family: Family): AnswerRefusal {
  return (req, res, refused) => {
    switch (refused.status) {
      case 401:
        family.refuse(req, res, 'not-authenticated', { reason: refused.reason });
        return;
      case 403:
        family.refuse(req, res, 'not-allowed', { reason: 'role' });
        return;
      case 503:
        family.refuse(req, res, 'keys-unavailable');
        return;
    }
  };
}

function hasBody(req: Request): boolean {
  return req.get('transfer-encoding') !== undefined || Number(req.get('content-length') ?? 0) > 0;
}

function bodyHandlers(operation: AnyOperation): RequestHandler[] {
  if (operation.body === undefined) return [];
  const limit = operation.bodyLimit ?? '100kb';
  // Verified as it came: whatever its type says.
  if (operation.bodyType === 'raw') return [express.raw({ type: () => true, limit })];
  const onlyJson: RequestHandler = (req, res, next) => {
    if (hasBody(req) && !req.is('application/json'))
      operation.family.refuse(req, res, 'unsupported-media-type');
    else next();
  };
  return [onlyJson, express.json({ limit })];
}

function headersOf(schema: z.ZodObject, req: Request): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = req.get(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** What a request brings, or why it is refused. */
function read(
  operation: AnyOperation,
  req: Request,
):
  | { readonly parts: Record<'params' | 'query' | 'headers' | 'body', unknown> }
  | { readonly refused: Refusal } {
  const parts: Record<'params' | 'query' | 'headers' | 'body', unknown> = {
    params: undefined,
    query: undefined,
    headers: undefined,
    body: undefined,
  };
  if (operation.params !== undefined) {
    const params = operation.params.safeParse(req.params);
    if (!params.success) return { refused: refusal('not-found') };
    parts.params = params.data;
  }
  const given = [
    ['query', operation.query, () => req.query],
    ['headers', operation.headers, () => operation.headers && headersOf(operation.headers, req)],
    ['body', operation.body, () => req.body as unknown],
  ] as const;
  for (const [part, schema, value] of given) {
    if (schema === undefined) continue;
    const parsed = schema.safeParse(value());
    if (!parsed.success) {
      const detail = fieldProblems(parsed.error);
      return { refused: refusal('invalid-request', { detail: detail === '' ? NOT_A_BODY : detail }) };
    }
    parts[part] = parsed.data;
  }
  return { parts };
}

export function createRoutes(keepers: Gatekeepers, log: Pick<Logger, 'error'>): Routes {
  const router = Router({ caseSensitive: true, strict: true });
  const methods = new Map<string, Method[]>();

  function answer(operation: AnyOperation, req: Request, res: Response, outcome: Outcome): void {
    if (outcome.kind === 'written') return;
    res.set(outcome.headers);
    if (outcome.kind === 'refusal') {
      operation.family.refuse(req, res, outcome.code, outcome.more);
      return;
    }
    res.status(outcome.status);
    if (outcome.body === undefined) res.end();
    else res.type('application/json').send(JSON.stringify(outcome.body));
  }

  return {
    add(operation, handle) {
      const { family, access, limits = [] } = operation;
      const described: AnyOperation = operation;
      const path = expressPath(operation.path);
      methods.set(path, [...(methods.get(path) ?? []), operation.method]);

      const serve: RequestHandler = async (req, res) => {
        const asked = read(described, req);
        if ('refused' in asked) {
          answer(described, req, res, asked.refused);
          return;
        }
        // Each part is what its own schema made of it, or undefined where the operation has none.
        const parts = asked.parts as Pick<
          Parameters<typeof handle>[0],
          'params' | 'query' | 'headers' | 'body'
        >;
        answer(described, req, res, await handle({ ...parts, req, res }));
      };
      const failed: ErrorRequestHandler = (error, req, res, next) => {
        const code = codeOfError(error);
        if (failures[code].status >= 500)
          log.error({ requestId: requestIdOf(req), code, err: describeError(error) }, 'request failed');
        if (res.headersSent) next(error);
        else if (code === 'invalid-request')
          family.refuse(req, res, code, { detail: 'the body is not JSON' });
        else family.refuse(req, res, code);
      };
      router.route(path)[operation.method](
        (_req: Request, res: Response, next: () => void) => {
          res.set('cache-control', 'no-store');
          next();
        },
        ...(access.kind === 'bearer' ? [keepers.guard(access.roles, guardAnswer(family))] : []),
        ...limits.map((name) =>
          keepers.limit(name, (req, res) => family.refuse(req, res, 'too-many-requests')),
        ),
        ...bodyHandlers(described),
        serve,
        failed,
      );
    },
    router() {
      for (const [path, known] of methods) {
        const allowed = known.flatMap((method) =>
          method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
        );
        router.all(path, methodNotAllowed(...allowed));
      }
      return router;
    },
  };
}
