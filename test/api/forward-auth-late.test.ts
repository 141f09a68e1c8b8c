import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Look } from '../../api/gate/memory.ts';
import { browser } from './support/ask.ts';
import { type GateRig, OWNER, startGateRig } from './support/verdict-rig.ts';
import { gateOf, KEY, NOW, SLUG } from './support/values.ts';

const own = `/customer/s/${SLUG}`;
let rig: GateRig;
let cookie: string;

beforeAll(async () => {
  rig = await startGateRig();
  cookie = await rig.cookie();
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.now = NOW;
  rig.passing = 0;
  rig.memory.forgetAll();
  rig.reported.length = 0;
});

const found: Look = {
  kind: 'session',
  sessionKey: KEY,
  ...OWNER,
  reading: { kind: 'gate', gate: gateOf() },
  held: false,
  dead: new Set(),
};
const countOf = (reason: string): number =>
  rig.forwardAuth.counts().verdicts.find((one) => one.verdict === '503' && one.reason === reason)?.count ??
  -1;

describe('an answer that comes too late is none', () => {
  test('stores that never answer: 503 before the gateway gives up', async () => {
    rig.look = () => new Promise(() => {});
    const answer = await rig.auth(own, { cookie });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(countOf('late')).toBe(1);
  });

  test('a process that was stopped while it asked does not pass on what it had heard before', async () => {
    rig.look = async () => found;
    expect((await rig.auth(own, { cookie })).status).toBe(200);
    rig.passing = 1701;
    expect((await rig.auth(own, { cookie })).status).toBe(503);
    rig.passing = 1700;
    expect((await rig.auth(own, { cookie })).status).toBe(200);
  });

  test('stores that break against their promise: 503, and it is reported', async () => {
    rig.look = () => Promise.reject(new Error('a fault of ours'));
    expect((await rig.auth(own, { cookie })).status).toBe(503);
    expect((await rig.auth(own, { ...browser, cookie })).headers.get('content-type')).toContain('text/html');
    expect(countOf('failed')).toBe(2);
    expect(rig.reported).toHaveLength(2);
  });

  test('who has no credential waits for nobody', async () => {
    rig.look = () => new Promise(() => {});
    expect((await rig.auth(own, browser)).status).toBe(302);
    expect((await rig.auth(own, { cookie: 'latchkey_s=forged' })).status).toBe(401);
    expect(rig.memory.looks).toEqual([]);
  });
});
