import type { oas31 } from 'zod-openapi';
import type { FailureCode } from '../../platform/failures.ts';
import type { AnyOperation, Answer } from '../operations/operation.ts';

const seconds = { type: 'integer', minimum: 0 } as const;

/** Headers of ours that stand on many answers, by name. */
export const commonHeaders = {
  'RateLimit-Limit': {
    description: 'Requests in one window, of the limit that is nearest to its end.',
    required: true,
    schema: seconds,
  },
  'RateLimit-Remaining': { description: 'What is left of them.', required: true, schema: seconds },
  'RateLimit-Reset': { description: 'Seconds until the window ends.', required: true, schema: seconds },
  'Retry-After': { description: 'Seconds to wait.', required: true, schema: seconds },
  'WWW-Authenticate': {
    description: 'RFC 6750: which token is wanted, and what was wrong with this one.',
    required: true,
    schema: { type: 'string' },
  },
} as const satisfies oas31.HeadersObject;

const common = (...names: readonly (keyof typeof commonHeaders)[]): oas31.HeadersObject =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const standing = common('RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset');

/** What the code in front of the handler sets on a refusal with one of these codes. */
export function refusalHeadersOf(
  { access }: AnyOperation,
  codes: readonly FailureCode[],
): oas31.HeadersObject {
  const isBearer = access.kind === 'bearer' || access.kind === 'bearer-or-signature';
  const challenged = codes.some((code) => code === 'not-authenticated' || code === 'not-allowed');
  // Of the keys alone: what else answers with this status may not know how long it lasts.
  const onlyKeys = codes.length === 1 && codes[0] === 'keys-unavailable';
  return {
    ...(isBearer && challenged ? common('WWW-Authenticate') : {}),
    ...(isBearer && onlyKeys ? common('Retry-After') : {}),
    ...(codes.includes('too-many-requests') ? { ...standing, ...common('Retry-After') } : {}),
  };
}

/** The answer's own headers, and how the caller stands where the operation is limited. */
export function answerHeadersOf({ limits = [] }: AnyOperation, answer: Answer): oas31.HeadersObject {
  const own = Object.entries(answer.headers ?? {}).map(
    ([name, description]) => [name, { description, schema: { type: 'string' as const } }] as const,
  );
  return { ...(limits.length > 0 ? standing : {}), ...Object.fromEntries(own) };
}
