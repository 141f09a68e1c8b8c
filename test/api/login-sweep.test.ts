import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { LoginSweep } from '../../api/login/sweep.ts';
import { type LoginRig, resetRig, startLoginRig } from './support/login-rig.ts';
import { after } from './support/values.ts';

const MINUTE = 60_000;
let rig: LoginRig;
let sweep: LoginSweep;
let mailsBefore: number;

beforeAll(async () => {
  rig = await startLoginRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  await resetRig(rig);
  sweep = rig.newSweep();
  mailsBefore = rig.zammad.mails().length;
});

const mails = () => rig.zammad.mails().slice(mailsBefore);
/** The mails of this test that are still there to be read in a ticket. */
const mailArticles = () =>
  mails().filter(({ id, ticketId }) => rig.zammad.articles(ticketId).some((article) => article.id === id));
const rows = () => rig.db.selectFrom('login_codes').selectAll().orderBy('created_at').execute();
const use = async (asked: { challenge: string; code: string }) =>
  expect((await rig.post('/customer/login/code', asked)).status).toBe(303);

describe('the articles that carried codes', () => {
  test('go after three minutes and not before', async () => {
    await rig.askForCode();
    rig.now = after(3 * MINUTE - 1);
    expect(await sweep.runOnce()).toBe(0);
    expect(mailArticles()).toHaveLength(1);
    rig.now = after(3 * MINUTE);
    expect(await sweep.runOnce()).toBe(1);
    expect(mailArticles()).toEqual([]);
    expect((await rows())[0]?.article_gone_at).toEqual(new Date(rig.now));
    expect(await sweep.runOnce()).toBe(0);
    expect(rig.deletions).toHaveLength(1);
    // What left has arrived.
    expect(mails()).toHaveLength(1);
  });

  test('go at once when the code was used', async () => {
    await use(await rig.askForCode());
    expect(await sweep.runOnce()).toBe(1);
    expect(mailArticles()).toEqual([]);
  });

  test('one that is gone already is success', async () => {
    await use(await rig.askForCode());
    rig.zammad.faults.set({ kind: 'commit-then-hang-up', method: 'DELETE' });
    expect(await sweep.runOnce()).toBe(0);
    expect(mailArticles()).toEqual([]);
    rig.now = after(MINUTE);
    expect(await sweep.runOnce()).toBe(1);
    expect((await rows())[0]?.article_gone_at).not.toBeNull();
  });

  test('two replicas do not do it twice', async () => {
    for (const email of ['ada@example.com', 'bob@example.com']) await use(await rig.askForCode(email));
    rig.zammad.faults.set({ kind: 'delay', delayMs: 200, method: 'DELETE', times: 2 });
    const other = rig.newSweep();
    const gone = await Promise.all([sweep.runOnce(), other.runOnce()]);
    const later = await other.runOnce();
    expect(gone.reduce((sum, one) => sum + one, later)).toBe(2);
    expect(new Set(rig.deletions).size).toBe(2);
    expect(rig.deletions).toHaveLength(2);
  });

  test('a Zammad that is away is asked ever more rarely, and then all is done', async () => {
    for (const email of ['ada@example.com', 'bob@example.com']) await use(await rig.askForCode(email));
    rig.zammad.faults.set({ kind: 'status', status: 503, method: 'DELETE', times: 1000 });
    for (let second = 0; second < 120; second += 1) {
      rig.now = after(second * 1000);
      await sweep.runOnce();
    }
    // At 0, 2, 6, 14, 30, 62 s; one article each, for the others would fail the same way.
    expect(rig.deletions).toHaveLength(6);
    rig.zammad.faults.clear();
    rig.now = after(4 * MINUTE);
    expect(await sweep.runOnce()).toBe(2);
    expect(rig.logged()).toContain('vendor-unavailable');
  });

  test('one that Zammad refuses does not hold up the others, and is forgotten once its code has expired', async () => {
    const stuck = await rig.askForCode();
    await use(await rig.askForCode('bob@example.com'));
    await use(stuck);
    rig.zammad.faults.set({ kind: 'status', status: 403, method: 'DELETE' });
    expect(await sweep.runOnce()).toBe(1);
    expect((await rows()).filter(({ article_gone_at: at }) => at === null)).toHaveLength(1);
    // Too old now for Zammad's own policy.
    rig.now = after(10 * MINUTE);
    expect(await sweep.runOnce()).toBe(0);
    expect((await rows()).filter(({ article_id: id }) => id === null)).toHaveLength(1);
    rig.now = after(20 * MINUTE);
    await sweep.runOnce();
    expect(rig.deletions).toHaveLength(3);
    expect(mailArticles()).toHaveLength(1);
  });

  test('a client who types meanwhile does not wait for Zammad', async () => {
    const used = await rig.askForCode('bob@example.com');
    const asked = await rig.askForCode();
    await use(used);
    rig.now = after(3 * MINUTE);
    rig.zammad.faults.set({ kind: 'delay', delayMs: 1500, method: 'DELETE', times: 1 });
    const order: string[] = [];
    const sweeping = sweep.runOnce().then((gone) => order.push(`swept ${gone}`));
    await use(asked).then(() => order.push('in'));
    await sweeping;
    expect(order).toEqual(['in', 'swept 2']);
  });
});

describe('the codes', () => {
  test('are kept for a day', async () => {
    await rig.askForCode();
    await rig.askForCode('eve@example.com');
    rig.now = after(23 * 60 * MINUTE);
    await sweep.runOnce();
    expect(await rows()).toHaveLength(2);
    rig.now = after(24 * 60 * MINUTE + 1);
    await sweep.runOnce();
    expect(await rows()).toEqual([]);
  });

  test('PostgreSQL away is no crash', async () => {
    const broken = await startLoginRig();
    await broken.db.schema.dropTable('login_codes').execute();
    expect(await broken.sweep.runOnce()).toBe(0);
    expect(broken.logged()).toContain('login codes could not be swept');
    const answer = await broken.post('/customer/login', { email: 'ada@example.com' });
    expect(answer.status).toBe(503);
    expect((await broken.send('/customer/login', { email: 'ada@example.com' })).json?.['code']).toBe(
      'store-unavailable',
    );
    expect(
      (await broken.post('/customer/login/code', { challenge: 'A'.repeat(22), code: '123456' })).status,
    ).toBe(503);
    expect(broken.logged()).not.toContain('ada@');
    await broken.close();
  });

  test('a stopped sweep does nothing more', async () => {
    await use(await rig.askForCode());
    await sweep.stop();
    sweep.kick();
    expect(await sweep.runOnce()).toBe(0);
    expect(rig.deletions).toEqual([]);
  });
});
