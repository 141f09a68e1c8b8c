import type { Request } from 'express';
import type { z } from 'zod';
import type { FailureCode } from '../../platform/failures.ts';
import type { ProblemDetails } from '../problem.ts';
import { fieldProblems } from '../request-shape.ts';
import type { AnyOperation } from './operation.ts';

const NOT_A_BODY = 'the body must be a JSON object';

function headersOf(schema: z.ZodObject, req: Request): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = req.get(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** What a request brings, or why it is refused. */
export function readParts(
  operation: AnyOperation,
  req: Request,
):
  | { readonly parts: Record<'params' | 'query' | 'headers' | 'body', unknown> }
  | { readonly code: FailureCode; readonly more: ProblemDetails } {
  const parts: Record<'params' | 'query' | 'headers' | 'body', unknown> = {
    params: undefined,
    query: undefined,
    headers: undefined,
    body: undefined,
  };
  if (operation.params !== undefined) {
    const params = operation.params.safeParse(req.params);
    if (!params.success) return { code: 'not-found', more: {} };
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
      return { code: 'invalid-request', more: { detail: detail === '' ? NOT_A_BODY : detail } };
    }
    parts[part] = parsed.data;
  }
  return { parts };
}
