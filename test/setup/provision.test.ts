import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createCalendlyClient } from '../../integrations/calendly/client.ts';
import { planCalendly } from '../../integrations/calendly/setup.ts';
import { startCalendlyTwin } from '../../integrations/calendly/twin.ts';
import type { PlanSetup, SetupStep } from '../../integrations/setup/step.ts';
import { loadConfig } from '../../platform/config.ts';
import { AREAS, type Area } from '../../scripts/provision/areas.ts';
import { readAreas } from '../../scripts/provision/options.ts';
import { plansOf } from '../../scripts/provision/plans.ts';
import { provision, type ProvisionRun } from '../../scripts/provision/run.ts';
import { openSystems, type Systems } from '../../scripts/setup/systems.ts';
import { devServer } from '../support/temporal.ts';
import { startSystem, type TestSystem } from './support/system.ts';

type Step = Omit<SetupStep, 'apply'> & { readonly apply?: SetupStep['apply'] };
const fixed =
  (...steps: readonly Step[]): PlanSetup =>
  async () =>
    steps.map((step) => ({ apply: null, ...step }));

async function run(
  plans: ProvisionRun['plans'],
  more: Partial<Omit<ProvisionRun, 'plans' | 'print'>> = {},
): Promise<{ exitCode: number; text: string; json: Readonly<Record<string, unknown>> }> {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const done = await provision({ plans, check: false, yes: false, ask: null, ...more, print });
  return { ...done, text: lines.join('\n') };
}

describe('the frame', () => {
  const well: Step = { subject: 'a thing', state: 'as-wanted', detail: null };
  /** A thing that is missing until it is made. */
  const makeable = (made: { is: boolean }, log: string[] = [], name = 'a thing'): PlanSetup => {
    return async () => [
      made.is
        ? { subject: name, state: 'as-wanted', detail: null, apply: null }
        : {
            subject: name,
            state: 'missing',
            detail: 'it is not there',
            async apply() {
              log.push(name);
              made.is = true;
              return `made ${name}`;
            },
          },
    ];
  };

  test('says so when everything is as wanted, and asks nobody', async () => {
    const { exitCode, text, json } = await run([['one', fixed(well)]]);
    expect(exitCode).toBe(0);
    expect(text).toMatch(/Everything is as wanted/);
    expect(json).toMatchObject({ ok: true });
  });

  test('does after a yes what is to be done, and only that', async () => {
    const made = { is: false };
    const log: string[] = [];
    const plans = [
      ['one', fixed(well)],
      ['two', makeable(made, log)],
    ] as const;
    const asked: string[] = [];
    const ask = async (question: string) => {
      asked.push(question);
      return true;
    };
    const first = await run(plans, { ask });
    expect(first).toMatchObject({ exitCode: 0, json: { ok: true } });
    expect(asked).toEqual([expect.stringMatching(/1 step to do/)]);
    expect(first.text).toMatch(/done {2}a thing {2}made a thing/);
    expect(await run(plans, { ask })).toMatchObject({ exitCode: 0 });
    expect(log).toEqual(['a thing']);
    expect(asked).toHaveLength(1);
  });

  test.each<[string, Partial<ProvisionRun>, number]>([
    ['that is only checked', { check: true, yes: true }, 1],
    ['after a no', { ask: async () => false }, 1],
    ['where nobody can be asked', { ask: null }, 2],
  ])('changes nothing %s', async (_, more, exitCode) => {
    const made = { is: false };
    expect(await run([['one', makeable(made)]], more)).toMatchObject({ exitCode, json: { ok: false } });
    expect(made.is).toBe(false);
  });

  test('does without asking what it is told to do', async () => {
    const made = { is: false };
    expect(await run([['one', makeable(made)]], { yes: true })).toMatchObject({ exitCode: 0 });
    expect(made.is).toBe(true);
  });

  test('ends an area at the step that fails, and no other area', async () => {
    const log: string[] = [];
    const failing: Step = {
      subject: 'first',
      state: 'missing',
      detail: 'it is not there',
      apply: () => Promise.reject(new Error('refused\nfor many reasons')),
    };
    const never: Step = { ...failing, subject: 'second', apply: async () => `${log.push('second')}` };
    const made = { is: false };
    const done = await run(
      [
        ['one', fixed(failing, never)],
        ['two', () => Promise.reject(new Error('away'))],
        ['three', makeable(made, log, 'third')],
      ],
      { yes: true },
    );
    expect(done.exitCode).toBe(1);
    expect(log).toEqual(['third']);
    expect(done.json).toMatchObject({
      ok: false,
      results: [
        {
          area: 'one',
          steps: [
            { subject: 'first', outcome: 'failed', said: 'refused' },
            { subject: 'second', outcome: 'not-done' },
          ],
        },
        { area: 'two', failed: 'away' },
        { area: 'three', steps: [{ subject: 'third', outcome: 'done' }] },
      ],
    });
  });

  test('what only a person can do is no success, and nobody is asked for it', async () => {
    const byHand: Step = { subject: 'a plan', state: 'unmanageable', detail: 'Upgrade it.' };
    const { exitCode, text } = await run([['one', fixed(byHand)]], { yes: true });
    expect(exitCode).toBe(1);
    expect(text).toMatch(/by hand {2}a plan {2}Upgrade it\./);
  });

  test('takes areas in the order in which things stand on each other', () => {
    expect(readAreas(undefined)).toEqual(AREAS);
    expect(readAreas('calendly,postgres')).toEqual(['postgres', 'calendly']);
    expect(readAreas('calendly,nope')).toMatch(/nope/);
  });
});

describe('the systems', () => {
  let engine: TestWorkflowEnvironment;
  let system: TestSystem;
  let systems: Systems;

  beforeAll(async () => {
    engine = await devServer();
    // Nothing of it is there yet: namespace, gateway, webhook, and Zammad's set-up.
    system = await startSystem({ address: engine.address, namespace: 'fresh' }, { bare: true });
    systems = openSystems(loadConfig(system.env), system.env);
  });
  afterAll(async () => {
    await systems?.close();
    await system?.close();
    await engine?.teardown();
  });

  const planOf = (area: Area): PlanSetup => {
    const plan = plansOf(systems)[area];
    if (plan === null) throw new Error(`${area} is not configured`);
    return plan;
  };
  const go = (area: Area, more: Partial<ProvisionRun> = {}) => run([[area, planOf(area)]], more);
  const wrong = async (area: Area) =>
    (await planOf(area)()).filter(({ state }) => state !== 'as-wanted').map(({ subject }) => subject);

  test.each<Area>(['postgres', 'temporal', 'apisix', 'calendly', 'calcom'])(
    'fresh: what %s lacks is found by a check, made, and then nothing is left to do',
    async (area) => {
      if (area === 'postgres')
        await system.database.connection.pool.query('drop schema public cascade; create schema public');
      const before = await wrong(area);
      expect(before.length).toBeGreaterThan(0);
      expect(await go(area, { check: true })).toMatchObject({ exitCode: 1 });
      expect(await wrong(area)).toEqual(before);
      const done = await go(area, { yes: true });
      expect(done.text).toMatch(/Everything is as wanted now/);
      expect(done).toMatchObject({ exitCode: 0, json: { ok: true } });
      expect(await wrong(area)).toEqual([]);
      expect(await go(area, { check: true })).toMatchObject({ exitCode: 0 });
    },
  );

  test('fresh: Zammad is set up but for its restart, and after that wholly', async () => {
    expect(await go('zammad', { yes: true })).toMatchObject({ exitCode: 1 });
    expect(await wrong('zammad')).toContain('restart of Zammad');
    system.zammad.restart();
    system.zammad.grants('Sessions');
    await go('zammad', { yes: true });
    expect(await wrong('zammad')).toEqual([]);
    expect(await go('zammad', { check: true })).toMatchObject({ exitCode: 0 });
  });

  const drifts: readonly {
    area: Area;
    drift: string;
    subject: RegExp;
    plant: () => unknown;
  }[] = [
    {
      area: 'apisix',
      drift: 'a rule that was deleted',
      subject: /global rule/,
      plant: () => system.admin('DELETE', 'global_rules/latchkey-deny'),
    },
    {
      area: 'apisix',
      drift: 'a service that was changed',
      subject: /service of sessions/,
      plant: () =>
        system.admin('PATCH', 'services/latchkey-session', {
          plugins: { 'forward-auth': { allow_degradation: true } },
        }),
    },
    {
      area: 'apisix',
      drift: 'a route for admins that nobody wants any more',
      subject: /route of the admin API/,
      plant: () =>
        system.admin('PUT', 'routes/latchkey-admin', {
          uris: ['/api/v1/admin/*', '/admin', '/admin/*'],
          service_id: 'latchkey-open',
        }),
    },
    {
      area: 'calendly',
      drift: 'a subscription that was switched off',
      subject: /webhook subscription/,
      plant: () => system.calendly.disableSubscriptions(),
    },
    {
      area: 'temporal',
      drift: 'a retention that was shortened',
      subject: /retention/,
      plant: () =>
        systems.temporal.connection.workflowService.updateNamespace({
          namespace: 'fresh',
          config: { workflowExecutionRetentionTtl: { seconds: 86_400 as never } },
        }),
    },
  ];
  test.each(drifts)('drift: $drift is found, and put right', async ({ area, subject, plant }) => {
    await plant();
    expect(await wrong(area)).toEqual([expect.stringMatching(subject)]);
    expect(await go(area, { check: true })).toMatchObject({ exitCode: 1 });
    expect(await go(area, { yes: true })).toMatchObject({ exitCode: 0 });
    expect(await wrong(area)).toEqual([]);
  });
});

test('a plan of Calendly without webhooks is told by its name', async () => {
  const twin = await startCalendlyTwin({ port: 0, token: 'token' });
  try {
    twin.setWebhooksOnPlan(false);
    const client = createCalendlyClient({ baseUrl: twin.url, token: 'token', timeoutMs: 2000 });
    const plan = planCalendly({ client, url: 'https://latchkey.example/hook', signingKey: 'x'.repeat(32) });
    expect(await plan()).toEqual([
      {
        subject: 'webhook subscription',
        state: 'unmanageable',
        detail: expect.stringContaining('Standard plan'),
        apply: null,
      },
    ]);
  } finally {
    await twin.close();
  }
});
