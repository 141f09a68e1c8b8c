import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { ConfigurationError } from '../../platform/config.ts';
import { FAILURE_CONVERTER_PATH } from '../../platform/payload-codec/data-converter.ts';
import { readArguments } from '../../scripts/arguments.ts';
import { definition, readPlan, type ReplayPlan } from '../../scripts/replay/options.ts';
import { replayAll } from '../../scripts/replay/replay.ts';
import { reportOf } from '../../scripts/replay/report.ts';
import { sessionBundle } from '../support/bundle.ts';
import { TEST_PAYLOAD_KEYS } from '../support/payload-keys.ts';
import { devServer } from '../support/temporal.ts';
import { type RigSession, withSession } from '../support/workflow-rig.ts';

/** What the command line asks for. */
function read(line: string): ReplayPlan | readonly string[] {
  const args = readArguments(definition, line === '' ? [] : line.split(' '));
  if (args.kind !== 'run') throw new Error(args.text);
  return readPlan(args.values);
}

function planOf(line: string): ReplayPlan {
  const plan = read(line);
  if ('source' in plan) return plan;
  throw new Error(plan.join('\n'));
}

let env: TestWorkflowEnvironment;
let folder: string;
let wrong: { readonly code: string };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-replay-'));
  const mutated = bundleWorkflowCode({
    logger: new DefaultLogger('WARN'),
    workflowsPath: fileURLToPath(new URL('../workflows/entries/wrong-workflow.ts', import.meta.url)),
    failureConverterPath: FAILURE_CONVERTER_PATH,
  });
  [env, wrong] = await Promise.all([devServer(), mutated]);
});
afterAll(async () => {
  await env.teardown();
  rmSync(folder, { recursive: true });
});

const settings = (more: Readonly<Record<string, string>> = {}) => ({
  LATCHKEY_ENV: 'development',
  LATCHKEY_DATA: folder,
  TEMPORAL_ADDRESS: env.address,
  PAYLOAD_KEYS: TEST_PAYLOAD_KEYS,
  ...more,
});

/** Runs the command. @returns its exit code and what it prints. */
async function run(line: string, bundle: { readonly code: string }, more?: Readonly<Record<string, string>>) {
  const plan = planOf(line);
  const replayed = await replayAll(plan, { env: settings(more), bundle, progress: () => undefined });
  const { exitCode, lines, json } = reportOf(replayed, plan.allowEmpty);
  return { exitCode, text: lines.join('\n'), json };
}

const opened = (one: RigSession) =>
  one.until('opened', (view) => view.phase === 'awaiting-booking' && view.ticketNumber !== null);

/** Visibility is eventually consistent. */
async function listed(query: string, count: number): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await env.client.workflow.count(query)).count === count) return;
    await delay(50);
  }
  throw new Error(`never ${count} runs: ${query}`);
}

describe('npm run replay', () => {
  test('checks the open runs of a namespace, and the closed ones when asked', async () => {
    const shipped = await sessionBundle();

    await withSession({ env, bundle: shipped }, async (closed) => {
      await opened(closed);
      await closed.ask('cancel', { by: 'operator', refund: 'none' });
      await closed.result();
    });
    await listed("ExecutionStatus = 'Completed'", 1);
    expect(await run('', shipped)).toMatchObject({
      exitCode: 2,
      text: expect.stringContaining('Nothing was checked: default at'),
    });
    expect((await run('--allow-empty', shipped)).exitCode).toBe(0);

    await withSession({ env, bundle: shipped }, async (open) => {
      await opened(open);
      await listed("ExecutionStatus = 'Running'", 1);
      const { workflowId } = open.handle;
      const runId = open.handle.firstExecutionRunId;

      expect(await run('', shipped)).toMatchObject({
        exitCode: 0,
        json: { ok: true, listed: 1, replayed: 1, gone: 0, differences: [] },
      });
      const saved = join(folder, 'saved');
      expect(await run(`--closed-days 1 --concurrency 2 --save ${saved}`, shipped)).toMatchObject({
        exitCode: 0,
        json: { listed: 2, replayed: 2 },
      });
      expect(await run('--closed-days 1 --limit 1', shipped)).toMatchObject({ json: { replayed: 1 } });
      expect(await run("--query RulesVersion='2'", shipped)).toMatchObject({ exitCode: 2 });

      const different = await run('', wrong);
      expect(different).toMatchObject({
        exitCode: 1,
        text: expect.stringContaining(`sessionWorkflow ${workflowId}, run ${runId}: `),
        json: { ok: false, replayed: 1, differences: [{ workflowId, runId, type: 'sessionWorkflow' }] },
      });
      expect(different.text).toContain('Nondeterminism error');
      expect(different.text).toContain('do not deploy it');

      // What was saved is encrypted, and replays without a server.
      const files = readdirSync(saved);
      expect(files).toHaveLength(2);
      expect(readFileSync(join(saved, files[0] ?? ''), 'utf8')).not.toContain(
        Buffer.from('"sessionKey"').toString('base64').slice(0, 12),
      );
      const noServer = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
      expect(await run(`--from ${saved}`, shipped, noServer)).toMatchObject({
        exitCode: 0,
        json: { source: saved, listed: null, replayed: 2 },
      });
      expect(await run(`--from ${saved}`, wrong, noServer)).toMatchObject({
        exitCode: 1,
        json: { differences: expect.arrayContaining([expect.objectContaining({ workflowId, runId })]) },
      });

      const otherKeys = { PAYLOAD_KEYS: `other:${Buffer.alloc(32, 9).toString('base64')}` };
      const unreadable = await run('', shipped, otherKeys);
      expect(unreadable).toMatchObject({
        exitCode: 2,
        text: expect.stringContaining(`${workflowId}, run ${runId}: not among PAYLOAD_KEYS: test-2`),
        json: { ok: false, replayed: 0, unreadable: [{ workflowId, runId }] },
      });

      writeFileSync(join(saved, 'z.json'), '{}');
      const broken = { text: expect.stringContaining('It ended early, after 2 runs'), json: { replayed: 2 } };
      expect(await run(`--from ${saved}`, shipped, noServer)).toMatchObject({ exitCode: 2, ...broken });
      expect(await run(`--from ${saved}`, wrong, noServer)).toMatchObject({ exitCode: 1, ...broken });
    });
  });

  test('names a server that does not answer, and a directory that is not there', async () => {
    const bundle = await sessionBundle();
    const nobody = run('--address 127.0.0.1:1', bundle);
    await expect(nobody).rejects.toThrow('Temporal at 127.0.0.1:1 does not list the runs of default');
    expect(await run(`--from ${join(folder, 'nowhere')}`, bundle)).toMatchObject({
      exitCode: 2,
      text: expect.stringContaining('nowhere'),
    });
  });
});

describe('its arguments', () => {
  test.each<[string, RegExp]>([
    ['--limit 0', /--limit takes a whole number from 1 on/],
    ['--concurrency many', /--concurrency takes/],
    ['--closed-days=-1', /--closed-days/],
    ['--from there --save here --query x', /--query asks a server[^]*--save asks a server/],
  ])('%s', (line, problem) => {
    expect(() => planOf(line)).toThrow(problem);
  });

  test('keys must be given, or be those of the stack here', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'latchkey-replay-'));
    const without = run('--from x', { code: '' }, { LATCHKEY_DATA: empty, PAYLOAD_KEYS: '' });
    await expect(without).rejects.toBeInstanceOf(ConfigurationError);
    await expect(without).rejects.toThrow('PAYLOAD_KEYS is not set');
    rmSync(empty, { recursive: true });
  });
});
