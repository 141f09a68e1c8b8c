import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import { createCalendlyClient } from '../../integrations/calendly/client.ts';
import { createZammadClient } from '../../integrations/zammad/client.ts';
import { SANDBOX_AGENT_TOKEN } from '../../integrations/zammad/twin.ts';
import { configured } from '../../platform/config-providers.ts';
import { sessionWorkflowId } from '../../platform/session-ids.ts';
import { connectClient, type TemporalClient, temporalSettings } from '../../platform/temporal.ts';
import { observe } from '../../scripts/demo/observe.ts';
import { createVendors, demoPolicy } from '../../scripts/demo/vendors.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import type { TicketAction } from '../../workflows/contract/events.ts';
import { SESSION_QUERY } from '../../workflows/contract/messages.ts';
import type { SessionView } from '../../workflows/contract/session.ts';
import { type PaidSession, paySession } from '../support/paid-session.ts';
import { startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';

const PATIENCE_MS = 60_000;
const HOUR = 3_600_000;
/** Whatever is booked within a month is past its cutoff from the first. */
const policy = { ...demoPolicy, 'session.cutoff': 'P30D' };

let engine: TestEngine;
let stack: Stack;
let database: DatabaseConnection;
let temporal: TemporalClient;

beforeAll(async () => {
  engine = await startEngine();
  stack = await startTestStack({ engine });
  database = connectDatabase(stack.addresses.databaseUrl, { max: 2, onIdleError: () => undefined });
  temporal = connectClient(temporalSettings(stack.env), stack.config.keys.payload);
});
afterAll(async () => {
  await temporal?.close();
  await database?.close();
  await stack?.close();
  await engine?.close();
});

/** Looks at the run until it fits. */
const until = (what: string, { sessionKey }: PaidSession, fits: (view: SessionView) => boolean) =>
  observe(what, PATIENCE_MS, async () => {
    const view = await temporal.client.workflow
      .getHandle(sessionWorkflowId(sessionKey))
      .query<SessionView>(SESSION_QUERY);
    return fits(view) ? view : undefined;
  });

async function booked(startsAt: Date): Promise<PaidSession & { readonly view: SessionView }> {
  const session = await paySession(stack.addresses, policy);
  const url = await observe('the booking link', PATIENCE_MS, async () => {
    const row = await database.db
      .selectFrom('sessions')
      .select('booking_url')
      .where('session_key', '=', session.sessionKey)
      .executeTakeFirstOrThrow();
    return row.booking_url ?? undefined;
  });
  await createVendors(stack.addresses).book(url, startsAt);
  const view = await until('the appointment', session, ({ phase }) => phase === 'locked');
  return { ...session, view };
}

/** The client moves at the provider, by the link in the provider's own mail. */
async function movesLate(session: { readonly view: SessionView }, to: Date): Promise<void> {
  const { apiUrl: baseUrl, token } = configured(stack.config, 'calendly');
  const calendly = createCalendlyClient({ baseUrl, token, timeoutMs: 5000 });
  const invitee = await calendly.readInvitee(session.view.appointment ?? '');
  await createVendors(stack.addresses).reschedule(String(invitee?.['reschedule_url']), to);
}

async function agentSets({ ticketId }: PaidSession, action: TicketAction): Promise<void> {
  const { status } = await fetch(`${stack.addresses.zammad.url}/api/v1/tickets/${ticketId}`, {
    method: 'PUT',
    headers: { authorization: `Token token=${SANDBOX_AGENT_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ session_action: action }),
  });
  expect(status).toBe(200);
}

const answered = ({ ticketId }: PaidSession) =>
  observe('the answer on the ticket', PATIENCE_MS, async () => {
    const { url: baseUrl, token, group } = stack.config.zammad;
    const ticket = await createZammadClient({ baseUrl, token, group, timeoutMs: 5000 }).getTicket(ticketId);
    return ticket.sessionAction === '' ? ticket : undefined;
  });

/** How many of the client's mails bring the link. */
const linksMailed = async ({ ticketId }: PaidSession): Promise<number> =>
  (await createVendors(stack.addresses).articles(ticketId)).filter(
    ({ type, body }) => type === 'email' && body.includes('?token='),
  ).length;

const firstTime = new Date(Date.now() + 48 * HOUR);
const secondTime = new Date(Date.now() + 72 * HOUR);

async function lateChange(action: 'approve_change' | 'decline_change'): Promise<SessionView> {
  const session = await booked(firstTime);
  await movesLate(session, secondTime);
  await until('the late change', session, (view) => view.lateChange !== null);
  await agentSets(session, action);
  const view = await until(`what became of ${action}`, session, ({ lateChange: open }) => open === null);
  await answered(session);
  return view;
}

test('an agent approves one late change, declines another, cancels a session and sends a link once more', async () => {
  const cancels = async () => {
    // Not booked yet, and so in time: the policy gives all of it back.
    const session = await paySession(stack.addresses, policy);
    await agentSets(session, 'cancel');
    const view = await until('the refund', session, ({ refund }) => refund === 'done');
    await answered(session);
    return view;
  };
  const resends = async () => {
    const session = await booked(firstTime);
    await agentSets(session, 'resend_link');
    await observe('the link once more', PATIENCE_MS, async () =>
      (await linksMailed(session)) > 1 ? true : undefined,
    );
    await answered(session);
    return linksMailed(session);
  };
  const [approved, declined, cancelled, mailed] = await Promise.all([
    lateChange('approve_change'),
    lateChange('decline_change'),
    cancels(),
    resends(),
  ]);

  expect(approved.startsAt).toBe(secondTime.toISOString());
  expect(declined.startsAt).toBe(firstTime.toISOString());
  expect(cancelled).toMatchObject({ outcome: 'cancelled', refund: 'done' });
  expect(mailed).toBe(2);

  // Each choice was told by one webhook; our own clearing of the field told nothing.
  const rows = await database.db
    .selectFrom('inbox')
    .select(['status', 'reason'])
    .where('source', '=', 'zammad')
    .execute();
  expect(rows).toEqual(Array(4).fill({ status: 'done', reason: null }));
}, 120_000);
