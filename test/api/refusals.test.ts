import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { writeAudit } from '../../db/queries/audit.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { ask, browser } from './support/ask.ts';
import { after, gateOf, KEY, LOGIN_ID, linkId, OTHER_KEY, OTHER_SLUG, SLUG } from './support/values.ts';
import { type GateRig, OWNER, startGateRig } from './support/verdict-rig.ts';

const own = `/customer/s/${SLUG}`;
let rig: GateRig;
let cookie: string;
let minute = 0;

beforeAll(async () => {
  rig = await startGateRig();
  cookie = await rig.cookie(linkId(1), KEY, OWNER.clientId, 30 * 24 * 3600);
});
afterAll(() => rig.close());
beforeEach(async () => {
  await rig.forwardAuth.settled();
  // Each test has a window of its own.
  minute += 1;
  rig.now = after(minute * 60_000);
  rig.audited.length = 0;
  rig.reported.length = 0;
  rig.writeAudit = async (entries) => void rig.audited.push(...entries);
  rig.look = async () => ({ kind: 'unknown' });
  rig.memory.forgetAll();
  rig.memory.remember(SLUG, gateOf(), OWNER);
});

async function audited() {
  await rig.forwardAuth.settled();
  return rig.audited.map(({ actor, subject, reason, tenantId }) => ({ actor, subject, reason, tenantId }));
}

describe('who was refused what', () => {
  test('by link, by login, by nobody', async () => {
    await rig.auth(`${own}/join`, { cookie });
    await rig.auth(own, { cookie: await rig.login([8, 9]) });
    await rig.auth(`/customer/s/${OTHER_SLUG}`, { cookie });
    await rig.auth(own, browser);
    await rig.auth(own, { cookie: 'latchkey_s=forged' });
    rig.memory.revoked.add(linkId(1));
    await rig.auth(own, { cookie });
    const tenantId = OWNER.tenantId;
    expect(await audited()).toEqual([
      { actor: `link:${linkId(1)}`, subject: KEY, reason: 'not-yet', tenantId },
      { actor: 'client:8', subject: KEY, reason: 'not-yours', tenantId },
      { actor: `link:${linkId(1)}`, subject: 'unknown-slug', reason: 'not-yours', tenantId },
      { actor: 'unknown', subject: 'unknown-slug', reason: 'no-credential', tenantId: null },
      { actor: 'unknown', subject: 'unknown-slug', reason: 'bad-credential', tenantId: null },
      { actor: `link:${linkId(1)}`, subject: KEY, reason: 'revoked', tenantId },
    ]);
    expect(rig.audited.every(({ action, at }) => action === 'gate.refused' && +at === rig.now)).toBe(true);
  });

  test('an attempt across tenants is neither tenant’s to read', async () => {
    rig.memory.remember(SLUG, gateOf(), { tenantId: 2, clientId: OWNER.clientId });
    await rig.auth(own, { cookie });
    await rig.auth(own, { cookie: await rig.login() });
    expect(await audited()).toEqual([
      { actor: `link:${linkId(1)}`, subject: KEY, reason: 'not-yours', tenantId: null },
      { actor: `client:${OWNER.clientId}`, subject: KEY, reason: 'not-yours', tenantId: null },
    ]);
  });

  test('somebody who is not the gateway', async () => {
    await ask(`${rig.api.internalUrl}/forward-auth`, { headers: { cookie, 'x-original-uri': own } });
    expect(await audited()).toEqual([
      { actor: 'unknown', subject: 'forward-auth', reason: 'not-the-gateway', tenantId: null },
    ]);
  });

  test('not who passed, nor what could not be told', async () => {
    expect((await rig.auth(own, { cookie })).status).toBe(200);
    expect((await rig.auth(`${own}?token=${await rig.token()}`, browser)).status).toBe(303);
    rig.memory.isFresh = false;
    rig.look = async () => ({ kind: 'unavailable' });
    expect((await rig.auth(own, { cookie })).status).toBe(503);
    expect(await audited()).toEqual([]);
  });

  test('never a token, a cookie or an address of a page', async () => {
    const token = await rig.token(linkId(2));
    await rig.auth(`${own}?token=${token}`, browser);
    await rig.auth(`${own}?token=forged`, { ...browser, cookie: 'latchkey_c=forged' });
    await audited();
    const text = JSON.stringify(rig.audited);
    expect(rig.audited).toHaveLength(2);
    for (const secret of [token, 'forged', SLUG, '/customer']) expect(text).not.toContain(secret);
  });
});

describe('a sample', () => {
  test('the same refusal once a minute', async () => {
    for (let time = 0; time < 5; time += 1) await rig.auth(`${own}/join`, { cookie });
    expect(await audited()).toHaveLength(1);
    minute += 1;
    rig.now = after(minute * 60_000);
    await rig.auth(`${own}/join`, { cookie });
    expect(await audited()).toHaveLength(2);
  });

  test('a flood of one kind is five entries, and does not hide another kind', async () => {
    for (let stranger = 0; stranger < 30; stranger += 1)
      await rig.auth(`/customer/s/nobodys-slug-0123456789${String(stranger).padStart(4, '0')}`, browser);
    await rig.auth(`${own}/join`, { cookie });
    expect((await audited()).map(({ reason }) => reason)).toEqual([
      ...Array.from({ length: 5 }, () => 'no-credential'),
      'not-yet',
    ]);
  });

  test('at most twenty a minute', async () => {
    const slug = (n: number) => `/customer/s/nobodys-slug-0123456789${String(n).padStart(4, '0')}`;
    const kinds = [
      browser,
      { cookie: 'latchkey_s=forged' },
      { cookie },
      { cookie: await rig.cookie(linkId(1, OTHER_KEY), OTHER_KEY) },
      { cookie: await rig.login([8]) },
    ];
    for (const headers of kinds) for (let n = 0; n < 6; n += 1) await rig.auth(slug(n), headers);
    for (const at of [KEY, OTHER_KEY])
      for (const more of [{ access: 'revoked' }, { state: 'over' }, { page: null }] as const) {
        rig.memory.remember(SLUG, gateOf({ sessionKey: at, linkId: linkId(1, at), ...more }), OWNER);
        for (const held of [await rig.cookie(linkId(1, at), at), await rig.login()])
          await rig.auth(own, { cookie: held });
      }
    expect((await audited()).length).toBe(20);
  });
});

describe('writing it down', () => {
  test('comes after the answer and never delays it', async () => {
    let finish: () => void = () => undefined;
    rig.writeAudit = (entries) =>
      new Promise((resolve) => {
        finish = () => {
          rig.audited.push(...entries);
          resolve();
        };
      });
    expect((await rig.auth(own, browser)).status).toBe(302);
    expect((await rig.auth(own, { cookie: 'latchkey_s=forged' })).status).toBe(401);
    expect(rig.audited).toEqual([]);
    rig.writeAudit = async (entries) => void rig.audited.push(...entries);
    finish();
    expect(await audited()).toHaveLength(2);
  });

  test('that fails changes no answer, and is reported without losing the next', async () => {
    rig.writeAudit = () => Promise.reject(new Error('away'));
    expect((await rig.auth(own, browser)).status).toBe(302);
    await rig.forwardAuth.settled();
    expect(rig.reported).toHaveLength(1);
    rig.writeAudit = async (entries) => void rig.audited.push(...entries);
    expect((await rig.auth(own, { cookie: 'latchkey_s=forged' })).status).toBe(401);
    expect(await audited()).toHaveLength(1);
  });

  test('into the table', async () => {
    const database = await createTestDatabase();
    try {
      const { db } = database.connection;
      rig.writeAudit = (entries) => writeAudit(db, entries);
      await rig.auth(`${own}/join`, { cookie: await rig.login([OWNER.clientId], LOGIN_ID) });
      await rig.forwardAuth.settled();
      expect(await db.selectFrom('audit').selectAll().execute()).toMatchObject([
        {
          action: 'gate.refused',
          actor: `client:${OWNER.clientId}`,
          subject: KEY,
          reason: 'not-yet',
          tenant_id: OWNER.tenantId,
          details: null,
        },
      ]);
    } finally {
      await database.drop();
    }
  });
});
