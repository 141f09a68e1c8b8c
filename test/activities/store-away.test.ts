import { expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { connectDatabase } from '../../db/connect.ts';
import { fakeCalendly, fakeGateway, fakeSaleor, fakeZammad } from './support/fakes.ts';
import { NOW } from './support/rows.ts';
import { linkKeys, type World } from './support/world.ts';

test('while PostgreSQL is away every activity asks for a repeat, and does nothing at a vendor', async () => {
  // Port 1 is reserved and refuses.
  const connection = connectDatabase('postgres://nobody:secret@127.0.0.1:1/none', {
    max: 2,
    onIdleError: () => undefined,
  });
  const [zammad, apisix, calendly] = [fakeZammad(), fakeGateway(), fakeCalendly()];
  const logged: string[] = [];
  const write = (fields: Record<string, unknown>, message: string) =>
    void logged.push(JSON.stringify({ ...fields, message }));
  const activities = createActivities({
    db: connection.db,
    clock: () => NOW,
    log: { info: write, warn: write, error: write },
    zammad,
    zammadSystemId: '53',
    runUrl: () => null,
    apisix,
    gatewayUrl: 'https://gateway.example',
    routeMode: 'auto',
    maxRoutes: 1,
    routeWaitMs: 1,
    scheduling: () => calendly,
    calendly,
    saleor: fakeSaleor,
    fulfilFrom: null,
    refundApprovalAbove: new Map(),
    sendWebhook: async () => ({ kind: 'failed', code: 'receiver-unreachable' }),
    linkKeys,
  });
  const sessionKey = 'x'.repeat(22) as World['sessionKey'];
  const away = { type: 'store-unavailable', nonRetryable: false, message: 'store-unavailable' };
  await expect(activities.confirmPayment({ sessionKey })).rejects.toMatchObject(away);
  await expect(activities.refund({ sessionKey, approved: false })).rejects.toMatchObject(away);
  await expect(activities.openTicket({ sessionKey, rev: 1, status: 'opening' })).rejects.toMatchObject(away);
  await expect(activities.putRoute({ sessionKey, until: NOW })).rejects.toMatchObject(away);
  await expect(activities.makeBookingLink({ sessionKey })).rejects.toMatchObject(away);
  await expect(activities.askProvider({ sessionKey, appointment: null })).rejects.toMatchObject(away);
  expect([zammad.tickets, apisix.calls, calendly.links]).toEqual([[], [], []]);
  expect(logged).toHaveLength(6);
  expect(logged.join()).not.toContain('secret');
  await connection.close();
});
