import { hkdfSync } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { KeyRing } from '../../platform/keys.ts';

const SECRET_BYTES = 32;

function derive(key: Uint8Array, endpointId: string, round: number): string {
  const bytes = hkdfSync('sha256', key, '', `latchkey:webhook|${endpointId}|${round}`, SECRET_BYTES);
  return `whsec_${Buffer.from(bytes).toString('base64')}`;
}

/**
 * The secret that an endpoint's receiver verifies with, as the Standard Webhooks specification writes it. It is
 * derived from our newest key, the endpoint and its round, and stored nowhere.
 */
export function webhookSecret(ring: KeyRing, endpointId: string, round: number): string {
  return derive(ring.newest.secret, endpointId, round);
}

/**
 * The three headers of one attempt. Signed with the endpoint's secret and the one before it, under each key of the
 * ring: whichever of them a receiver holds, one of the signatures fits.
 *
 * @param round of the endpoint's secret, from 1.
 */
export function signedHeaders(
  ring: KeyRing,
  endpoint: { readonly endpointId: string; readonly round: number },
  message: { readonly id: string; readonly at: Date; readonly body: string },
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const rounds = [endpoint.round, endpoint.round - 1].filter((round) => round > 0);
  const signatures = rounds.flatMap((round) =>
    ring.all.map(({ secret }) =>
      new Webhook(derive(secret, endpoint.endpointId, round)).sign(message.id, message.at, message.body),
    ),
  );
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(Math.floor(message.at.getTime() / 1000)),
    'webhook-signature': signatures.join(' '),
  };
}
