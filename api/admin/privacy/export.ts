import { writeAudit } from '../../../db/queries/audit.ts';
import { findClient } from '../../../db/queries/catalog.ts';
import { exportPerson } from '../../../db/queries/person-export.ts';
import { actorOf, callerOf } from '../../auth/caller.ts';
import { refusal, reply, type Routes } from '../../operations/routes.ts';
import type { PrivacyDeps } from './dependencies.ts';
import { exportOperation } from './operations.ts';

const ADDRESS = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/gu;

/** A stored body, where it names nobody else by address: what is about several people is nobody's alone. */
function bodyOf(body: Buffer, emailKey: string): unknown {
  const text = body.toString('utf8');
  const others = (text.match(ADDRESS) ?? [])
    .map((one) => one.toLowerCase())
    .filter((one) => one !== emailKey);
  if (others.length > 0) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Gives a person what is known of them, through an admin's hands. */
export function addExportRoute(routes: Routes, { db, clock }: PrivacyDeps): void {
  routes.add(exportOperation, async ({ params, res }) => {
    const caller = callerOf(res);
    const at = new Date(clock());
    const client = await findClient(db, caller.tenantId, params.id);
    if (client === undefined) return refusal('not-found');
    const { webhooks, client: particulars, ...known } = await exportPerson(db, client);
    await writeAudit(db, [
      {
        at,
        tenantId: caller.tenantId,
        actor: actorOf(caller),
        action: 'client.exported',
        subject: `client:${client.id}`,
        reason: null,
      },
    ]);
    const { email_key: emailKey, zammad_customer_id: customerId, ...shown } = particulars;
    const document = {
      exported_at: at.toISOString(),
      client: { ...shown, zammad_customer_id: customerId },
      ...known,
      webhooks: webhooks.map(({ body, ...row }) => ({ ...row, body: bodyOf(body, emailKey) })),
    };
    return reply(200, JSON.parse(JSON.stringify(document)), {
      'content-disposition': `attachment; filename="client-${client.id}.json"`,
    });
  });
}
