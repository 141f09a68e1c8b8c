import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { environment } from '../../platform/environment.ts';
import { type Key, keyRing } from '../../platform/keys.ts';
import { FAILURE_CONVERTER_PATH } from '../../platform/payload-codec/data-converter.ts';
import { connectClient, ensureSearchAttributes, temporalSettings } from '../../platform/temporal.ts';
import { startTemporal } from '../servers/dev-temporal.ts';
import { type BenchChild, startBenchChild } from './child.ts';
import { keptItsPromises } from './goals.ts';
import type { LoadTasks } from './load.ts';
import { onOwnPostgres, type OwnPostgres } from './own-postgres.ts';
import type { GateTasks } from './servers/gate.ts';
import type { SessionWorkerTasks } from './servers/session-worker.ts';
import type { StackTasks } from './servers/stack.ts';
import { type SessionsResult, sessionsGoals, sessionsLines } from './sessions/goals.ts';
import { measureHerd } from './sessions/herd.ts';
import { measureIntake } from './sessions/intake.ts';
import { measureOpen } from './sessions/open.ts';
import { measureSleeping } from './sessions/sleeping.ts';
import { BENCH_QUEUE } from './sessions/start.ts';
import { measureHistory, measureWithStores } from './sessions/whole.ts';
import { median } from './statistics.ts';

export interface SessionsBenchOptions {
  readonly rounds: number;
  readonly size: Size;
  readonly path: string | undefined;
  readonly progress: (line: string) => void;
}

/** How much of everything. */
export interface Size {
  readonly perRound: number;
  readonly withStores: number;
  readonly few: number;
  readonly many: number;
  readonly idleSeconds: number;
  readonly herd: number;
  readonly webhooksPerRound: number;
}

export const WHOLE: Size = {
  perRound: 250,
  withStores: 60,
  few: 1000,
  many: 3000,
  idleSeconds: 15,
  herd: 500,
  webhooksPerRound: 3000,
};

/** Everything once, for a look whether it works: too little for numbers to mean anything. */
export const QUICK: Size = {
  perRound: 20,
  withStores: 3,
  few: 20,
  many: 60,
  idleSeconds: 1,
  herd: 20,
  webhooksPerRound: 200,
};

export interface SessionsBench {
  readonly result: SessionsResult;
  readonly lines: readonly string[];
  readonly ok: boolean;
}

const WORKFLOW_INTERCEPTORS = fileURLToPath(new URL('../../workflows/interceptors.js', import.meta.url));

/** Bundles what the bench's worker runs, with what every worker's bundle holds. */
async function writeBundle(codePath: string): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflows/index.js', import.meta.url)),
    workflowInterceptorModules: [WORKFLOW_INTERCEPTORS],
    failureConverterPath: FAILURE_CONVERTER_PATH,
    logger: new DefaultLogger('WARN'),
  });
  writeFileSync(codePath, code);
}

async function onServers(
  options: SessionsBenchOptions,
  postgres: OwnPostgres,
  folder: string,
): Promise<SessionsResult> {
  const { progress, rounds, size } = options;
  const { url: databaseUrl, db, closeLater } = postgres;
  const codePath = join(folder, 'bundle.js');
  await writeBundle(codePath);
  const temporal = await startTemporal({
    env: { ...environment(), TEMPORAL_ADDRESS: '' },
    dataDir: join(folder, 'temporal'),
    port: 0,
    uiPort: 0,
    namespace: 'default',
    log: progress,
  });
  closeLater(() => temporal.close());
  const payloadKey: Key = { id: 'bench', secret: new Uint8Array(randomBytes(32)) };
  const engine = connectClient(
    temporalSettings({ TEMPORAL_ADDRESS: temporal.address }),
    keyRing([payloadKey]),
  );
  closeLater(() => engine.close());
  await ensureSearchAttributes(engine.connection, engine.namespace);
  const { client } = engine;

  const startWorker = async (writesTo: string | null): Promise<BenchChild<SessionWorkerTasks>> => {
    const child = startBenchChild<SessionWorkerTasks>('./servers/session-worker.js', ['--expose-gc']);
    closeLater(() => child.stop());
    await child.ask('start', {
      address: temporal.address,
      taskQueue: BENCH_QUEUE,
      codePath,
      payloadKey,
      databaseUrl: writesTo,
    });
    return child;
  };

  let worker = await startWorker(null);
  const open = await measureOpen({ client, worker, progress }, { rounds, perRound: size.perRound });
  await worker.stop();

  progress('starting a whole stack');
  const whole = startBenchChild<StackTasks>('./servers/stack.js');
  closeLater(() => whole.stop());
  const stack = await whole.ask('start', {
    folder: join(folder, 'stack'),
    temporalAddress: temporal.address,
    databaseUrl,
    payloadKey,
  });
  const withStores = await measureWithStores({ stack, db, client, progress }, size.withStores);
  progress(`with stores and vendors: ${withStores.perSecond}/s`);
  const history = await measureHistory({ stack, db, client, progress });
  progress(`whole life: ${history.events} events, ${history.actions} actions, ${history.bytes} bytes`);
  await whole.ask('close');
  await whole.stop();

  worker = await startWorker(null);
  const { few, many, idleSeconds } = size;
  const sleeping = await measureSleeping({ client, worker, progress }, { few, many, idleSeconds });
  await worker.stop();

  worker = await startWorker(databaseUrl);
  const gate = startBenchChild<GateTasks>('./servers/gate.js');
  closeLater(() => gate.stop());
  const load = startBenchChild<LoadTasks>('./load.js');
  closeLater(() => load.stop());
  const gatewaySecret = randomBytes(24).toString('base64url');
  const cookieRing = keyRing([{ id: 'bench', secret: new Uint8Array(randomBytes(32)) }]);
  const gateUrl = await gate.ask('start', { databaseUrl, gatewaySecret, cookieKey: cookieRing.newest });
  const herd = await measureHerd(
    { client, worker, progress, db, load, gateUrl, gatewaySecret, cookieRing },
    {
      sessions: size.herd,
      noopPerSecond: median(open.rounds.map(({ noop }) => noop.perSecond)),
      pace: open.perSecond / 2,
    },
  );
  progress(`herd: ${herd.perSecond}/s`);
  await gate.ask('close');
  await Promise.all([worker.stop(), gate.stop(), load.stop()]);

  const intake = await measureIntake({ databaseUrl, progress }, { rounds, perRound: size.webhooksPerRound });
  return { open: { ...open, withStores }, history, sleeping, herd, intake };
}

/** Measures what sessions cost, on a Temporal server and a PostgreSQL of its own, with each part a process of its own. */
export async function benchSessions(options: SessionsBenchOptions): Promise<SessionsBench> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const result = await onOwnPostgres(options, (postgres) => onServers(options, postgres, folder));
  remove();
  return { result, lines: sessionsLines(result), ok: keptItsPromises(sessionsGoals(result)) };
}
