import { z } from 'zod';
import type { Erasure } from '../../../db/queries/erasures.ts';
import { readCertificate } from '../../../platform/certificates.ts';
import type { KeyRing } from '../../../platform/keys.ts';
import { wholeSeconds } from '../../rfc3339.ts';

const partSchema = z.object({ what: z.string(), count: z.int() });

/** What a certificate says. */
export const claimsSchema = z
  .object({
    erasureId: z.string(),
    tenantId: z.int(),
    clientId: z.int(),
    at: z.iso.datetime(),
    done: z.array(partSchema).meta({ description: 'What was blanked or deleted, and how much of it.' }),
    notDone: z
      .array(partSchema.extend({ reason: z.string() }))
      .meta({ description: 'What could not be, and why: it is for a person to do.' }),
  })
  .meta({ id: 'ErasureCertificate' });

export const erasureSchema = z
  .object({
    id: z.string(),
    client_id: z.int(),
    status: z.enum(['running', 'done']),
    requested_by: z.string(),
    created_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
    certificate: z.string().nullable().meta({
      description:
        'A compact JWS (RFC 7515), signed with Ed25519; the keys are at `/api/v1/public/certificate-keys`.',
    }),
    claims: claimsSchema.nullable().meta({
      description: 'What the certificate says; null also when the key that signed it is no longer in use.',
    }),
  })
  .meta({ id: 'Erasure' });

export const erasureExample = {
  id: 'Qm9va2luZ0lkRXhhbXBsZQ',
  client_id: 123,
  status: 'running',
  requested_by: 'user:5',
  created_at: '2026-11-21T10:00:00Z',
  finished_at: null,
  certificate: null,
  claims: null,
} as const;

/** An erasure as the API shows it. */
export async function toErasure(row: Erasure, keys: KeyRing): Promise<z.input<typeof erasureSchema>> {
  const claims = row.certificate === null ? undefined : await readCertificate(keys, row.certificate);
  const known = claimsSchema.safeParse(claims);
  return {
    id: row.erasure_id,
    client_id: row.client_id,
    status: row.status,
    requested_by: row.actor,
    created_at: wholeSeconds(row.created_at),
    finished_at: row.finished_at === null ? null : wholeSeconds(row.finished_at),
    certificate: row.certificate,
    claims: known.success ? known.data : null,
  };
}
