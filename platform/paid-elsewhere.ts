import { createHash } from 'node:crypto';
import type { UnitIdentity } from './session-ids.ts';

/**
 * Stands where a shop's domain stands, for a session that was paid somewhere else: nothing can be asked of a shop about
 * it. No host has this name, since none has a space in it.
 */
export const PAID_ELSEWHERE = 'paid elsewhere';

/** The same key of the same tenant names the same session, for ever. */
export function elsewhereIdentity(tenantId: number, idempotencyKey: string): UnitIdentity {
  const key = createHash('sha256').update(idempotencyKey).digest('base64url');
  return { saleorDomain: PAID_ELSEWHERE, orderUuid: `${tenantId}-${key}`, lineUuid: 'session', unit: 0 };
}
