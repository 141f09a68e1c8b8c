import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import { publishedGate } from '../../db/queries/gate.ts';
import { connectClient, type TemporalClient, temporalSettings } from '../../platform/temporal.ts';
import { observe } from '../../scripts/demo/observe.ts';
import { createVendors } from '../../scripts/demo/vendors.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { type Answer, ask } from '../api/support/ask.ts';
import { startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';

const PATIENCE_MS = 60_000;
const HOUR = 3_600_000;

let engine: TestEngine;
let stack: Stack;
let database: DatabaseConnection;
let temporal: TemporalClient;
let token: string;

beforeAll(async () => {
  engine = await startEngine();
  stack = await startTestStack({ engine });
  database = connectDatabase(stack.addresses.databaseUrl, { max: 2, onIdleError: () => undefined });
  temporal = connectClient(temporalSettings(stack.env), stack.config.keys.payload);
  const keys = stack.config.auth.localKeys;
  if (keys === null) throw new Error('a stack without keys of its own');
  const now = Date.now() as Instant;
  const caller = { role: 'admin', tenantId: 1, userId: 7, subject: 'tests' } as const;
  token = await mintCallerToken(keys, caller, now, (now + HOUR) as Instant);
});
afterAll(async () => {
  await temporal?.close();
  await database?.close();
  await stack?.close();
  await engine?.close();
});

/** The statements that docs/deploy.md gives for an older Temporal, by their numbers there. */
function statementsOf(instant: Date): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/```sql\n([^]*?)```/g)].map(([, block = '']) => block).join('');
  return new Map(
    blocks.split(/^-- (?=\d)/m).flatMap((part) => {
      const [, number, rest = ''] = /^(\d)\. .*\n([^]*)$/.exec(part) ?? [];
      if (number === undefined) return [];
      const statements = rest.split(/;\s*(?:\n|$)/).map((one) => one.trim());
      const filled = statements
        .filter(Boolean)
        .map((one) => one.replaceAll(":'instant'", `'${instant.toISOString()}'`));
      return [[number, filled] as const];
    }),
  );
}

const call = (method: string, path: string, body?: object): Promise<Answer> => {
  const text = JSON.stringify(body ?? {});
  return ask(`${stack.addresses.publicUrl}/api/v1/admin/sessions${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(method === 'GET'
        ? {}
        : {
            'content-type': 'application/json',
            'content-length': String(Buffer.byteLength(text)),
            'idempotency-key': randomUUID(),
          }),
    },
    ...(method === 'GET' ? {} : { body: text }),
  });
};

interface Read {
  readonly phase: string;
  readonly ticket_id: number | null;
  readonly live: { readonly phase: string } | null;
  readonly links: readonly { readonly state: string }[];
}
const live = (id: string): Promise<Read> =>
  observe(`the run of ${id}`, PATIENCE_MS, async () => {
    const read = (await call('GET', `/${id}`)).json as unknown as Read;
    return read.live?.phase === 'scheduled' && read.phase === 'scheduled' && read.ticket_id !== null
      ? read
      : undefined;
  });
const mailsOf = async ({ ticket_id: ticket }: Read) =>
  (await createVendors(stack.addresses).articles(ticket ?? 0)).filter(({ type }) => type === 'email').length;

async function start(name: string): Promise<SessionKey> {
  const answer = await call('POST', '', {
    client: { email: `${name}@example.com`, first_name: name, last_name: 'Restored' },
    product: 'Lesson',
    duration: 'PT1H',
    amount: '80.00',
    currency: 'EUR',
    payment_reference: `Invoice ${name}`,
    starts_at: new Date(Date.now() + 48 * HOUR).toISOString(),
  });
  expect(answer.status).toBe(201);
  return String(answer.json?.['id']) as SessionKey;
}

/** What a restored, older Temporal has of a run that began after it: nothing. */
async function forget(id: SessionKey): Promise<void> {
  const workflowId = `session-${id}`;
  const { namespace, connection, client } = temporal;
  await connection.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } });
  await observe('the run is gone', PATIENCE_MS, async () => {
    const there = await client.workflow
      .getHandle(workflowId)
      .describe()
      .then(
        () => true,
        () => false,
      );
    return there ? undefined : true;
  });
}

test('Temporal is older than PostgreSQL: sessions begin again with the ticket and link they had, and revoked access stays revoked', async () => {
  const instant = new Date(Date.now() - 60_000);
  const [ada, bob] = [await start('ada'), await start('bob')];
  const first = await live(ada);
  await live(bob);
  expect(await observe('the mail', PATIENCE_MS, async () => (await mailsOf(first)) || undefined)).toBe(1);
  expect((await call('POST', `/${bob}/access/revoke`)).status).toBe(200);
  const revoked = () =>
    observe('the gate of who was revoked', PATIENCE_MS, async () => {
      const gate = (await publishedGate(database.db, bob))?.gate;
      return gate?.access === 'revoked' ? gate : undefined;
    });
  const before = await revoked();
  await observe('the workflow has heard of it', PATIENCE_MS, async () => {
    const { rows } = await sql<{ owed: number }>`
      select count(*)::integer as owed from revocations where delivered_at is null`.execute(database.db);
    return rows[0]?.owed === 0 ? true : undefined;
  });

  for (const id of [ada, bob]) await forget(id);
  expect((await call('GET', `/${ada}`)).json?.['live']).toBeNull();

  const statements = statementsOf(instant);
  expect([...statements.keys()]).toEqual(['1', '3', '4']);
  for (const number of ['1', '3'])
    for (const statement of statements.get(number) ?? []) await sql.raw(statement).execute(database.db);
  // The sweep leaves what is a minute old to whoever may be at it.
  await sql`update sessions set intended_at = now() - interval '5 minutes', updated_at = now() - interval '5 minutes'`.execute(
    database.db,
  );

  const again = await live(ada);
  expect(again.ticket_id).toBe(first.ticket_id);
  await live(bob);
  const gate = await observe('a newer gate that is still shut', PATIENCE_MS, async () => {
    const { version } = await revoked();
    return version > before.version ? version : undefined;
  });
  expect(gate).toBeGreaterThan(before.version);
  // The same link; it may be mailed once more, since the run does not know that it was.
  expect(again.links.map(({ state }) => state)).toEqual(['good']);
  const asked = await sql<{ event: string }>`${sql.raw((statements.get('4') ?? []).join())}`.execute(
    database.db,
  );
  expect(asked.rows.map(({ event }) => event)).toContain('operator.revoke-access');
});
