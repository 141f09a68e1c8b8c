import { expect } from '@jest/globals';
import type { Calls, OperationRig } from './rig.ts';

/** It receives nothing: its name leads nowhere. */
const endpoint = { url: 'https://hooks.example.com/latchkey', events: ['booking.*'] } as const;

/** A new endpoint. @returns how the operations below its address name it. */
async function newEndpoint({ as }: OperationRig): Promise<{ readonly path: { readonly id: string } }> {
  const made = await as.tenant.createWebhookEndpoint({ body: endpoint });
  if (made.status !== 201) throw new Error(`no endpoint: ${made.status}`);
  return { path: { id: made.body.id } };
}

/** A test message of a new endpoint. */
async function newDelivery(rig: OperationRig) {
  const { path } = await newEndpoint(rig);
  const sent = await rig.as.tenant.testWebhookEndpoint({ path });
  if (sent.status !== 202) throw new Error(`no delivery: ${sent.status}`);
  return { path: { id: path.id, delivery_id: sent.body.id } };
}

export const webhookCalls = {
  createWebhookEndpoint: async (rig) => {
    const inside = { ...endpoint, url: 'https://169.254.169.254/' };
    const refused = await rig.as.tenant.createWebhookEndpoint({ body: inside });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    await newEndpoint(rig);
  },
  listWebhookEndpoints: ({ as }) => as.tenant.listWebhookEndpoints({ query: { limit: 1 } }),
  getWebhookEndpoint: async (rig) => rig.as.tenant.getWebhookEndpoint(await newEndpoint(rig)),
  changeWebhookEndpoint: async (rig) => {
    const named = await newEndpoint(rig);
    const late = { ...named, headers: { 'If-Match': '"another"' }, body: { state: 'disabled' } as const };
    expect((await rig.as.tenant.changeWebhookEndpoint(late)).status).toBe(412);
    return rig.as.tenant.changeWebhookEndpoint({ ...named, body: { state: 'disabled' } });
  },
  deleteWebhookEndpoint: async (rig) => rig.as.tenant.deleteWebhookEndpoint(await newEndpoint(rig)),
  getWebhookSecret: async (rig) => rig.as.tenant.getWebhookSecret(await newEndpoint(rig)),
  rotateWebhookSecret: async (rig) => rig.as.tenant.rotateWebhookSecret(await newEndpoint(rig)),
  testWebhookEndpoint: newDelivery,
  listWebhookDeliveries: async (rig) => {
    const { path } = await newDelivery(rig);
    return rig.as.tenant.listWebhookDeliveries({ path: { id: path.id }, query: { event: 'webhook.test' } });
  },
  getWebhookDelivery: async (rig) => rig.as.tenant.getWebhookDelivery(await newDelivery(rig)),
  replayFailedWebhookDeliveries: async (rig) =>
    rig.as.tenant.replayFailedWebhookDeliveries({
      ...(await newEndpoint(rig)),
      body: { since: new Date(Date.now() - 3_600_000).toISOString() },
    }),
  // It is still being delivered.
  replayWebhookDelivery: async (rig) => {
    expect((await rig.as.tenant.replayWebhookDelivery(await newDelivery(rig))).status).toBe(409);
  },
} as const satisfies Calls;
