import type { Payload } from '@temporalio/common';
import { z } from 'zod';

/** Standard base64: how the JSON form of Protocol Buffers has bytes. */
const bytes = z
  .string()
  .regex(/^[A-Za-z0-9+/_-]*={0,2}$/)
  .transform((text) => Buffer.from(text, 'base64'));

/** `temporal.api.common.v1.Payloads` in the JSON form of Protocol Buffers; other fields are not carried. */
const payloadsSchema = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), bytes).default({}), data: bytes.optional() }))
    .default([]),
});

/** The payloads of a request's body, or null when it is of another form. */
export function readPayloads(body: unknown): readonly Payload[] | null {
  const parsed = payloadsSchema.safeParse(body);
  if (!parsed.success) return null;
  return parsed.data.payloads.map(({ metadata, data }) => ({ metadata, ...(data ? { data } : {}) }));
}

const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64');

/** The same form as an answer. */
export function showPayloads(payloads: readonly Payload[]): object {
  return {
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(
        Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)]),
      ),
      ...(data ? { data: base64(data) } : {}),
    })),
  };
}
