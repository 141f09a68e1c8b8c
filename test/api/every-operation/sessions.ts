import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { observe } from '../../../scripts/demo/observe.ts';
import type { Calls, OperationRig } from './rig.ts';

const PATIENCE_MS = 30_000;

const paidElsewhere = {
  client: { email: 'paid.elsewhere@example.com', first_name: 'Paid', last_name: 'Elsewhere', language: 'en' },
  product: 'Consulting session',
  duration: 'PT1H',
  amount: '49.00',
  currency: 'EUR',
  payment_reference: 'Invoice 2026-117',
} as const;

/** A session that waits for its booking. @returns how the operations below its address name it. */
async function openSession({ as }: OperationRig): Promise<{ readonly path: { readonly id: string } }> {
  const key = { headers: { 'Idempotency-Key': randomUUID() } };
  const started = await as.admin.startSession({ ...key, body: paidElsewhere });
  if (started.status !== 201) throw new Error(`no session: ${started.status}`);
  const named = { path: { id: started.body.id } };
  await observe('the session', PATIENCE_MS, async () => {
    const read = await as.admin.getSession(named);
    return read.status === 200 && read.body.phase === 'awaiting-booking' ? true : undefined;
  });
  return named;
}

type Named = Awaited<ReturnType<typeof openSession>>;

const held = new WeakMap<OperationRig, Promise<Named>>();

/** One session for all that leave it as it is. */
function sameSession(rig: OperationRig): Promise<Named> {
  const known = held.get(rig) ?? openSession(rig);
  held.set(rig, known);
  return known;
}

export const sessionCalls = {
  startSession: async ({ as }) => {
    const asked = { headers: { 'Idempotency-Key': randomUUID() }, body: paidElsewhere };
    expect((await as.admin.startSession(asked)).status).toBe(201);
    expect((await as.admin.startSession(asked)).status).toBe(200);
  },
  listSessions: async (rig) => {
    await rig.as.admin.listSessions({ query: { limit: 1 } });
    await rig.as.admin.listSessions({ accept: 'text/csv' });
  },
  countSessions: ({ as }) => as.admin.countSessions({ query: { late_change: 'true' } }),
  getSession: sameSession,
  getSessionTimeline: async (rig) => {
    const session = await sameSession(rig);
    expect((await rig.as.admin.getSessionTimeline({ path: { id: 'a'.repeat(22) } })).status).toBe(404);
    return rig.as.admin.getSessionTimeline(session);
  },
  actOnSessions: ({ as }) =>
    as.admin.actOnSessions({
      headers: { 'Idempotency-Key': randomUUID() },
      body: { action: 'cancel', filter: { phase: 'settling' } },
    }),
  cancelSession: async (rig) => {
    const session = await openSession(rig);
    expect((await rig.as.admin.cancelSession({ ...session, body: { refund: 'none' } })).status).toBe(200);
  },
  // It has no time to be moved.
  rescheduleSession: async (rig) => {
    const asked = { ...(await sameSession(rig)), body: { starts_at: '2027-01-11T09:00:00Z' } };
    expect((await rig.as.admin.rescheduleSession(asked)).status).toBe(409);
  },
  handOverSession: async (rig) => {
    const session = await openSession(rig);
    const asked = { ...session, body: { provider: 'calcom', event_type: '7' } } as const;
    expect((await rig.as.admin.handOverSession(asked)).status).toBe(200);
  },
  grantCutoff: async (rig) =>
    rig.as.admin.grantCutoff({ ...(await sameSession(rig)), body: { cutoff: 'PT2H' } }),
  reissueSessionLink: async (rig) => rig.as.admin.reissueSessionLink(await sameSession(rig)),
  revokeSessionLink: async (rig) => rig.as.admin.revokeSessionLink(await openSession(rig)),
  revokeSessionAccess: async (rig) => rig.as.admin.revokeSessionAccess(await openSession(rig)),
  restoreSessionAccess: async (rig) => {
    const session = await openSession(rig);
    await rig.as.admin.revokeSessionAccess(session);
    // Refused until the workflow has heard of the revocation.
    await observe('the restored access', PATIENCE_MS, async () =>
      (await rig.as.admin.restoreSessionAccess(session)).status === 200 ? true : undefined,
    );
  },
  correctSessionEmail: async (rig) =>
    rig.as.admin.correctSessionEmail({
      ...(await sameSession(rig)),
      body: { email: 'corrected@example.com' },
    }),
  resendSessionMail: async (rig) => rig.as.admin.resendSessionMail(await sameSession(rig)),
  // Nothing is late here and no step has failed: what the rules say then.
  decideLateChange: async (rig) => {
    const asked = { ...(await sameSession(rig)), body: { approve: true } };
    expect((await rig.as.admin.decideLateChange(asked)).status).toBe(409);
  },
  decideRefund: async (rig) => {
    const asked = { ...(await sameSession(rig)), body: { approve: true } };
    expect((await rig.as.admin.decideRefund(asked)).status).toBe(409);
  },
  retrySessionStep: async (rig) => {
    const asked = { ...(await sameSession(rig)), body: { step: 'open-ticket' } };
    expect((await rig.as.admin.retrySessionStep(asked)).status).toBe(409);
  },
  skipSessionStep: async (rig) => {
    const asked = { ...(await sameSession(rig)), body: { step: 'open-ticket' } };
    expect((await rig.as.admin.skipSessionStep(asked)).status).toBe(409);
  },
} as const satisfies Calls;
