import { describe, expect, test } from '@jest/globals';
import { isNewEnough, lookThroughGateway } from '../../integrations/apisix/doctor.ts';
import type { Check, Look } from '../../integrations/setup/check.ts';
import type { SetupStep } from '../../integrations/setup/step.ts';
import { zammadChecks } from '../../integrations/zammad/doctor.ts';
import { keyMadeAt } from '../../platform/key-age.ts';
import { keyRing } from '../../platform/keys.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { lookAtClocks } from '../../scripts/doctor/clock.ts';
import { lookAtNode, lookAtRing, lookAtZones, minutesInBerlin } from '../../scripts/doctor/process.ts';
import { readAreas } from '../../scripts/doctor/options.ts';
import { reportOf } from '../../scripts/doctor/report.ts';
import { runChecks } from '../../scripts/doctor/run-checks.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const MONTHS: Readonly<Record<string, number>> = { '01': 60, '07': 120 };
const berlinAt = (instant: number) => MONTHS[new Date(instant).toISOString().slice(5, 7)];

describe('this process', () => {
  test.each([
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
    ['20.18.9', 'failed'],
    ['18.20.4', 'failed'],
  ])('Node.js %s is %s', (version, status) => {
    expect(lookAtNode(version).status).toBe(status);
  });

  test.each<[string, Parameters<typeof lookAtZones>[0], Look['status']]>([
    ['data of last year', { version: '2025c', berlinAt }, 'ok'],
    ['older data', { version: '2024b', berlinAt }, 'warning'],
    ['data of an unknown version', { version: undefined, berlinAt }, 'warning'],
    ['no zones', { version: '2025c', berlinAt: () => undefined }, 'failed'],
    ['no summer time', { version: '2025c', berlinAt: () => 60 }, 'failed'],
  ])('with %s the time zones are looked at as they are', (_, zones, status) => {
    expect(lookAtZones(zones, NOW).status).toBe(status);
  });

  test('knows where Berlin is', () => {
    expect(minutesInBerlin(Date.parse('2026-01-15T00:00:00Z'))).toBe(60);
    expect(minutesInBerlin(Date.parse('2026-07-15T00:00:00Z'))).toBe(120);
  });

  test.each([
    ['2026-11', '2026-11-01'],
    ['2026-11-21', '2026-11-21'],
    ['2026-11-21b', '2026-11-21'],
    ['2026-11b', '2026-11-01'],
    ['2026-13', null],
    ['2026-111', null],
    ['2026-11-32', '2026-11-01'],
    ['key-2026-11', null],
    ['a', null],
  ])('the key %s was made at %s', (id, day) => {
    expect(keyMadeAt(id)).toBe(day === null ? null : Date.parse(day));
  });

  const ring = (...keys: readonly (readonly [string, number])[]) =>
    keyRing(keys.map(([id, bytes]) => ({ id, secret: new Uint8Array(bytes) })));
  test.each<[string, Look['status'], ReturnType<typeof ring>, boolean]>([
    ['young', 'ok', ring(['2026-01', 32]), false],
    ['a year old', 'ok', ring(['2025-11-21', 32]), false],
    ['older than a year', 'warning', ring(['2025-11-19', 32]), false],
    ['young before an old one', 'ok', ring(['2026-01', 32], ['2020-01', 32]), false],
    ['not dated', 'warning', ring(['a', 32]), false],
    ['not dated in development', 'ok', ring(['a', 32]), true],
    ['too short', 'failed', ring(['2026-01', 31]), true],
    ['young before one that is too short', 'failed', ring(['2026-01', 32], ['2026-02', 8]), true],
  ])('a key that is %s is %s', (_, status, keys, mayBeUndated) => {
    expect(lookAtRing(keys, NOW, mayBeUndated).status).toBe(status);
  });

  test.each<[readonly number[], Look['status'], RegExp]>([
    [[], 'skipped', /Nobody/],
    [[400], 'ok', /0\.4 s/],
    [[-1900, 100, 300], 'ok', /0\.1 s/],
    [[5000], 'failed', /5\.0 s ahead/],
    [[-5100, -4900], 'failed', /5\.0 s behind/],
    // One vendor with a wrong clock is not our fault.
    [[90_000, 10, -20], 'ok', /0\.0 s/],
  ])('a clock that is %j ms ahead of others is %s', (ahead, status, words) => {
    const look = lookAtClocks(ahead.map((aheadMs, at) => ({ source: `clock ${at}`, aheadMs })));
    expect(look).toMatchObject({ status, message: expect.stringMatching(words) });
  });
});

describe('the gateway', () => {
  test.each([
    ['APISIX/3.18.0', true],
    ['APISIX/3.17.0', true],
    ['APISIX/4.0.0', true],
    ['APISIX/3.16.9', false],
    ['APISIX/2.99.0', false],
    ['openresty', undefined],
    [null, undefined],
  ])('of the version %s is new enough: %s', (server, expected) => {
    expect(isNewEnough(server)).toBe(expected);
  });

  test.each<[number, string, Look['status'], RegExp]>([
    [401, '{}', 'ok', /asks forward-auth/],
    [302, '', 'ok', /asks forward-auth/],
    [404, '{"error_msg":"404 Route Not Found"}', 'failed', /no route/],
    [503, '<html>503 Service Temporarily Unavailable</html>', 'failed', /does not reach/],
    [503, '{"code":"store-unavailable"}', 'failed', /cannot tell/],
    [200, 'anything', 'failed', /200/],
    [502, '', 'failed', /502/],
  ])('that answers %s %s is %s', (status, body, expected, words) => {
    expect(lookThroughGateway(status, body)).toMatchObject({
      status: expected,
      message: expect.stringMatching(words),
    });
  });
});

describe('Zammad, by the plan of its set-up', () => {
  const step = (subject: string, state: SetupStep['state'], detail: string | null = null): SetupStep => ({
    subject,
    state,
    detail,
    apply: null,
  });
  const whole = [
    step('API token', 'as-wanted'),
    step('group Sessions', 'as-wanted'),
    step('rights of the API user in the group Sessions', 'as-wanted'),
    step('ticket attribute session_action', 'as-wanted'),
    step('database of the ticket attributes', 'as-wanted'),
    step('restart of Zammad', 'as-wanted'),
    step('tag latchkey', 'as-wanted'),
    step('webhook Latchkey', 'as-wanted'),
    step('trigger session action -> workflow', 'as-wanted'),
    step('macro Cancel session', 'as-wanted'),
  ];
  const look = async (steps: readonly SetupStep[] | Error) => {
    const checks = zammadChecks(async () => {
      if (steps instanceof Error) throw steps;
      return steps;
    });
    const findings = await runChecks(checks, { timeoutMs: 1000 });
    return findings.filter(({ status }) => status !== 'ok');
  };

  test('is well where everything is as wanted', async () => {
    expect(await look(whole)).toEqual([]);
  });

  test.each<[string, SetupStep['state'], string, string, RegExp]>([
    ['group Sessions', 'missing', 'zammad-group', 'failed', /provision -- --only zammad/],
    ['rights of the API user in the group Sessions', 'unmanageable', 'zammad-group', 'failed', /By hand/],
    ['ticket attribute session_action', 'missing', 'zammad-attributes', 'failed', /provision/],
    ['database of the ticket attributes', 'missing', 'zammad-attributes', 'failed', /provision/],
    ['restart of Zammad', 'unmanageable', 'zammad-restart', 'failed', /^Restart Zammad/],
    ['webhook Latchkey', 'different', 'zammad-webhook', 'failed', /provision/],
    ['trigger session action -> workflow', 'missing', 'zammad-trigger', 'failed', /provision/],
    ['macro Cancel session', 'missing', 'zammad-niceties', 'warning', /provision/],
  ])('%s that is %s is found by %s as %s', async (subject, state, check, status, remedy) => {
    const found = await look(
      whole.map((one) => (one.subject === subject ? step(subject, state, 'By hand.') : one)),
    );
    expect(found).toEqual([
      { check, status, message: expect.stringContaining(subject), remedy: expect.stringMatching(remedy) },
    ]);
  });

  test('cannot be looked at with a token that has only what sessions need, and that is no fault', async () => {
    const found = await look([
      step('API token', 'as-wanted'),
      step('group Sessions', 'as-wanted'),
      step('ticket attributes', 'unmanageable', 'Grant the permission admin.object to the role.'),
      step('webhook Latchkey', 'unmanageable', 'Grant the permission admin.webhook to the role.'),
      step('trigger session action -> workflow', 'unmanageable', 'Grant the permission admin.trigger.'),
      step('macro Cancel session', 'unmanageable', 'Grant the permission admin.macro to the role.'),
    ]);
    expect(found.map(({ check, status }) => [check, status])).toEqual([
      ['zammad-attributes', 'skipped'],
      ['zammad-restart', 'skipped'],
      ['zammad-webhook', 'skipped'],
      ['zammad-trigger', 'skipped'],
      ['zammad-niceties', 'skipped'],
    ]);
  });

  test('that refuses the token hides nothing but itself', async () => {
    const found = await look([step('API token', 'unmanageable', 'Make a token.')]);
    expect(found[0]).toMatchObject({ check: 'zammad-token', status: 'failed', remedy: 'Make a token.' });
    expect(found.slice(1).map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'skipped'));
  });

  test('that is away is found by its address', async () => {
    const [found] = await look(new CodedFailure('vendor-unreachable', 'zammad GET: vendor-unreachable'));
    expect(found).toMatchObject({ check: 'zammad-token', remedy: expect.stringContaining('ZAMMAD_URL') });
  });
});

describe('the checks', () => {
  const check = (name: string, look: Check['look'], after: readonly string[] = []): Check => ({
    name,
    subject: name,
    remedy: `mend ${name}`,
    after,
    look,
  });
  const ok = async (): Promise<Look> => ({ status: 'ok', message: 'well' });

  test('run all: what fails, throws or is late hides only what comes after it', async () => {
    const findings = await runChecks(
      [
        check('well', ok),
        check('throws', () => Promise.reject(new Error('broken\nwith a page of words'))),
        check('late', () => new Promise(() => undefined)),
        check('warns', async () => ({ status: 'warning', message: 'hm', remedy: 'look' })),
        check('behind-well', ok, ['well', 'warns']),
        check('behind-broken', ok, ['well', 'throws']),
        check('far-behind', ok, ['behind-broken']),
        check('of-another-area', ok, ['not-looked-at']),
      ],
      { timeoutMs: 50 },
    );
    expect(findings).toEqual([
      { check: 'well', status: 'ok', message: 'well', remedy: null },
      { check: 'throws', status: 'failed', message: 'broken', remedy: 'mend throws' },
      { check: 'late', status: 'failed', message: expect.stringMatching(/no answer/), remedy: 'mend late' },
      { check: 'warns', status: 'warning', message: 'hm', remedy: 'look' },
      { check: 'behind-well', status: 'ok', message: 'well', remedy: null },
      { check: 'behind-broken', status: 'skipped', message: 'throws comes first', remedy: null },
      { check: 'far-behind', status: 'skipped', message: 'behind-broken comes first', remedy: null },
      { check: 'of-another-area', status: 'ok', message: 'well', remedy: null },
    ]);
  });

  test('are reported with what to do; only a failed one fails', async () => {
    const finding = (status: 'ok' | 'warning' | 'failed' | 'skipped', remedy: string | null = null) => ({
      check: `a-${status}`,
      status,
      message: `it is ${status}`,
      remedy,
    });
    const calm = reportOf([{ area: 'temporal', findings: [finding('ok'), finding('warning', 'mend it')] }]);
    expect(calm.exitCode).toBe(0);
    expect(calm.json).toMatchObject({ ok: true, counts: { ok: 1, warning: 1, failed: 0, skipped: 0 } });
    expect(calm.lines.join('\n')).toMatch(/WARNING +a-warning +it is warning\n +→ mend it/);
    const broken = reportOf([
      { area: 'temporal', findings: [finding('failed', 'mend it'), finding('skipped')] },
    ]);
    expect(broken.exitCode).toBe(1);
    expect(broken.json).toMatchObject({ ok: false, counts: { failed: 1, skipped: 1 } });
    expect(broken.lines.at(-1)).toBe('2 checks: 1 failed, 1 skipped.');
  });

  test('are chosen by area', () => {
    expect(readAreas(undefined)).toEqual([]);
    expect(readAreas('temporal, postgres')).toEqual(['temporal', 'postgres']);
    expect(readAreas('temporal,nope')).toMatch(/no area: nope/);
    expect(readAreas('')).toMatch(/no area/);
  });
});
