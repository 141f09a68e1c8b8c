import { expect } from '@jest/globals';
import { observe } from '../../../scripts/demo/observe.ts';
import { createLink } from './booking-links.ts';
import type { Calls } from './rig.ts';

const PATIENCE_MS = 20_000;

export const bookingWithLinkCalls = {
  showBookingLink: async (rig) => {
    expect((await rig.anyone.showBookingLink({ query: { token: 'a.b' } })).status).toBe(400);
    return rig.anyone.showBookingLink({ query: { token: await createLink(rig) } });
  },
  bookWithLink: async (rig) => {
    const { anyone, as } = rig;
    const token = await createLink(rig);
    const body = { token, nonce: 'form-nonce-1' };
    const url = await observe('the scheduling link', PATIENCE_MS, async () => {
      const booked = await anyone.bookWithLink({ body });
      return booked.status === 201 || booked.status === 200 ? booked.body.scheduling_url : undefined;
    });
    const again = await anyone.bookWithLink({ body });
    expect(again).toMatchObject({ status: 200, body: { scheduling_url: url } });
    await as.tenant.revokeBookingLink({ body: { token } });
    expect((await anyone.bookWithLink({ body })).status).toBe(410);
  },
} as const satisfies Calls;
