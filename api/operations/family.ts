import type { Request, Response } from 'express';
import { z } from 'zod';
import { type FailureCode, failures } from '../../platform/failures.ts';
import { type ProblemDetails, problemOf, requestIdOf } from '../problem.ts';

/** How the refusals of one contract look. */
interface RefusalShape {
  readonly contentType: 'application/json' | 'application/problem+json';
  /** The body of a refusal. */
  readonly refusal: z.ZodType;
  /** The fields that lead to the failure's code in that body; none: it carries no code. */
  readonly codeAt: readonly string[];
  /** The body itself. @param requestId to quote to support; null where the request has none. */
  bodyOf(code: FailureCode, requestId: string | null, more?: ProblemDetails): object;
}

/** How the endpoints of one contract refuse. The codes and their statuses are those of the one table of failures. */
export interface Family extends RefusalShape {
  /** Writes status and body; the headers that do not depend on the family are set already. */
  refuse(req: Request, res: Response, code: FailureCode, more?: ProblemDetails): void;
}

/** A contract's way of refusing, from the shape of its bodies. */
export function createFamily(shape: RefusalShape): Family {
  return {
    ...shape,
    refuse(req, res, code, more = {}) {
      if (!res.hasHeader('cache-control')) res.set('cache-control', 'no-store');
      res
        .status(more.status ?? failures[code].status)
        .type(shape.contentType)
        .send(JSON.stringify(shape.bodyOf(code, requestIdOf(req), more)));
    },
  };
}

const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(failures) as [FailureCode, ...FailureCode[]]).meta({
      description: 'Stable: branch on this.',
    }),
    detail: z.string().optional(),
    reason: z.string().optional().meta({ description: 'A finer reason, of the rules or of the gate.' }),
    at: z.iso.datetime().optional().meta({ description: 'The instant that the reason is about.' }),
    allowed: z.array(z.string()).optional().meta({ description: 'What would have been allowed instead.' }),
    requestId: z.string().optional().meta({ description: 'To quote to support.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457, with a stable `code`.' });

/** Problem documents (RFC 9457): every endpoint whose contract names no envelope of its own. */
export const problems: Family = createFamily({
  contentType: 'application/problem+json',
  refusal: problemSchema,
  codeAt: ['code'],
  bodyOf: problemOf,
});
