import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { signCalendlyWebhook } from '../../../integrations/calendly/webhook.ts';
import { configured } from '../../../platform/config-providers.ts';
import { createBooking } from './public-booking.ts';
import type { Calls, OperationRig } from './rig.ts';

const PATIENCE_MS = 10_000;

/** Waits for the first webhook that fits. */
async function entry(
  { as }: OperationRig,
  query: Parameters<OperationRig['as']['admin']['listInbox']>[0],
): Promise<string> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await delay(50)) {
    const page = await as.admin.listInbox(query);
    const [first] = page.status === 200 && typeof page.body !== 'string' ? page.body.items : [];
    if (first) return first.id;
  }
  throw new Error('no such webhook');
}

/** A webhook that was nobody's business, and is settled. */
async function settled(rig: OperationRig): Promise<string> {
  const { webhookSecret } = configured(rig.stack.config, 'calendly');
  const body = JSON.stringify({ event: 'routing_form_submission.created', nonce: Math.random() });
  const signature = signCalendlyWebhook(Buffer.from(body), webhookSecret, Math.floor(Date.now() / 1000));
  await rig.anyone.receiveCalendlyWebhook({ headers: { 'calendly-webhook-signature': signature }, body });
  return entry(rig, { query: { status: 'done', event: 'routing_form_submission.created' } });
}

/** An appointment that somebody made with a link that has no reference. */
async function strangeAppointment(rig: OperationRig): Promise<string> {
  const startsAt = new Date(Date.now() + 5 * 86_400_000).toISOString();
  const booked = await fetch(configured(rig.stack.config, 'calendly').defaultLink, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ name: 'Ada Example', email: 'ada@example.test', startsAt }),
  });
  expect(booked.status).toBeLessThan(300);
  return entry(rig, { query: { status: 'stored', reason: 'no-session-yet' } });
}

export const intakeCalls = {
  listInbox: async (rig) => {
    await settled(rig);
    await rig.as.admin.listInbox({ query: { source: 'calendly', limit: 1 } });
    await rig.as.admin.listInbox({ accept: 'text/csv' });
  },
  getInboxEntry: async (rig) => {
    expect((await rig.as.admin.getInboxEntry({ path: { id: '999999999' } })).status).toBe(404);
    await rig.as.admin.getInboxEntry({ path: { id: await settled(rig) } });
  },
  replayInboxEntry: async (rig) => {
    await rig.as.admin.replayInboxEntry({ path: { id: await settled(rig) }, body: { reason: 'A test' } });
  },
  replayInbox: async (rig) => {
    await settled(rig);
    await rig.as.admin.replayInbox({ body: { filter: { status: 'done' }, limit: 10 } });
  },
  adoptAppointment: async (rig) => {
    const id = await strangeAppointment(rig);
    const unknown = { booking_id: 'a'.repeat(22) };
    expect((await rig.as.admin.adoptAppointment({ path: { id }, body: unknown })).status).toBe(404);
    const booking_id = await createBooking(rig);
    await rig.as.admin.adoptAppointment({ path: { id }, body: { booking_id } });
  },
} as const satisfies Calls;
