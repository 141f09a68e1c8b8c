import { z } from 'zod';
import { type AuditEntry, writeAudit } from '../../../db/queries/audit.ts';
import type { Database } from '../../../db/connect.ts';
import { type Endpoint, findEndpoint, lockEndpoint } from '../../../db/queries/webhooks.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { KeyRing } from '../../../platform/keys.ts';
import { actorOf, type Caller } from '../../auth/caller.ts';
import { problems } from '../../operations/family.ts';
import { type Outcome, refusal } from '../../operations/routes.ts';
import { textSchema } from '../../request-shape.ts';
import { cursorSchema } from '../paging.ts';

export interface WebhookDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** Secrets are derived from it. */
  readonly linkKeys: KeyRing;
  /** Networks of ours that webhooks may go to all the same. */
  readonly ownNetworks: readonly string[];
  /** Told when a delivery is owed a run. */
  readonly onOwed: () => void;
}

export const WEBHOOKS_PATH = '/api/v1/admin/webhooks';

/** What all operations of webhooks have in common. */
export const webhookOperation = {
  tag: 'webhooks',
  family: problems,
  access: { kind: 'bearer', roles: ['admin', 'tenant'] },
} as const;

export const endpointParams = z.strictObject({ id: z.string().regex(/^whe_[\w-]{20}$/) });

/** Where a page ends: when the last one was made, in milliseconds, and its id. */
export const placeSchema = cursorSchema(z.tuple([z.int().min(0).max(8.64e15), textSchema(100)]));

/** An endpoint of the caller's tenant. Another tenant's is not there. */
export function endpointOf(db: Database, caller: Caller, endpointId: string) {
  return findEndpoint(db, { tenantId: caller.tenantId, endpointId });
}

/** Does something to an endpoint of the caller's tenant, which stays as it is meanwhile, in one transaction. */
export async function withEndpoint(
  db: Database,
  caller: Caller,
  endpointId: string,
  act: (trx: Database, endpoint: Endpoint) => Promise<Outcome>,
): Promise<Outcome> {
  return db.transaction().execute(async (trx) => {
    const endpoint = await lockEndpoint(trx, { tenantId: caller.tenantId, endpointId });
    return endpoint === undefined ? refusal('not-found') : act(trx, endpoint);
  });
}

export async function auditWebhook(
  trx: Database,
  caller: Caller,
  action: string,
  endpointId: string,
  at: Date,
  details?: NonNullable<AuditEntry['details']>,
): Promise<void> {
  await writeAudit(trx, [
    {
      at,
      tenantId: caller.tenantId,
      actor: actorOf(caller),
      action: `webhook.${action}`,
      subject: `webhook:${endpointId}`,
      reason: null,
      ...(details === undefined ? {} : { details }),
    },
  ]);
}
