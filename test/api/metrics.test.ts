import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createForwardAuth, type ForwardAuth } from '../../api/gate/forward-auth.ts';
import { registerVerdicts } from '../../api/metrics/gate.ts';
import { createMetricsPage } from '../../api/metrics/page.ts';
import { type RunningApi, startApi } from '../../api/server.ts';
import { mintAccessCookie } from '../../platform/tokens.ts';
import { ask, browser } from './support/ask.ts';
import { type FakeMemory, fakeMemory } from './support/fake-memory.ts';
import { ringOf } from './support/keys.ts';
import { gateOf, KEY, linkId, NOW, SLUG } from './support/values.ts';

const own = `/customer/s/${SLUG}`;
const owner = { tenantId: 1, clientId: 7 };
let api: RunningApi;
let forwardAuth: ForwardAuth;
let memory: FakeMemory;
let cookie: string;

beforeAll(async () => {
  const keys = { link: ringOf('link-1'), cookie: ringOf('cookie-1') };
  memory = fakeMemory();
  forwardAuth = createForwardAuth({
    gatewaySecret: 'secret',
    keys,
    secureCookies: true,
    clock: () => NOW,
    memory,
    writeAudit: async () => {},
    report: () => {},
  });
  const registry = new Registry();
  registerVerdicts(registry, () => forwardAuth.counts());
  api = await startApi({
    http: { port: 0, host: '127.0.0.1', internalPort: 0, internalHost: '127.0.0.1' },
    log: pino({ level: 'silent' }),
    publicRouters: [],
    internalRouters: [forwardAuth.router, createMetricsPage([registry])],
    internalFirst: forwardAuth.answerAtOnce,
    readiness: [],
    stopInOrder: [],
  });
  const who = { sessionKey: KEY, linkId: linkId(1), ...owner };
  cookie = `latchkey_s=${await mintAccessCookie(keys.cookie, who, NOW, 3600)}`;
});
afterAll(() => api.close());

const auth = (headers: Readonly<Record<string, string>>, uri = own) =>
  ask(`${api.internalUrl}/forward-auth`, {
    headers: { 'x-gateway-auth': 'secret', 'x-forwarded-method': 'GET', 'x-original-uri': uri, ...headers },
  });
async function scrape(): Promise<Map<string, number>> {
  const { text } = await ask(`${api.internalUrl}/metrics`);
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}
const verdict = (status: number, reason: string): string =>
  `latchkey_gate_verdicts_total{verdict="${status}",reason="${reason}"}`;

describe('GET /metrics', () => {
  test('every verdict by status and reason, those that never happened at zero', async () => {
    memory.remember(SLUG, gateOf(), owner);
    await auth({ cookie });
    for (let time = 0; time < 3; time += 1) await auth({ cookie });
    await auth({ cookie }, `${own}/join`);
    await auth(browser);
    await auth({});
    await auth({ 'x-gateway-auth': 'other' });
    memory.isFresh = false;
    await auth({ cookie });

    for (const scraped of [await scrape(), await scrape()]) {
      expect(scraped.get(verdict(200, 'page'))).toBe(4);
      expect(scraped.get(verdict(200, 'join'))).toBe(0);
      expect(scraped.get(verdict(403, 'not-yet'))).toBe(1);
      expect(scraped.get(verdict(302, 'no-credential'))).toBe(1);
      expect(scraped.get(verdict(401, 'no-credential'))).toBe(1);
      expect(scraped.get(verdict(401, 'not-the-gateway'))).toBe(1);
      expect(scraped.get(verdict(503, 'store'))).toBe(1);
      expect(scraped.get(verdict(410, 'over'))).toBe(0);
      expect(scraped.get('latchkey_gate_answered_at_once_total')).toBe(3);
      expect(scraped.get('latchkey_gate_memory_hits_total')).toBe(5);
      expect(scraped.get('latchkey_gate_memory_misses_total')).toBe(1);
    }
    const { verdicts } = forwardAuth.counts();
    expect(verdicts.reduce((sum, { count }) => sum + count, 0)).toBe(9);
    expect(new Set(verdicts.map((one) => `${one.verdict} ${one.reason}`)).size).toBe(verdicts.length);
  });

  test('every verdict has its place among the durations, those given at once in the shortest', async () => {
    const scraped = await scrape();
    const { verdicts, answeredAtOnce, durations } = forwardAuth.counts();
    const all = verdicts.reduce((sum, { count }) => sum + count, 0);
    const upTo = (le: string) => scraped.get(`latchkey_gate_verdict_duration_seconds_bucket{le="${le}"}`);
    expect(upTo('+Inf')).toBe(all);
    expect(scraped.get('latchkey_gate_verdict_duration_seconds_count')).toBe(all);
    expect(scraped.get('latchkey_gate_verdict_duration_seconds_sum')).toBe(durations.sumSeconds);
    expect(durations.sumSeconds).toBeGreaterThan(0);
    expect(upTo('0.001')).toBeGreaterThanOrEqual(answeredAtOnce + 1);
    expect(upTo('1')).toBeGreaterThanOrEqual(upTo('0.001') ?? Number.NaN);
  });

  test('in Prometheus’ format, inside only, and with no other method', async () => {
    const answer = await ask(`${api.internalUrl}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(answer.text).toContain('# TYPE latchkey_gate_verdicts_total counter');
    expect(answer.text).not.toContain(KEY);
    expect((await ask(`${api.publicUrl}/metrics`)).status).toBe(404);
    expect((await ask(`${api.internalUrl}/metrics`, { method: 'POST' })).status).toBe(405);
  });
});
