import { z } from 'zod';
import { type FailureCode, failures } from '../../platform/failures.ts';
import type { Family } from '../operations/family.ts';
import type { Access, AnyOperation } from '../operations/operation.ts';

const EXAMPLE_REQUEST_ID = '4f8a1c52-6f0e-4c39-9a53-0d6f6b8c2a17';

function ofAccess(access: Access): readonly FailureCode[] {
  switch (access.kind) {
    case 'anyone':
      return [];
    case 'bearer':
    case 'bearer-or-signature':
      return ['not-authenticated', 'not-allowed', 'keys-unavailable'];
    case 'signature':
      return ['bad-signature'];
  }
}

/** Every failure that an operation can answer with: its own, and those that follow from how it is mounted. */
export function refusalsOf(operation: AnyOperation): readonly FailureCode[] {
  const { params, query, headers, body, limits = [] } = operation;
  const asks = query !== undefined || headers !== undefined || body !== undefined;
  const codes: readonly FailureCode[] = [
    ...(asks ? (['invalid-request'] as const) : []),
    ...ofAccess(operation.access),
    ...(params === undefined ? [] : (['not-found'] as const)),
    ...(body === undefined ? [] : (['too-large', 'unsupported-media-type'] as const)),
    ...operation.refusals,
    ...(limits.length > 0 ? (['too-many-requests'] as const) : []),
    'internal',
  ];
  return [...new Set(codes)];
}

/** The codes by the status that they are answered with. */
export function byStatus(codes: readonly FailureCode[]): ReadonlyMap<number, readonly FailureCode[]> {
  const grouped = new Map<number, FailureCode[]>();
  for (const code of codes) {
    const { status } = failures[code];
    grouped.set(status, [...(grouped.get(status) ?? []), code]);
  }
  return grouped;
}

/** The family's refusal with one of these codes in it. */
export function refusalSchemaOf(family: Family, codes: readonly FailureCode[]): z.ZodType {
  const [first, ...others] = codes;
  if (first === undefined || family.codeAt.length === 0) return family.refusal;
  const narrowed = family.codeAt.reduceRight<z.ZodType>(
    (inner, field) => z.looseObject({ [field]: inner }),
    z.enum([first, ...others]),
  );
  return z.intersection(family.refusal, narrowed);
}

/** One example by code. */
export function refusalExamplesOf(
  family: Family,
  codes: readonly FailureCode[],
): Record<string, { readonly summary: string; readonly value: object }> {
  return Object.fromEntries(
    codes.map((code) => [
      code,
      { summary: failures[code].remedy, value: family.bodyOf(code, EXAMPLE_REQUEST_ID) },
    ]),
  );
}
