import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import { connectDatabase, type DatabaseConnection } from '../../db/connect.ts';
import { connectClient, type TemporalClient, temporalSettings } from '../../platform/temporal.ts';
import { createVendors } from '../../scripts/demo/vendors.ts';
import { observe } from '../../scripts/demo/observe.ts';
import type { Stack } from '../../scripts/stack/start-stack.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { decoded } from '../support/histories.ts';
import { textOf } from '../support/secrets-in.ts';
import { startEngine, startTestStack, type TestEngine } from '../support/test-stack.ts';
import { type Answer, ask, browser } from './support/ask.ts';

const PATIENCE_MS = 30_000;
const PATH = '/api/v1/admin/sessions';
const HOUR = 3_600_000;

let engine: TestEngine;
let stack: Stack;
let database: DatabaseConnection;
let temporal: TemporalClient;
let token: string;

beforeAll(async () => {
  engine = await startEngine();
  stack = await startTestStack({ engine, env: { TEMPORAL_UI_URL: 'https://ui.example' } });
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

const call = (method: string, path: string, body?: unknown, key?: string): Promise<Answer> => {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return ask(`${stack.addresses.publicUrl}${PATH}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
    },
    ...(text === undefined ? {} : { body: text }),
  });
};

const emailOf = (name: string): string => `${name}@example.com`;

async function start(name: string, more: object = {}): Promise<string> {
  const answer = await call(
    'POST',
    '',
    {
      client: { email: emailOf(name), first_name: name, last_name: 'Elsewhere' },
      product: `Lesson of ${name}`,
      duration: 'PT1H',
      amount: '80.00',
      currency: 'EUR',
      payment_reference: `Invoice ${name}`,
      ...more,
    },
    `start-${name}`,
  );
  expect([answer.status, answer.json?.['state']]).toEqual([201, 'started']);
  return String(answer.json?.['id']);
}

interface Live {
  readonly phase: string;
  readonly cutoff_at: string | null;
  readonly link_id: string | null;
  readonly attention: readonly { readonly step: string | null; readonly code: string }[];
}
const read = async (id: string) => {
  const { status, json } = await call('GET', `/${id}`);
  expect(status).toBe(200);
  return json as unknown as Live & {
    readonly live: Live | null;
    readonly run_url: string;
    readonly links: readonly { readonly id: string; readonly state: string }[];
    readonly ticket_id: number | null;
    readonly timeline: { readonly items: readonly { readonly event: string; readonly reason: string }[] };
  };
};
const until = (what: string, id: string, fits: (session: Awaited<ReturnType<typeof read>>) => boolean) =>
  observe(what, PATIENCE_MS, async () => {
    const session = await read(id);
    return fits(session) ? session : undefined;
  });
const opened = (id: string, phase: string) =>
  until(
    `${phase}, with its ticket`,
    id,
    // The run knows first; what lists sessions reads the row.
    (one) => one.live?.phase === phase && one.phase === phase && one.ticket_id !== null,
  );
const mailsOf = async (ticketId: number | null) =>
  (await createVendors(stack.addresses).articles(ticketId ?? 0)).filter(({ type }) => type === 'email');
const auditOf = async (id: string) =>
  (
    await database.db
      .selectFrom('audit')
      .select(['action', 'actor', 'reason'])
      .where('subject', '=', id)
      .orderBy('id')
      .execute()
  ).map(({ action, actor, reason }) => [action, actor, reason]);

test('a session that was paid elsewhere, and everything that is done about it', async () => {
  const startsAt = Date.now() + 48 * HOUR;
  const id = await start('ada', { starts_at: new Date(startsAt).toISOString() });
  const act = async (action: string, body?: object, key: string = action): Promise<Answer> =>
    call('POST', `/${id}/${action}`, body, key);
  const first = await opened(id, 'scheduled');
  expect(first.run_url).toBe(`https://ui.example/namespaces/default/workflows/session-${id}`);
  expect(first.live?.cutoff_at).toBe(new Date(startsAt - 24 * HOUR).toISOString());
  const mailed = await observe('the mail with the link', PATIENCE_MS, async () =>
    (await mailsOf(first.ticket_id)).length === 1 ? true : undefined,
  );
  expect(mailed).toBe(true);

  // The mail's link, opened; the gateway tells of it within seconds.
  const [mail] = await mailsOf(first.ticket_id);
  const link = /https?:\/\/[^\s"<]+\/customer\/s\/[^\s"<]+/.exec(mail?.body ?? '')?.[0] ?? '';
  const exchange = await ask(link, { headers: browser });
  const cookie = exchange.headers.get('set-cookie')?.split(';')[0] ?? '';
  expect((await ask(link.split('?')[0] ?? '', { headers: { ...browser, cookie } })).status).toBe(200);
  await until('the first opening', id, ({ timeline }) =>
    timeline.items.some(({ event }) => event === 'gateway.opened'),
  );

  // Once, however often the same is asked; and no second time.
  for (const _ of [1, 2])
    expect((await act('cutoff', { cutoff: 'PT2H' }, 'granted')).json).toEqual({
      state: 'done',
      run_url: first.run_url,
    });
  expect((await act('cutoff', { cutoff: 'PT1H' }, 'once-more')).json).toMatchObject({
    status: 409,
    code: 'refused',
    reason: 'already-granted',
  });
  const granted = await until('the new cutoff', id, (one) => one.cutoff_at !== first.cutoff_at);
  expect(granted.cutoff_at).toBe(new Date(startsAt - 2 * HOUR).toISOString());

  expect((await act('late-change/decide', { approve: true })).json).toMatchObject({
    reason: 'no-late-change',
  });
  for (const _ of [1, 2]) expect((await act('mail/resend')).status).toBe(200);
  await observe('the mail once more', PATIENCE_MS, async () =>
    (await mailsOf(first.ticket_id)).length === 2 ? true : undefined,
  );

  expect((await act('link/reissue')).status).toBe(200);
  expect((await act('link/revoke')).json).toMatchObject({ state: 'confirmed' });
  // The workflow is told of revocations in no order; without access there would be no link to revoke.
  await until('the revoked link', id, (one) => one.live?.link_id === null);
  expect((await act('access/revoke')).json).toMatchObject({ state: 'confirmed' });
  await observe('access restored', PATIENCE_MS, async () => {
    const answer = await act('access/restore');
    return answer.json?.['reason'] === 'revocation-pending' ? undefined : answer;
  });
  expect((await act('email', { email: 'ada.lovelace@example.com' })).status).toBe(200);
  const linked = await until('the fourth link', id, (one) => one.links.length === 4);
  expect(linked.links.map(({ state }) => state)).toEqual(['revoked', 'revoked', 'revoked', 'good']);

  expect((await act('steps/retry', { step: 'open-ticket' })).json).toMatchObject({ reason: 'unknown-step' });
  expect((await act('cancel', { refund: 'full' })).status).toBe(200);
  const owed = await until('a refund by hand', id, (one) => one.live?.attention.length === 1);
  expect(owed.live?.attention).toMatchObject([{ step: 'refund', code: 'refund-by-hand' }]);
  expect((await act('cancel', { refund: 'full' })).json).toMatchObject({ state: 'done' });
  expect((await act('cancel', undefined, 'another')).json).toMatchObject({
    status: 410,
    code: 'session-over',
  });
  expect((await act('steps/skip', { step: 'refund' })).status).toBe(200);
  const ended = await until('the end', id, (one) => one.phase === 'ended' && one.live?.phase === 'ended');

  const told = ended.timeline.items.map(({ event, reason }) => `${event}: ${reason}`);
  for (const entry of [
    'operator.move-cutoff: cutoff-moved',
    'operator.move-cutoff: already-granted',
    'operator.decide-late-change: no-late-change',
    'operator.resend-link: link-mailed-again',
    'operator.reissue-link: link-reissued',
    'operator.revoke-link: link-revoked',
    'operator.revoke-access: access-revoked',
    'operator.restore-access: access-restored',
    'operator.correct-email: link-reissued',
    'operator.retry: unknown-step',
    'request.cancel: session-cancelled',
    'effect.failed: refund-by-hand',
    'operator.skip: step-skipped',
  ])
    expect(told.filter((one) => one === entry)).toHaveLength(1);
  const written = (await auditOf(id)).filter(([, , reason]) => reason !== 'revocation-pending');
  expect(written).toEqual(
    [
      ['session.started-by-hand', null],
      ['cutoff.granted', null],
      ['cutoff.granted', null],
      ['cutoff.grant-refused', 'already-granted'],
      ['late-change.decide-refused', 'no-late-change'],
      ['link.mailed-again', null],
      ['link.mailed-again', null],
      ['link.reissued', null],
      ['link.revoked', null],
      ['access.revoked', null],
      ['access.restored', null],
      ['email.corrected', null],
      ['link.reissued', null],
      ['step.retry-refused', 'unknown-step'],
      ['session.cancelled', null],
      ['step.skipped', null],
    ].map(([action, reason]) => [action, 'user:7', reason]),
  );
});

test('the run knows who asked, and nothing personal', async () => {
  const items = (await call('GET', '?term=Lesson%20of%20ada')).json?.['items'] as { id: string }[];
  const handle = temporal.client.workflow.getHandle(`session-${items[0]?.id}`);
  const history = await handle.fetchHistory();
  const identities = (history.events ?? []).flatMap((event) => {
    const request = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest;
    return request?.input?.name === 'moveCutoff' ? [request.meta?.identity] : [];
  });
  expect(identities).toEqual(['user:7', 'user:7']);
  const text = textOf(decoded(history));
  expect(text).toContain('"sessionKey"');
  expect(text).not.toMatch(/ada(\.lovelace)?@|Elsewhere|80\.00|Invoice/);
});

test('many at once: page by page, and the same page again does nothing new', async () => {
  const names = ['bea', 'cleo', 'dora'];
  const ids: string[] = [];
  for (const name of names) ids.push(await start(name));
  for (const id of ids) await opened(id, 'awaiting-booking');
  const filter = { phase: 'awaiting-booking', term: 'Lesson of' };
  const bulk = (body: object, key: string) =>
    call('POST', '/bulk', { filter, action: 'cancel', arguments: { refund: 'none' }, ...body }, key);

  const dry = await bulk({ dry_run: true }, 'bulk');
  expect(dry.json).toMatchObject({ matched_page: 3, next_cursor: null });
  const first = await bulk({ limit: 2 }, 'bulk');
  const newest = ids.toReversed();
  expect(first.json?.['results']).toEqual(
    newest.slice(0, 2).map((id) => ({
      id,
      state: 'done',
      run_url: `https://ui.example/namespaces/default/workflows/session-${id}`,
    })),
  );
  // The lost answer, asked for again: it is the same, and the third session is left alone.
  await until('the first ended', newest[0] ?? '', (one) => one.phase === 'ended');
  const again = await bulk({ limit: 2 }, 'bulk');
  expect(again.json).toEqual(first.json);
  expect((await read(newest[2] ?? '')).live?.phase).toBe('awaiting-booking');
  const next = await bulk({ limit: 2, cursor: first.json?.['next_cursor'] }, 'bulk');
  expect(next.json).toMatchObject({ matched_page: 1, results: [{ id: newest[2], state: 'done' }] });

  for (const id of ids) {
    const ended = await until('ended', id, (one) => one.phase === 'ended');
    expect(ended.timeline.items.filter(({ event }) => event === 'request.cancel')).toHaveLength(1);
    expect((await auditOf(id)).filter(([action]) => action === 'session.cancelled').length).toBeGreaterThan(
      0,
    );
  }
});
