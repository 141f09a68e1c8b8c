import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { createSessionStarter } from '../../api/sessions/start.ts';
import { connectDatabase } from '../../db/connect.ts';
import { makeTwinKey } from '../../integrations/saleor/twin-keys.ts';
import { createSaleorVerifier } from '../../integrations/saleor/webhook.ts';
import { sessionWorkflowId } from '../../platform/session-ids.ts';
import { TASK_QUEUE } from '../../platform/temporal.ts';
import type { OutsideEvent } from '../../workflows/contract/events.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import { calendlyBody, saleorRequest } from '../api/intake-requests.ts';
import { DOMAIN, type IntakeRig, referenceOf, startIntake } from '../api/intake-rig.ts';
import { proxyTo, type TcpProxy } from '../api/support/tcp-proxy.ts';
import { testDataConverter } from '../support/payload-keys.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { devServer, ON_THIS_THREAD } from '../support/temporal.ts';

const MINUTE = 60_000;
const TICKET = 19;
const orderA = saleorRequest('11-order-fully-paid-A');

/** What a vendor has to tell us, of which it has not been told yet that we have it. */
export interface Message {
  readonly source: 'saleor' | 'calendly' | 'zammad';
  readonly send: () => Promise<Response>;
  /** The same with a signature that fits nothing. */
  readonly forge: () => Promise<Response>;
  /** How often it took effect. Needs a worker. */
  readonly effects: () => Promise<number>;
}

/** Intake with a real PostgreSQL and a real Temporal, each of which can be taken away. */
export interface OutageRig {
  readonly intake: IntakeRig;
  readonly postgres: TcpProxy;
  readonly temporal: TcpProxy;
  /** The shop signs with a new key; while it is `away`, nobody can fetch it. */
  readonly shop: { away: boolean; rotate(): Promise<void> };
  message(source: Message['source']): Message;
  /** How many webhooks are kept, whatever became of them. */
  kept(): Promise<number>;
  /** Passes until nothing waits, each later than every back-off. */
  deliverAll(): Promise<void>;
  /** Runs it while the sessions have a worker. */
  withWorker(work: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export async function startOutageRig(): Promise<OutageRig> {
  const env = await devServer();
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./hearing-workflow.ts', import.meta.url)),
    logger: new DefaultLogger('WARN'),
  });
  const database = await createTestDatabase();
  /** Straight to it: what is really there. */
  const direct = database.connection.db;
  const postgres = await proxyTo(database.url);
  const temporal = await proxyTo(`http://${env.address}`);
  const through = connectDatabase(postgres.url, { max: 6, onIdleError: () => undefined });
  const connection = Connection.lazy({
    address: new URL(temporal.url).host,
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 50, 'grpc.max_reconnect_backoff_ms': 100 },
  });
  const client = new Client({ connection, dataConverter: testDataConverter });
  let shopKey = await makeTwinKey();
  const shop: OutageRig['shop'] = {
    away: false,
    async rotate() {
      shopKey = await makeTwinKey();
    },
  };
  const intake = await startIntake({
    db: through.db,
    at: orderA.receivedAt,
    verifier: createSaleorVerifier({
      shopOf: async (domain) =>
        domain === DOMAIN ? { jwksUrl: new URL('http://shop.test/jwks'), appId: null } : undefined,
      fetch: async () => {
        if (shop.away) throw new TypeError('fetch failed');
        return Response.json(shopKey.jwks);
      },
      refetchAfterMs: 0,
    }),
    sweep: { starter: createSessionStarter({ client: async () => client, deadlineMs: 500 }) },
  });

  /** A paid order that nobody has seen, of one session, signed by the shop. */
  function paidOrder() {
    const id = Buffer.from(`Order:${randomUUID()}`).toString('base64');
    const body = Buffer.from(orderA.body.toString('utf8').replaceAll(/T3JkZXI6[A-Za-z0-9+/=]{40,}/g, id));
    const headers = {
      'saleor-domain': DOMAIN,
      'saleor-event': 'order_fully_paid',
      'saleor-signature': shopKey.sign(body),
    };
    return { id, headers, body };
  }

  const kept: OutageRig['kept'] = async () =>
    (await direct.selectFrom('inbox').select('id').execute()).length;

  async function deliverAll(): Promise<void> {
    for (let pass = 0; pass < 50; pass += 1) {
      intake.clock.advance(2 * MINUTE);
      await intake.sweep.runOnce();
      const waiting = await direct.selectFrom('inbox').select('id').where('status', '=', 'stored').execute();
      if (waiting.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('rows still wait');
  }

  /** A session that the calendar and the help desk tell of. */
  async function openSession(): Promise<SessionKey> {
    await intake.saleor(paidOrder());
    await deliverAll();
    const session = await direct
      .updateTable('sessions')
      .set({ ticket_id: TICKET })
      .returning('session_key')
      .executeTakeFirstOrThrow();
    return session.session_key;
  }
  const session = await openSession();
  const heard = (): Promise<readonly OutsideEvent[]> =>
    env.client.workflow.getHandle(sessionWorkflowId(session)).query<readonly OutsideEvent[]>('heard');
  const heardTimes = async (fits: (event: OutsideEvent) => boolean): Promise<number> =>
    (await heard()).filter(fits).length;

  const makers: Readonly<Record<Message['source'], () => Omit<Message, 'source'>>> = {
    saleor() {
      const order = paidOrder();
      return {
        send: () => intake.saleor(order),
        forge: () => intake.saleor({ ...order, body: Buffer.from(`${order.body.toString('utf8')} `) }),
        async effects() {
          const rows = await direct
            .selectFrom('sessions')
            .select(['workflow_id', 'start_state'])
            .where('order_id', '=', order.id)
            .execute();
          // A session that has no run makes this throw.
          for (const row of rows) await env.client.workflow.getHandle(row.workflow_id).describe();
          return rows.filter(({ start_state }) => start_state === 'started').length;
        },
      };
    },

    calendly() {
      const id = randomUUID();
      const text = calendlyBody('invitee.created', referenceOf(session)).toString('utf8');
      const body = Buffer.from(text.replaceAll(/\/(scheduled_events|invitees)\/[A-Za-z0-9-]+/g, `/$1/${id}`));
      return {
        send: () => intake.calendly(body),
        forge: () => intake.calendly(body, intake.clock.now - 26 * 60 * MINUTE),
        effects: () => heardTimes((event) => 'appointment' in event && event.appointment.includes(id)),
      };
    },

    zammad() {
      intake.clock.advance(1000);
      const updatedAt = intake.clock.now;
      const delivery = randomUUID();
      const body = Buffer.from(JSON.stringify({ ticket_id: String(TICKET), session_id: session }));
      intake.zammadApi.tickets.set(TICKET, {
        id: TICKET,
        number: '53001',
        sessionId: session,
        sessionRev: 1,
        sessionAction: 'resend_link',
        updatedAt,
        state: 'open',
        customerId: 10,
      });
      return {
        send: () => intake.zammad(body, delivery),
        forge: () => intake.post('/webhooks/zammad', { 'x-hub-signature': `sha1=${'0'.repeat(40)}` }, body),
        effects: () =>
          heardTimes((event) => event.type === 'ticket.action' && event.occurredAt === updatedAt),
      };
    },
  };

  return {
    intake,
    postgres,
    temporal,
    shop,
    message: (source) => ({ source, ...makers[source]() }),
    kept,
    deliverAll,
    async withWorker(work) {
      const worker = await Worker.create({
        ...ON_THIS_THREAD,
        connection: env.nativeConnection,
        taskQueue: TASK_QUEUE,
        workflowBundle,
        dataConverter: testDataConverter,
      });
      await worker.runUntil(work);
    },
    async close() {
      await intake.close();
      await through.close();
      await connection.close();
      await postgres.close();
      await temporal.close();
      await database.drop();
      await env.teardown();
    },
  };
}
