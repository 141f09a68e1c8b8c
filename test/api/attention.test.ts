import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DIGEST_WINDOW_MS, MOST_SINGLE, planMails, waitAfter } from '../../api/attention/plan.ts';
import { createAttentionSweep } from '../../api/attention/sweep.ts';
import { attentionMail } from '../../api/attention/words.ts';
import type { Passes } from '../../api/passes.ts';
import type { OwedMail } from '../../db/queries/attention-mails.ts';
import { raiseFound } from '../../db/queries/attentions.ts';
import { setDueAgain } from '../../db/queries/inbox-list.ts';
import { settleDelivery, storeDelivery } from '../../db/queries/inbox.ts';
import { writePublication } from '../../db/queries/publication.ts';
import { insertEndpoint } from '../../db/queries/webhooks.ts';
import { createMailSender, type MailSender } from '../../integrations/mail/sender.ts';
import { type MailTwin, startMailTwin } from '../../integrations/mail/twin.ts';
import { mailChecks } from '../../integrations/mail/doctor.ts';
import type { SessionPlaces } from '../../platform/session-places.ts';
import type { Attention, SessionRecord } from '../../workflows/contract/session.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Rows, writeRows } from './support/rows.ts';
import { after, gateOf, HOUR, KEY, NOW } from './support/values.ts';

const places: SessionPlaces = {
  admin: (key) => `https://latchkey.example.com/admin/sessions/${key}`,
  ticket: (number) => `https://zammad.example.com/#ticket/zoom/number/${number}`,
  order: () => null,
  run: (id) => `https://temporal.example.com/workflows/${id}`,
};

let database: TestDatabase;
let rows: Rows;
let mailbox: MailTwin;
let sender: MailSender;
let now: Instant;
let version: number;
let owed = 0;
const db = () => database.connection.db;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = await writeRows(db());
  mailbox = await startMailTwin({ port: 0, smtpPort: 0 });
  sender = createMailSender({
    smtpUrl: mailbox.smtpUrl.replace('//', '//latchkey:pass%20word@'),
    from: 'latchkey@example.com',
    to: ['operators@example.com', 'night@example.com'],
    timeoutMs: 2000,
    requireTls: false,
  });
});
afterAll(async () => {
  sender.close();
  await mailbox.close();
  await database.drop();
});

let before = 0;
beforeEach(() => {
  now = NOW;
  version = NOW;
  before = mailbox.mails().length;
});
afterEach(async () => {
  mailbox.refuse(null);
  for (const table of ['attentions', 'gates', 'webhook_deliveries', 'webhook_endpoints', 'inbox'] as const)
    await db().deleteFrom(table).execute();
});

const mails = () => mailbox.mails().slice(before);

function sweepOf(by: Pick<MailSender, 'send'> | null = sender): Passes {
  return createAttentionSweep({
    db: db(),
    clock: () => now,
    log: { info: () => undefined, warn: () => undefined },
    sender: by,
    places,
    tenantId: rows.tenantId,
    onOwed: () => {
      owed += 1;
    },
    intervalMs: 0,
  });
}

const failed = (step: string, code = 'vendor-timeout', since: Instant = NOW): Attention => ({
  step,
  code,
  since,
  requestId: 'req-1',
});

async function publish(record: Partial<SessionRecord>): Promise<void> {
  version += 1;
  await writePublication(db(), {
    sessionKey: KEY,
    gate: gateOf({ version }),
    record: {
      phase: 'awaiting-booking',
      outcome: null,
      startsAt: null,
      endsAt: null,
      cutoffAt: null,
      needsAttention: (record.attention?.length ?? 0) > 0,
      lateChange: null,
      ...record,
    },
    entries: [],
    at: now,
  });
}

const kept = () =>
  db().selectFrom('attentions').selectAll().orderBy('raised_at').orderBy('attention_id').execute();

const told = async () =>
  (await db().selectFrom('webhook_deliveries').select('payload').execute())
    .map(({ payload }) => payload)
    .filter(({ type }) => /attention|late_change|system/.test(type));

const listen = (events: readonly string[]) =>
  insertEndpoint(
    db(),
    {
      endpointId: 'whe_1',
      tenantId: rows.tenantId,
      url: 'https://hooks.example.com/in',
      description: null,
      events: [...events],
      at: new Date(NOW),
    },
    5,
  );

describe('what a session says needs attention', () => {
  test('is one row however often it is told, and gone when it is told no more', async () => {
    await publish({ attention: [failed('put-route')] });
    await publish({ attention: [failed('put-route')] });
    expect(await kept()).toMatchObject([{ kind: 'attention', step: 'put-route', gone_at: null }]);
    now = after(HOUR);
    await publish({ attention: [] });
    expect(await kept()).toMatchObject([{ gone_at: new Date(now) }]);
    await publish({ attention: [failed('put-route', 'vendor-timeout', now)] });
    expect(await kept()).toHaveLength(2);
  });

  test('is told to webhooks when it is raised and when it is gone, each once', async () => {
    await listen(['session.*']);
    await publish({ attention: [failed('put-route')] });
    await publish({ attention: [failed('put-route')] });
    await publish({ attention: [] });
    const messages = await told();
    expect(messages.map(({ type }) => type).toSorted()).toEqual([
      'session.attention_cleared',
      'session.attention_raised',
    ]);
    expect(messages[0]?.data).toMatchObject({
      session_id: KEY,
      code: 'vendor-timeout',
      step: 'put-route',
      since: new Date(NOW).toISOString(),
    });
  });

  test('and so is a late change that waits, with its deadline', async () => {
    await listen(['session.late_change_requested', 'session.late_change_decided']);
    const lateChange = { requestedAt: NOW, deadline: after(HOUR) };
    await publish({ attention: [], lateChange });
    await publish({ attention: [], lateChange: null });
    expect((await told()).map(({ type }) => type).toSorted()).toEqual([
      'session.late_change_decided',
      'session.late_change_requested',
    ]);
    expect((await told())[0]?.data['deadline']).toBe(new Date(after(HOUR)).toISOString());
  });

  test('without a name, of a session that was started by an older release, is one row until it is over', async () => {
    await publish({ needsAttention: true });
    now = after(HOUR);
    await publish({ needsAttention: true });
    expect(await kept()).toMatchObject([{ code: 'needs-attention', since: new Date(NOW), gone_at: null }]);
    await publish({ needsAttention: false });
    expect(await kept()).toMatchObject([{ gone_at: new Date(now) }]);
  });
});

describe('mails', () => {
  test('one for each, once, to everybody who is named', async () => {
    await publish({ attention: [failed('put-route'), failed('refund', 'refund-failed')] });
    const [one, other] = [sweepOf(), sweepOf()];
    await Promise.all([one.runOnce(), other.runOnce()]);
    await one.runOnce();
    expect(
      mails()
        .map(({ subject }) => subject)
        .toSorted(),
    ).toEqual([
      `[Latchkey] session ${KEY}: making the route at the gateway failed: vendor-timeout`,
      `[Latchkey] session ${KEY}: paying the price back failed: refund-failed`,
    ]);
    expect(mails()[0]?.to).toEqual(['operators@example.com', 'night@example.com']);
  });

  test('lose nothing while the server refuses, and repeat under the same name', async () => {
    await publish({ attention: [failed('put-route')] });
    const sweep = sweepOf();
    mailbox.refuse(451);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await sweep.runOnce();
      expect(await kept()).toMatchObject([{ mail_state: 'owed', mail_attempts: attempt }]);
      now = after(waitAfter(attempt), now);
    }
    mailbox.refuse(null);
    await sweep.runOnce();
    const [row] = await kept();
    expect(row).toMatchObject({ mail_state: 'sent' });
    expect(mails()).toMatchObject([{ messageId: `<${row?.attention_id}@example.com>` }]);
  });

  test('wait as long as was said after a refusal', async () => {
    await publish({ attention: [failed('put-route')] });
    const sweep = sweepOf();
    mailbox.refuse(451);
    await sweep.runOnce();
    mailbox.refuse(null);
    now = after(waitAfter(1) - 1, now);
    await sweep.runOnce();
    expect(mails()).toEqual([]);
  });

  test('are sent again by another process when one died in between', async () => {
    await publish({ attention: [failed('put-route')] });
    const dying = sweepOf({ send: () => new Promise(() => undefined) });
    void dying.runOnce();
    const claimed = async () => (await kept())[0]?.mail_attempts;
    while ((await claimed()) !== 1) await new Promise((done) => setTimeout(done, 10));
    const other = sweepOf();
    await other.runOnce();
    expect(mails()).toEqual([]);
    now = after(HOUR);
    await other.runOnce();
    expect(mails()).toHaveLength(1);
  });

  test('of more than ten at once, one that lists them; what follows waits for the window', async () => {
    const steps = Array.from({ length: MOST_SINGLE + 2 }, (_, n) => failed(`ask-provider:${n}`));
    await publish({ attention: steps });
    const sweep = sweepOf();
    await sweep.runOnce();
    expect(mails()).toMatchObject([{ subject: '[Latchkey] 12 things need attention' }]);
    await publish({ attention: [...steps, failed('put-route')] });
    await sweep.runOnce();
    expect(mails()).toHaveLength(1);
    now = after(DIGEST_WINDOW_MS + 1, now);
    await sweep.runOnce();
    expect(mails()).toHaveLength(2);
  });

  test('of what went away before anybody was told, none', async () => {
    await publish({ attention: [failed('put-route')] });
    await publish({ attention: [] });
    await sweepOf().runOnce();
    expect(mails()).toEqual([]);
    expect(await kept()).toMatchObject([{ mail_state: 'off' }]);
  });

  test('are not saved up while nobody is to be mailed', async () => {
    await publish({ attention: [failed('put-route')] });
    await sweepOf(null).runOnce();
    await sweepOf().runOnce();
    expect(mails()).toEqual([]);
  });
});

describe('what the system finds', () => {
  async function quarantined(): Promise<string> {
    await storeDelivery(db(), {
      source: 'calendly',
      deliveryKey: 'k',
      correlation: 'c',
      event: 'invitee.created',
      body: Buffer.from('{"email":"ada@example.com"}'),
      receivedAt: new Date(NOW),
    });
    const { id, attempts } = await db().selectFrom('inbox').selectAll().executeTakeFirstOrThrow();
    const settlement = { status: 'quarantined', reason: 'unmatched', attempts, at: new Date(NOW) } as const;
    expect(await settleDelivery(db(), { id, attempts }, settlement)).toBe(true);
    return id;
  }

  test('a quarantined webhook is mailed and told, and gone when it is replayed', async () => {
    await listen(['system.*']);
    const id = await quarantined();
    const sweep = sweepOf();
    await sweep.runOnce();
    await sweep.runOnce();
    expect(mails()).toMatchObject([
      { subject: `[Latchkey] inbox ${id}: a webhook could not be brought to its session: unmatched` },
    ]);
    expect(await told()).toMatchObject([{ type: 'system.webhook_quarantined', data: { code: 'unmatched' } }]);
    expect(owed).toBeGreaterThan(0);
    await setDueAgain(db(), [id], new Date(after(HOUR)));
    expect(await kept()).toMatchObject([{ gone_at: new Date(after(HOUR)) }]);
  });

  test('what the housekeeping raised is told once a day, however often it finds it', async () => {
    await listen(['system.housekeeping_raised']);
    const note = { code: 'order-without-session', id: 'T3JkZXI6MQ==' };
    const sweep = sweepOf();
    for (const hours of [0, 1, 2]) {
      now = after(hours * HOUR);
      await raiseFound(db(), [note, note], new Date(now));
      await sweep.runOnce();
    }
    expect(mails()).toHaveLength(1);
    expect(await told()).toHaveLength(1);
    await raiseFound(db(), [note], new Date(after(24 * HOUR)));
    expect(await kept()).toHaveLength(2);
  });
});

describe('the plan', () => {
  test.each([
    [1, 0, false, 'each'],
    [MOST_SINGLE, 0, false, 'each'],
    [MOST_SINGLE, 1, false, 'digest'],
    [MOST_SINGLE + 1, 0, false, 'digest'],
    [1, MOST_SINGLE, false, 'digest'],
    [1, 12, true, 'later'],
  ] as const)('%d owed, %d within the minute, digest %s: %s', (count, recent, digest, plan) => {
    expect(planMails({ owed: count, recent, digest })).toBe(plan);
  });

  test('waits grow and end at an hour', () => {
    const waits = Array.from({ length: 20 }, (_, n) => waitAfter(n + 1));
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits.at(-1)).toBe(HOUR);
  });
});

describe('the words', () => {
  const row: OwedMail = {
    attention_id: 'att_1',
    kind: 'attention',
    subject: `session|${KEY}`,
    session_key: KEY,
    booking_key: null,
    step: 'put-route',
    code: 'vendor-unauthorized',
    request_id: 'req-1',
    deadline: null,
    since: new Date(NOW),
    raised_at: new Date(NOW),
    gone_at: null,
    told_at: null,
    mail_state: 'owed',
    mail_id: null,
    mail_attempts: 0,
    mail_due_at: new Date(NOW),
    mail_claimed_at: null,
    workflow_id: `session-${KEY}`,
    ticket_number: '5300001',
  };

  test('say what happened, what to do and where', () => {
    const { id, subject, text } = attentionMail([row], places);
    expect(id).toBe('att_1');
    expect(subject).toBe(
      '[Latchkey] ticket 5300001: making the route at the gateway failed: vendor-unauthorized',
    );
    expect(text).toContain('Put a valid one in the configuration, restart, retry the step.');
    expect(text).toContain('Since: 2026-12-07 09:00 UTC');
    expect(text).toContain(`https://latchkey.example.com/admin/sessions/${KEY}`);
    expect(text).toContain('https://zammad.example.com/#ticket/zoom/number/5300001');
    expect(text).toContain(`https://temporal.example.com/workflows/session-${KEY}`);
    expect(text).toContain('Request at the vendor: req-1');
  });

  test('of what is gone meanwhile say that nothing is to be done', () => {
    const { text } = attentionMail([{ ...row, gone_at: new Date(after(HOUR)) }], places);
    expect(text).toContain('gone since 2026-12-07 10:00 UTC: nothing is to be done any more');
    expect(text).not.toContain('What to do');
  });

  test('of a late change name the deadline, and of many list each', () => {
    const late = { ...row, kind: 'late-change', step: null, deadline: new Date(after(HOUR)) } as const;
    const { subject, text } = attentionMail([row, late], places);
    expect(subject).toBe('[Latchkey] 2 things need attention');
    expect(text).toContain('2. A late change waits for an answer.');
    expect(text).toContain('Answer it until 2026-12-07 10:00 UTC');
  });
});

describe('the doctor', () => {
  const look = async (by: MailSender | null) => (await mailChecks(by)[0]?.look())?.status;
  const senderTo = (smtpUrl: string): MailSender =>
    createMailSender({
      smtpUrl,
      from: 'latchkey@example.com',
      to: ['operators@example.com'],
      timeoutMs: 1000,
      requireTls: true,
    });

  test('warns when nobody is mailed, and says whether the server takes our login', async () => {
    expect(await look(null)).toBe('warning');
    expect(await look(senderTo(mailbox.smtpUrl))).toBe('ok');
    expect(await look(senderTo('smtp://127.0.0.1:1'))).toBe('failed');
  });

  test('sees that a password would go in clear', async () => {
    expect(await look(senderTo(mailbox.smtpUrl.replace('//', '//latchkey:secret@')))).toBe('failed');
  });
});
