import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import { connectClient, temporalSettings } from '../../platform/temporal.ts';
import { createVendors } from '../../scripts/demo/vendors.ts';
import { observe } from '../../scripts/demo/observe.ts';
import { SESSION_QUERY } from '../../workflows/contract/messages.ts';
import type { SessionView } from '../../workflows/contract/session.ts';
import { decoded } from '../support/histories.ts';
import { checkHistory } from '../support/replay.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import { saleorKeys, saleorRequest } from '../api/intake-requests.ts';
import { startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';
import { textOf } from '../support/secrets-in.ts';

/** The shop whose requests were recorded: its domain is part of what it signed. */
const SHOP = { host: '127.0.0.1', port: 58_000 };

/** The recorded shop's public key, and its word that the order is paid. */
async function startShop(): Promise<Server> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/jwks.json') {
      response.end(saleorKeys());
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const { variables } = z.object({ variables: z.object({ id: z.string() }) }).parse(JSON.parse(body));
      const paid = { chargeStatus: 'FULL', isPaid: true, totalCharged: { amount: 246 } };
      const order = { id: variables.id, status: 'UNFULFILLED', ...paid };
      response.end(JSON.stringify({ data: { order } }));
    });
  });
  // An outgoing connection may have the port for a moment.
  for (let attempt = 1; ; attempt += 1) {
    try {
      server.listen(SHOP.port, SHOP.host);
      await once(server, 'listening');
      return server;
    } catch (error) {
      if (attempt === 20) throw error;
      await sleep(250);
    }
  }
}

let shop: Server;
let engine: TestEngine;
let stack: Stack;
let database: DatabaseConnection;

beforeAll(async () => {
  shop = await startShop();
  engine = await startEngine();
  stack = await startTestStack({
    engine,
    env: { SALEOR_API_URL: `http://${SHOP.host}:${SHOP.port}/graphql/`, SALEOR_APP_TOKEN: 'recorded' },
  });
  database = connectDatabase(stack.addresses.databaseUrl, { max: 2, onIdleError: () => undefined });
});

afterAll(async () => {
  await database?.close();
  await stack?.close();
  await engine?.close();
  shop?.closeAllConnections();
  shop?.close();
});

test('a real order of three sessions on two lines, sent ten times at once: three runs, three tickets, one user', async () => {
  const { headers, body } = saleorRequest('14-order-fully-paid-B');
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      fetch(`${stack.addresses.publicUrl}/webhooks/saleor`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      }),
    ),
  );
  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 10 }, () => 200));

  const sessions = await observe('three sessions with their tickets', 60_000, async () => {
    const rows = await database.db.selectFrom('sessions').selectAll().execute();
    return rows.length > 0 && rows.every((row) => row.ticket_id !== null && row.start_state === 'started')
      ? rows
      : undefined;
  });
  expect(sessions.map(({ line_id, unit }) => `${line_id}/${unit}`).toSorted()).toHaveLength(3);
  expect(new Set(sessions.map((row) => row.client_id)).size).toBe(1);
  expect(new Set(sessions.map((row) => row.ticket_number)).size).toBe(3);

  const vendors = createVendors(stack.addresses);
  for (const session of sessions) {
    const ticket = await vendors.ticket(session.session_key);
    expect(ticket?.number).toBe(session.ticket_number);
    await observe('its mail', 60_000, async () =>
      (await vendors.articles(session.ticket_id ?? 0)).some((article) => article.type === 'email')
        ? true
        : undefined,
    );
    const mails = (await vendors.articles(session.ticket_id ?? 0)).filter(({ type }) => type === 'email');
    expect(mails.map((mail) => mail.to)).toEqual(['plain.ascii@example.com']);
  }
  const state = z
    .object({ tables: z.array(z.object({ title: z.string(), rows: z.array(z.array(z.string())) })) })
    .parse(await (await fetch(`${stack.addresses.zammad.url}/__sandbox/state`)).json());
  const rowsOf = (title: RegExp) => state.tables.find((table) => title.test(table.title))?.rows ?? [];
  expect(rowsOf(/ticket/i)).toHaveLength(3);
  expect(rowsOf(/user/i).filter((row) => row.includes('plain.ascii@example.com'))).toHaveLength(1);

  // Another ten, after everything is open.
  await fetch(`${stack.addresses.publicUrl}/webhooks/saleor`, {
    method: 'POST',
    headers,
    body: new Uint8Array(body),
  });
  expect(await database.db.selectFrom('sessions').selectAll().execute()).toHaveLength(3);
});

test('a real request whose body was changed is refused and not kept', async () => {
  const { headers, body } = saleorRequest('11-order-fully-paid-A');
  const changed = Buffer.from(body.toString('latin1').replace('"isPaid": true', '"isPaid":  true'), 'latin1');
  expect(changed.equals(body)).toBe(false);
  const before = await database.db.selectFrom('inbox').selectAll().execute();
  const answer = await fetch(`${stack.addresses.publicUrl}/webhooks/saleor`, {
    method: 'POST',
    headers,
    body: new Uint8Array(changed),
  });
  expect(answer.status).toBe(401);
  expect(await database.db.selectFrom('inbox').selectAll().execute()).toHaveLength(before.length);
});

test('histories replay, and hold no name, address, amount or token', async () => {
  const temporal = connectClient(temporalSettings(stack.env), stack.config.keys.payload);
  const { client } = temporal;
  const texts: string[] = [];
  for await (const run of client.workflow.list()) {
    const handle = client.workflow.getHandle(run.workflowId, run.runId);
    const view = await handle.query<SessionView>(SESSION_QUERY);
    const history = await handle.fetchHistory();
    await checkHistory({ workflowId: run.workflowId, history, view });
    texts.push(textOf(decoded(history)));
  }
  await temporal.close();
  expect(texts.length).toBeGreaterThanOrEqual(3);
  for (const text of texts) {
    expect(text).toContain('sessionWorkflow');
    // Inside a payload: its bytes were really read.
    expect(text).toContain('"sessionKey"');
    expect(text).not.toContain('plain.ascii@example.com');
    expect(text).not.toMatch(/\bAnn\b|\bLee\b/);
    expect(text).not.toContain('49.0');
    expect(text).not.toMatch(/eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/);
    expect(text).not.toContain('/customer/s/');
  }
});
