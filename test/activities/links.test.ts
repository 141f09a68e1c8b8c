import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LinkId } from '../../workflows/contract/values.ts';
import { NOW } from './support/rows.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const linkId = (n: number) => `${world.sessionKey}-${n}` as LinkId;
const issue = (n: number, revokes: number | null = null) =>
  world.activities.issueLink({
    sessionKey: world.sessionKey,
    linkId: linkId(n),
    revokes: revokes === null ? null : linkId(revokes),
  });
const links = () => world.dependencies.db.selectFrom('links').selectAll().orderBy('link_id').execute();

describe('issueLink', () => {
  test('records the claims once and returns no token', async () => {
    expect(await issue(1)).toEqual({ kind: 'issue-link' });
    expect(await issue(1)).toEqual({ kind: 'issue-link' });
    const [row, ...more] = await links();
    expect(more).toEqual([]);
    expect(row).toMatchObject({
      link_id: linkId(1),
      user_id: 5,
      purpose: 'permanent-booking-link',
      issued_at: new Date(NOW),
      revoked_at: null,
    });
  });

  test('revokes the old one in the same step, once', async () => {
    await issue(1);
    await issue(2, 1);
    const before = await links();
    await issue(2, 1);
    expect(await links()).toEqual(before);
    expect(before.map((row) => row.revoked_at)).toEqual([new Date(NOW), null]);
  });

  test('a late repeat never brings a revoked link back', async () => {
    await issue(1);
    await issue(2, 1);
    await issue(1);
    expect((await links()).map((row) => row.revoked_at === null)).toEqual([false, true]);
  });

  test("another session's link is not revoked", async () => {
    const other = await world.another(1);
    await world.activities.issueLink({ sessionKey: other, linkId: `${other}-1` as LinkId, revokes: null });
    await world.activities.issueLink({
      sessionKey: world.sessionKey,
      linkId: linkId(1),
      revokes: `${other}-1` as LinkId,
    });
    expect((await links()).every((row) => row.revoked_at === null)).toBe(true);
  });
});
