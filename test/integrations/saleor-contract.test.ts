import { expect, test } from '@jest/globals';
import { createSaleorClient } from '../../integrations/saleor/client.ts';
import type { SaleorClient, SaleorOrders } from '../../integrations/saleor/contract.ts';
import { saleorChecks } from '../../integrations/saleor/doctor.ts';
import { startSaleorTwin } from '../../integrations/saleor/twin.ts';
import { holdContract, type Subject } from './contract-subject.ts';
import { codeOf } from './failure-of.ts';

interface OpenSaleor extends Subject {
  readonly apiUrl: string;
  readonly token: string;
}

const clientOf = (apiUrl: string, appToken: string): SaleorClient & SaleorOrders =>
  createSaleorClient({ apiUrl, appToken, timeoutMs: 10_000 });

// Nothing is made: what an order looks like is proven by the requests that were recorded.
holdContract({
  vendor: 'Saleor',
  needs: ['SALEOR_API_URL', 'SALEOR_APP_TOKEN'],
  async twin(): Promise<OpenSaleor> {
    const twin = await startSaleorTwin({ port: 0 });
    return { apiUrl: twin.apiUrl, token: twin.appToken, close: () => twin.close() };
  },
  real: async (values) => ({
    apiUrl: values.SALEOR_API_URL,
    token: values.SALEOR_APP_TOKEN,
    close: async () => undefined,
  }),
  clean: async () => 0,
  suite(opened) {
    test('the endpoint, the app and the public keys are what the doctor takes them for', async () => {
      const { apiUrl, token } = opened();
      for (const { name, look } of saleorChecks({
        shops: [{ apiUrl, token: async () => token }],
        timeoutMs: 10_000,
      }))
        expect([name, (await look()).status]).toEqual([name, 'ok']);
    });

    test('an unknown order is undefined', async () => {
      const { apiUrl, token } = opened();
      const unknown = Buffer.from('Order:00000000-0000-4000-8000-000000000000').toString('base64');
      expect(await clientOf(apiUrl, token).getOrder(unknown)).toBeUndefined();
      expect(await clientOf(apiUrl, token).readRefunds(unknown)).toBeUndefined();
    });

    test('paid orders are listed page by page', async () => {
      const { apiUrl, token } = opened();
      const page = await clientOf(apiUrl, token).listPaidOrders({ since: Date.now(), cursor: null });
      expect(page).toEqual({ orders: [], cursor: null });
    });

    test('a token that is none is taken for a missing permission, by which the app is known to be gone', async () => {
      const { apiUrl } = opened();
      const order = Buffer.from('Order:00000000-0000-4000-8000-000000000000').toString('base64');
      expect(await codeOf(clientOf(apiUrl, 'no-token').getOrder(order))).toBe('app-not-installed');
    });
  },
});
