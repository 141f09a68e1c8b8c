import express, { type Request, type RequestHandler } from 'express';
import type { ProblemDetails } from '../problem.ts';
import type { AnyOperation } from './operation.ts';

/** By the `type` of body-parser's errors. */
const bodyProblems: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'the body is not JSON',
  'entity.too.large': 'the body is too large',
  'charset.unsupported': 'send application/json in UTF-8',
};

/** What was wrong with a body that could not be read; nothing for every other error. */
export function bodyProblemOf(error: unknown): ProblemDetails {
  if (!(error instanceof Error) || !('type' in error) || typeof error.type !== 'string') return {};
  const detail = bodyProblems[error.type];
  return detail === undefined ? {} : { detail };
}

function hasBody(req: Request): boolean {
  return req.get('transfer-encoding') !== undefined || Number(req.get('content-length') ?? 0) > 0;
}

/** Whether the vendor's signature on these bytes is good: for `bearer-or-signature`. Without one, a token is asked for. */
export type IsSigned = (req: Request, body: Buffer) => boolean;

/** The bytes of bodies that may be signed. */
const signedBytes = new WeakMap<object, Buffer>();

/** Stands behind the body's parser, since a signature covers the body, and before anything is said about it. */
export function signedOr(isSigned: IsSigned, guard: RequestHandler): RequestHandler {
  return (req, res, next) => {
    if (isSigned(req, signedBytes.get(req) ?? Buffer.alloc(0))) next();
    else return guard(req, res, next);
  };
}

export function bodyHandlers(operation: AnyOperation): RequestHandler[] {
  if (operation.body === undefined) return [];
  const limit = operation.bodyLimit ?? '100kb';
  // Verified as it came, whatever its type says. A compressed one is refused: no vendor here sends any.
  if (operation.bodyType === 'raw') return [express.raw({ type: () => true, limit, inflate: false })];
  const onlyJson: RequestHandler = (req, res, next) => {
    if (hasBody(req) && !req.is('application/json'))
      operation.family.refuse(req, res, 'unsupported-media-type', { detail: 'send application/json' });
    else next();
  };
  if (operation.access.kind !== 'bearer-or-signature') return [onlyJson, express.json({ limit })];
  const verify = (req: object, _res: unknown, bytes: Buffer): void => void signedBytes.set(req, bytes);
  return [onlyJson, express.json({ limit, verify })];
}
