import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities } from '../activities/create.ts';
import { createHousekeepingActivities } from '../activities/housekeeping/create.ts';
import { connectDatabase } from '../db/connect.ts';
import { processStore } from '../db/queries/processes.ts';
import type { Config } from '../platform/config.ts';
import type { Logger } from '../platform/log.ts';
import { createDataConverter } from '../platform/payload-codec/data-converter.ts';
import {
  awaitNamespace,
  connectClient,
  ensureSearchAttributes,
  TASK_QUEUE,
  type TemporalSettings,
} from '../platform/temporal.ts';
import { startProcessReport } from '../platform/process-report.ts';
import { connectWorker, type ReadSdkMetrics } from '../platform/temporal-worker.ts';
import { bundleSessions } from './bundle.ts';
import { createDependencies } from './dependencies.ts';
import { startHealth } from './health.ts';
import { keepSchedules } from './keep-schedules.ts';
import { createWorkerMetrics } from './metrics.ts';
import { startMetricsPage } from './metrics-page.ts';
import { startWorker, type WorkflowBundle } from './run-worker.ts';
import { createSessionRuns } from './session-runs.ts';

/** How long to wait for a Temporal that is still starting. */
const TEMPORAL_PATIENCE_MS = 60_000;

export interface WorkerProcess {
  readonly healthPort: number;
  readonly metricsPort: number;
  /** Settles when the worker stopped; rejects when it failed. */
  readonly ended: Promise<void>;
  /** Lets running tasks finish, then closes Temporal, the database and both listeners. */
  close(): Promise<void>;
}

/**
 * The bundle that `npm run build` made. Only a development process that runs from its sources, where none was
 * built, bundles by itself: in production a missing bundle is a broken deployment, not a reason to improvise.
 */
export async function findBundle(env: Config['env']): Promise<WorkflowBundle> {
  const codePath = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
  if (existsSync(codePath)) return { codePath };
  const sources = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
  if (env === 'development' && existsSync(sources))
    return await bundleSessions(sources, new DefaultLogger('WARN'));
  throw new Error(`the workflow bundle ${codePath} is missing: run \`npm run build\``);
}

/**
 * Connects everything a worker stands on, in order, and starts polling. Undoes what it did when a part fails.
 *
 * @param outside.sdkMetrics the SDK's numbers, where the runtime was installed to count.
 * @param outside.bundle the workflow code, where the caller has it; otherwise it is found.
 * @param outside.schedules of the housekeeping; left where only what a caller starts may run.
 */
export async function composeWorker(
  config: Config,
  temporal: TemporalSettings,
  log: Logger,
  outside: {
    readonly sdkMetrics?: ReadSdkMetrics;
    readonly bundle?: WorkflowBundle;
    readonly schedules?: 'ensured' | 'left';
  } = {},
): Promise<WorkerProcess> {
  const undo: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    const bundle = outside.bundle ?? (await findBundle(config.env));
    let state = (): string => 'STARTING';
    const health = await startHealth({
      port: config.worker.healthPort,
      host: config.worker.healthHost,
      state: () => state(),
    });
    undo.push(() => health.close());

    const database = connectDatabase(config.database.url, {
      max: config.database.poolMax,
      onIdleError: (error) => log.warn({ error: error.message }, 'an idle database connection broke'),
    });
    undo.push(() => database.close());

    const metrics = createWorkerMetrics(database.pool, () => state() === 'RUNNING');
    const metricsPage = await startMetricsPage({
      port: config.worker.metricsPort,
      host: config.worker.metricsHost,
      registries: metrics.registries,
      sdk: outside.sdkMetrics ?? null,
    });
    undo.push(() => metricsPage.close());

    const patience = {
      totalMs: TEMPORAL_PATIENCE_MS,
      onRetry: (attempt: number, waitMs: number) => log.warn({ attempt, waitMs }, 'Temporal does not answer'),
    };
    const connection = await connectWorker(temporal, patience);
    undo.push(() => connection.close());
    await awaitNamespace(connection, temporal.namespace, patience);
    // A start or an upsert that names an unknown attribute fails, so nothing polls before they are known.
    await ensureSearchAttributes(connection, temporal.namespace);

    const engine = connectClient(temporal, config.keys.payload);
    undo.push(() => engine.close());
    const { sights, ...dependencies } = createDependencies(
      config,
      database.db,
      log,
      temporal.namespace,
      metrics,
    );
    const worker = await startWorker({
      connection,
      namespace: temporal.namespace,
      taskQueue: TASK_QUEUE,
      activities: {
        ...createActivities(dependencies),
        ...createHousekeepingActivities({ ...dependencies, runs: createSessionRuns(engine.client) }),
      },
      bundle,
      dataConverter: createDataConverter(config.keys.payload),
      identity: `worker-${process.pid}@${hostname()}`,
      size: config.worker.size,
      shutdownGraceMs: config.worker.shutdownGraceMs,
      deployment: config.worker.deployment,
    });
    const report = startProcessReport({
      kind: 'worker',
      buildId: config.worker.deployment?.buildId ?? null,
      store: processStore(database.db),
      vendors: sights,
      gateway: () => null,
    });
    undo.push(() => report.stop());
    undo.push(() => worker.shutdown().catch(() => undefined));
    if (outside.schedules !== 'left') {
      const kept = keepSchedules(engine.client, log);
      undo.push(() => kept.stop());
    }
    state = () => worker.state();
    const ports = { healthPort: health.port, metricsPort: metricsPage.port };
    log.info({ taskQueue: TASK_QUEUE, ...ports }, 'worker polls');
    return { ...ports, ended: worker.ended, close };
  } catch (error) {
    await close();
    throw error;
  }
}
