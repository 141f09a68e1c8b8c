import { expect } from '@jest/globals';
import type { Calls, OperationRig } from './rig.ts';

/** @returns the token of a permanent link. */
export async function createLink({ as }: OperationRig): Promise<string> {
  const made = await as.tenant.createBookingLink({
    body: { template_id: 1, client_id: 123, token_purpose: 'permanent-booking-link' },
  });
  if (made.status !== 201) throw new Error(`no link: ${made.status}`);
  return made.body.data.token;
}

export const bookingLinkCalls = {
  createBookingLink: createLink,
  listBookingLinks: async (rig) => {
    await createLink(rig);
    const page = await rig.as.tenant.listBookingLinks({ query: { limit: 1, state: 'active' } });
    if (page.status !== 200 || page.type !== 'application/json') throw new Error('no page');
    const cursor = page.body.data.next_cursor;
    await rig.as.tenant.listBookingLinks({ query: cursor === null ? {} : { cursor } });
    const csv = await rig.as.tenant.listBookingLinks({ accept: 'text/csv' });
    expect([csv.status, csv.type]).toEqual([200, 'text/csv']);
  },
  revokeBookingLink: async (rig) => {
    const token = await createLink(rig);
    expect((await rig.as.admin.revokeBookingLink({ body: { jti: 'a'.repeat(22) } })).status).toBe(404);
    return rig.as.admin.revokeBookingLink({ body: { token } });
  },
} as const satisfies Calls;
