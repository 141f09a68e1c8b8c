import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { writeAudit } from '../../db/queries/audit.ts';
import { storeDelivery } from '../../db/queries/inbox.ts';
import { PRUNE_BATCH } from '../../db/queries/prune.ts';
import type { InboxSource, InboxStatus, RevocationKind } from '../../db/tables.ts';
import { type Housekeeper, startHousekeeper } from './support/housekeeper.ts';
import { NOW } from './support/rows.ts';

const DAY = 24 * 3_600_000;
const daysAgo = (days: number): Date => new Date(NOW - days * DAY);

let house: Housekeeper;
beforeAll(async () => {
  house = await startHousekeeper();
});
afterAll(() => house.close());
beforeEach(async () => {
  for (const table of ['inbox', 'audit', 'revocations'] as const)
    await house.dependencies.db.deleteFrom(table).execute();
});
const db = () => house.dependencies.db;

let count = 0;
/** A webhook that came, and was settled, so many days ago. */
async function webhook(
  days: number,
  more: { status?: InboxStatus; source?: InboxSource } = {},
): Promise<string> {
  const { status = 'done', source = 'calendly' } = more;
  count += 1;
  const deliveryKey = `key-${count}`;
  const body = Buffer.from('{"email":"zoe@example.com"}');
  await storeDelivery(db(), {
    source,
    deliveryKey,
    correlation: `unrelated|${deliveryKey}`,
    event: 'e',
    body,
    receivedAt: daysAgo(days),
  });
  const { id } = await db()
    .updateTable('inbox')
    .set({ status, settled_at: status === 'stored' ? null : daysAgo(days) })
    .where('delivery_key', '=', deliveryKey)
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
const held = async (id: string) => {
  const row = await db().selectFrom('inbox').selectAll().where('id', '=', id).executeTakeFirst();
  return row && { bytes: row.body.length, pruned: row.pruned_at !== null };
};
const whole = { bytes: expect.any(Number), pruned: false };
const emptied = { bytes: 0, pruned: true };

describe('the inbox', () => {
  test('bodies go after their time; what waits keeps its own, whatever its age', async () => {
    const [old, young, waiting] = [
      await webhook(31),
      await webhook(29),
      await webhook(900, { status: 'stored' }),
    ];
    expect(await house.run('prune')).toMatchObject({
      repaired: 1,
      raised: 0,
      notes: [{ code: 'pruned', id: 'bodies' }],
    });
    expect(await held(old)).toEqual(emptied);
    expect(await held(young)).toEqual(whole);
    expect(await held(waiting)).toEqual(whole);
    expect(await house.run('prune')).toMatchObject({ repaired: 0, raised: 0, notes: [] });
  });

  test('a quarantined one waits twice as long for a person, who is told that it is gone', async () => {
    const [old, young] = [
      await webhook(61, { status: 'quarantined' }),
      await webhook(59, { status: 'quarantined' }),
    ];
    const report = await house.run('prune');
    expect(report).toMatchObject({ raised: 1 });
    expect(report.notes).toContainEqual({ code: 'quarantine-pruned', id: old, raised: true });
    expect(await held(old)).toEqual(emptied);
    expect(await held(young)).toEqual(whole);
  });

  test('a row goes only where no replay is possible any more', async () => {
    const [calendly, saleor, zammad, quarantined] = [
      await webhook(731),
      await webhook(731, { source: 'saleor' }),
      await webhook(731, { source: 'zammad' }),
      await webhook(731, { status: 'quarantined' }),
    ];
    await house.run('prune');
    expect(await held(calendly)).toBeUndefined();
    expect(await held(quarantined)).toBeUndefined();
    expect(await held(saleor)).toEqual(emptied);
    expect(await held(zammad)).toEqual(emptied);
  });

  test('a thousand at a time, until all are done', async () => {
    await webhook(40);
    await sql`
      insert into inbox (source, delivery_key, correlation, event, body, received_at, status, settled_at, next_attempt_at)
      select source, delivery_key || '-' || n, correlation, event, body, received_at, status, settled_at, next_attempt_at
      from inbox, generate_series(1, ${PRUNE_BATCH}::int) n
    `.execute(db());
    const first = await house.page('prune');
    expect(first).toMatchObject({ repaired: PRUNE_BATCH, cursor: 'bodies' });
    expect(await house.page('prune', first.cursor)).toMatchObject({
      repaired: 1,
      cursor: 'quarantined-bodies',
    });
  });
});

test('the audit goes after its time', async () => {
  const entry = (days: number) => ({
    at: daysAgo(days),
    tenantId: null,
    actor: 'system',
    action: 'a',
    subject: `${days}`,
    reason: null,
  });
  await writeAudit(db(), [entry(731), entry(729)]);
  expect((await house.run('prune')).notes).toEqual([{ code: 'pruned', id: 'audit' }]);
  const left = await db().selectFrom('audit').select('subject').execute();
  expect(left).toEqual([{ subject: '729' }]);
});

test('revocations go when nothing can be shown against them, but never the newest', async () => {
  const write = (
    subject: string,
    keptDays: number | null,
    more: { kind?: RevocationKind; owed?: boolean } = {},
  ) =>
    db()
      .insertInto('revocations')
      .values({
        kind: more.kind ?? 'login',
        subject,
        session_key: more.owed ? house.world.sessionKey : null,
        actor: 'system',
        revoked_at: daysAgo(100),
        keep_until: keptDays === null ? null : daysAgo(keptDays),
        delivered_at: null,
        next_attempt_at: daysAgo(100),
      })
      .execute();
  await write('gone', 2);
  await write('young', 0.5);
  await write('for-ever', null);
  await write('owed', 2, { owed: true });
  await write('newest', 2);
  await house.run('prune');
  const left = await db().selectFrom('revocations').select('subject').orderBy('seq').execute();
  expect(left.map(({ subject }) => subject)).toEqual(['young', 'for-ever', 'owed', 'newest']);
});
