import { z } from 'zod';
import type { RevocationNotice } from '../../db/queries/revocations.ts';
import type { Gate } from '../../workflows/contract/session.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { readGateValue } from './reading.ts';

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

const keyed = z.object({ sessionKey: z.string().transform((value) => value as SessionKey) });

/** A gate that was told of, or as much as can be read of it: whose it is, or not even that. */
export type GateNotice =
  | { readonly kind: 'gate'; readonly gate: Gate }
  | { readonly kind: 'unreadable'; readonly sessionKey: SessionKey | null };

export function readGateNotice(payload: string): GateNotice {
  const value = parsed(payload);
  const gate = readGateValue(value);
  if (gate !== undefined) return { kind: 'gate', gate };
  const known = keyed.safeParse(value);
  return { kind: 'unreadable', sessionKey: known.success ? known.data.sessionKey : null };
}

const noticeSchema: z.ZodType<RevocationNotice> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('revoked'),
    after: z.number(),
    revocation: z.object({
      seq: z.number(),
      kind: z.enum(['link', 'access', 'login']),
      subject: z.string(),
      keepUntil: z
        .number()
        .transform((value) => value as Instant)
        .nullable(),
    }),
  }),
  z.object({ type: z.literal('released'), seq: z.number() }),
]);

export function readRevocationNotice(payload: string): RevocationNotice | undefined {
  const result = noticeSchema.safeParse(parsed(payload));
  return result.success ? result.data : undefined;
}
