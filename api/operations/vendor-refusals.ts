import type { FailureCode } from '../../platform/failures.ts';

/** How an operation that asks a vendor while its caller waits can fail, whatever it asks for. */
export const vendorRefusals = [
  'vendor-unreachable',
  'vendor-timeout',
  'vendor-unavailable',
  'vendor-rate-limited',
  'vendor-unauthorized',
  'vendor-forbidden',
  'vendor-malformed',
] as const satisfies readonly FailureCode[];
