import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SessionKey } from '../../workflows/contract/values.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const claim = (sessionKey: SessionKey, lateChange: string) =>
  world.activities.claimGrace({ sessionKey, lateChange });

describe('the one grace of a client', () => {
  test('goes to one late change of all their sessions, however many ask at once; that one gets it again', async () => {
    const keys = [world.sessionKey, await world.another(1), await world.another(2)];
    const asked = keys.flatMap((key) => [
      { key, lateChange: 'late@1' },
      { key, lateChange: 'late@2' },
    ]);
    const answers = await Promise.all(asked.map(({ key, lateChange }) => claim(key, lateChange)));
    expect(answers.filter(({ granted }) => granted)).toHaveLength(1);
    const again = await Promise.all(asked.map(({ key, lateChange }) => claim(key, lateChange)));
    expect(again).toEqual(answers);
    const rows = await world.dependencies.db.selectFrom('graces').selectAll().execute();
    expect(rows).toHaveLength(1);
  });

  test('another client has their own', async () => {
    const { db } = world.dependencies;
    const { id, ...client } = await db.selectFrom('clients').selectAll().executeTakeFirstOrThrow();
    const { tenant_id, first_name, last_name, language } = client;
    const other = await db
      .insertInto('clients')
      .values({
        tenant_id,
        first_name,
        last_name,
        language,
        zammad_customer_id: null,
        email: 'other@example.com',
        email_key: 'other@example.com',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    expect(other.id).not.toBe(id);
    const key = await world.another(7, { client_id: other.id });
    expect(await claim(key, 'late@1')).toEqual({ kind: 'claim-grace', granted: true });
  });

  test('a session that is not there has none', async () => {
    await expect(claim('x'.repeat(22) as SessionKey, 'late@1')).rejects.toMatchObject({
      type: 'row-missing',
      nonRetryable: true,
    });
  });
});
