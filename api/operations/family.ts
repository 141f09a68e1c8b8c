import type { Request, Response } from 'express';
import { z } from 'zod';
import { type FailureCode, failures } from '../../platform/failures.ts';
import { type ProblemDetails, sendProblem } from '../problem.ts';

/** How the endpoints of one contract refuse. The codes and their statuses are those of the one table of failures. */
export interface Family {
  readonly contentType: 'application/json' | 'application/problem+json';
  /** The body of a refusal. */
  readonly refusal: z.ZodType;
  /** Writes status and body; the headers that do not depend on the family are set already. */
  refuse(req: Request, res: Response, code: FailureCode, more?: ProblemDetails): void;
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
export const problems: Family = {
  contentType: 'application/problem+json',
  refusal: problemSchema,
  refuse: sendProblem,
};
