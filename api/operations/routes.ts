import type { ErrorRequestHandler, Request, RequestHandler, Response, Router } from 'express';
import type { Logger } from 'pino';
import { type FailureCode, failures } from '../../platform/failures.ts';
import type { Role } from '../auth/caller.ts';
import type { AnswerRefusal } from '../auth/guard.ts';
import type { LimitName } from '../limits/limits.ts';
import type { RefuseLimited } from '../limits/rate-limited.ts';
import { codeOfError, type ProblemDetails, requestIdOf } from '../problem.ts';
import { describeError } from '../request-log.ts';
import { bodyHandlers, bodyProblemOf, type IsSigned, signedOr } from './body.ts';
import { guardAnswer } from './guard-answer.ts';
import type { AnyOperation, Operation } from './operation.ts';
import { type MountedOperation, routerOf } from './paths.ts';
import { readParts } from './request-parts.ts';

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
  /** @param isSigned for `bearer-or-signature`: who signed well needs no token. */
  add<Params, Query, Headers, Body>(
    operation: Operation<Params, Query, Headers, Body>,
    handle: Handler<Params, Query, Headers, Body>,
    isSigned?: IsSigned,
  ): void;
  /** Everything that was added so far, in that order: what the documentation is made from. */
  operations(): readonly AnyOperation[];
  /** What was added so far. A path answers 405 to every method that was not. */
  router(): Router;
}

const uncached: RequestHandler = (_req, res, next) => {
  res.set('cache-control', 'no-store');
  next();
};

export function createRoutes(keepers: Gatekeepers, log: Pick<Logger, 'error'>): Routes {
  const mounted: MountedOperation[] = [];

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
    add(operation, handle, isSigned = () => false) {
      const { family, access, limits = [] } = operation;
      const described: AnyOperation = operation;
      const serve: RequestHandler = async (req, res) => {
        const asked = readParts(described, req);
        if ('code' in asked) {
          family.refuse(req, res, asked.code, asked.more);
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
        else family.refuse(req, res, code, bodyProblemOf(error));
      };
      const handlers: readonly (RequestHandler | ErrorRequestHandler)[] = [
        uncached,
        ...(access.kind === 'bearer' ? [keepers.guard(access.roles, guardAnswer(family))] : []),
        ...limits.map((name) =>
          keepers.limit(name, (req, res) => family.refuse(req, res, 'too-many-requests')),
        ),
        ...bodyHandlers(described),
        ...(access.kind === 'bearer-or-signature'
          ? [signedOr(isSigned, keepers.guard(access.roles, guardAnswer(family)))]
          : []),
        serve,
        failed,
      ];
      mounted.push({ operation: described, handlers });
    },
    operations: () => mounted.map(({ operation }) => operation),
    router: () => routerOf(mounted),
  };
}
