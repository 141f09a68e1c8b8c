import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { CodedFailure, type FailureCode, failures } from '../platform/failures.ts';

/** RFC 9457, with a stable `code` to branch on. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: FailureCode;
  readonly detail?: string;
  /** A finer reason, of the rules or of the gate. */
  readonly reason?: string;
  /** ISO 8601: the instant that the reason is about. */
  readonly at?: string;
  /** What would have been allowed instead. */
  readonly allowed?: readonly string[];
  /** To quote to support; the same id stands in the log. */
  readonly requestId?: string;
}

export interface ProblemDetails {
  readonly detail?: string;
  readonly reason?: string;
  readonly at?: number | null;
  readonly allowed?: readonly string[];
  /** Instead of the code's own status. */
  readonly status?: number;
}

const titles: Readonly<Partial<Record<FailureCode, string>>> = {
  'not-authenticated': 'Not authenticated',
  'bad-signature': 'Not authenticated',
  'not-allowed': 'Not allowed',
  'not-found': 'Not found',
  'method-not-allowed': 'Method not allowed',
  'invalid-request': 'Invalid request',
  'too-large': 'Content too large',
  'payload-key-unknown': 'The key of a payload is not here',
  'payload-unreadable': 'A payload cannot be decrypted',
  'unsupported-media-type': 'Unsupported media type',
  'precondition-failed': 'Changed meanwhile',
  'key-reused': 'Idempotency key reused',
  'not-acceptable': 'Not acceptable',
  'already-exists': 'Already there',
  'too-many-requests': 'Too many requests',
  'link-over': 'The link leads nowhere any more',
  'session-over': 'The session is over',
  refused: 'Refused',
  'outcome-unknown': 'Outcome unknown',
  'store-unavailable': 'Temporarily unavailable',
  'engine-unavailable': 'Temporarily unavailable',
  'keys-unavailable': 'Temporarily unavailable',
  internal: 'Internal error',
};

/** Set by the request logger on every request. */
export function requestIdOf(req: Request): string | null {
  return 'id' in req && typeof req.id === 'string' ? req.id : null;
}

export function problemOf(code: FailureCode, requestId: string | null, more: ProblemDetails = {}): Problem {
  return {
    type: 'about:blank',
    title: titles[code] ?? 'A service behind us failed',
    status: more.status ?? failures[code].status,
    code,
    ...(more.detail === undefined ? {} : { detail: more.detail }),
    ...(more.reason === undefined ? {} : { reason: more.reason }),
    ...(more.at === undefined || more.at === null ? {} : { at: new Date(more.at).toISOString() }),
    ...(more.allowed === undefined ? {} : { allowed: more.allowed }),
    ...(requestId === null ? {} : { requestId }),
  };
}

/** Answers with `application/problem+json`. */
export function sendProblem(req: Request, res: Response, code: FailureCode, more: ProblemDetails = {}): void {
  const problem = problemOf(code, requestIdOf(req), more);
  if (!res.hasHeader('cache-control')) res.set('cache-control', 'no-store');
  res.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** The last route: nothing of ours is here. */
export const notFound: RequestHandler = (req, res) => sendProblem(req, res, 'not-found');

/** The last handler of a path that exists: names the methods that it has. */
export function methodNotAllowed(...methods: readonly string[]): RequestHandler {
  return (req, res) => {
    res.set('allow', methods.join(', '));
    sendProblem(req, res, 'method-not-allowed');
  };
}

/** What an error that reached Express means to the caller. Its own words stay with us. */
export function codeOfError(error: unknown): FailureCode {
  if (error instanceof CodedFailure) return error.code;
  if (error instanceof Error && 'status' in error && typeof error.status === 'number') {
    if (error.status === 413) return 'too-large';
    if (error.status === 415) return 'unsupported-media-type';
    if (error.status === 404) return 'not-found';
    if (error.status >= 400 && error.status < 500) return 'invalid-request';
  }
  return 'internal';
}

/** @param report is told of every error that is ours rather than the caller's. */
export function problemHandler(report: (error: unknown, req: Request) => void): ErrorRequestHandler {
  return (error, req, res, next) => {
    const code = codeOfError(error);
    if (failures[code].status >= 500) report(error, req);
    if (res.headersSent) {
      next(error);
      return;
    }
    sendProblem(req, res, code);
  };
}
