import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectDatabase } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { seedDevelopment } from '../../db/seed.ts';
import type { ApisixTwin } from '../../integrations/apisix/twin.ts';
import type { CalendlyTwin } from '../../integrations/calendly/twin.ts';
import type { SaleorTwin } from '../../integrations/saleor/twin.ts';
import type { ZammadTwin } from '../../integrations/zammad/twin.ts';
import { type Config, loadConfig, loadLocalConfig } from '../../platform/config.ts';
import { configured } from '../../platform/config-providers.ts';
import { makeDataDirectory } from '../../platform/data-directory.ts';
import type { Environment } from '../../platform/environment.ts';
import { temporalSettings, type TemporalSettings } from '../../platform/temporal.ts';
import { startChild } from '../servers/child.ts';
import { startTemporal } from '../servers/dev-temporal.ts';
import { holdPort } from '../servers/free-port.ts';
import { startPostgres } from '../servers/postgres.ts';
import { developmentSecrets } from '../stack/development-secrets.ts';
import { ownSettings, setIn } from '../stack/own-settings.ts';
import { startTwinOf } from '../stack/twins.ts';
import { createMember, type Member, type Running } from './member.ts';
import { FAULTS_DURATION_MS, FAULTS_EVENT_TYPE } from './products.ts';
import type { Victim } from './schedule.ts';

/** The vendors' sandboxes. They are the vendors' own truth, so they run here and never die. */
export interface Sandboxes {
  readonly saleor: SaleorTwin;
  readonly zammad: ZammadTwin;
  readonly apisix: ApisixTwin;
  readonly calendly: CalendlyTwin;
}

/** The whole system as real processes. */
export interface System {
  readonly config: Config;
  readonly engine: TemporalSettings;
  readonly publicUrl: string;
  readonly gatewayUrl: string;
  readonly sandboxes: Sandboxes;
  readonly members: Readonly<Record<Victim, Member>>;
  /** In the reverse of the order in which the parts came up. */
  close(): Promise<void>;
}

export interface SystemOptions {
  /** Of `apartFromOthers`. */
  readonly env: Environment;
  /** One line as each part comes up. */
  readonly progress: (line: string) => void;
}

/** Of the vendors' own waits: Saleor's webhook is sent again after 2.5, 5, 10, 20 and 40 seconds, and then no more. */
const WEBHOOK_RETRY_SCALE = 0.25;
const NAMESPACE = 'default';
const STOP_PATIENCE_MS = 10_000;
const READY_WITHIN_MS = 20_000;

const silent = { info: () => undefined, warn: () => undefined };

const built = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2000) }).catch(
    () => undefined,
  );
  return answer?.ok ?? false;
}

/**
 * One of our own processes, from `dist`, with a log of its own for each of its lives. Up as soon as it says that it is
 * ready, or has had its time: what it stands on may be dead itself.
 *
 * @param port where it tells whether it is ready.
 */
function processOf(
  name: 'api' | 'worker',
  env: Environment,
  { logs, port }: { readonly logs: string; readonly port: number },
): () => Promise<Running> {
  let lives = 0;
  return async () => {
    lives += 1;
    const child = startChild({
      command: process.execPath,
      args: [built(`${name}/main.js`)],
      env,
      logFile: join(logs, `${name}-${lives}.log`),
      stopSignal: 'SIGTERM',
    });
    const deadline = performance.now() + READY_WITHIN_MS;
    while (child.running() && performance.now() < deadline && !(await isReady(port))) await sleep(100);
    return { pid: child.pid, close: () => child.stop(STOP_PATIENCE_MS) };
  };
}

async function startSandboxes(
  env: Environment,
  context: { readonly root: string; readonly publicUrl: string },
): Promise<{ sandboxes: Sandboxes; settings: Readonly<Record<string, string>>; close(): Promise<void> }> {
  const shared = {
    local: loadLocalConfig(env),
    secrets: developmentSecrets(context.root),
    log: silent,
    publicUrl: context.publicUrl,
    webhookRetryScale: WEBHOOK_RETRY_SCALE,
    eventTypes: [{ uuid: FAULTS_EVENT_TYPE, name: 'Faults', durationMs: FAULTS_DURATION_MS }],
  };
  const [saleor, zammad, apisix, calendly, calcom] = await Promise.all([
    startTwinOf('saleor', shared),
    startTwinOf('zammad', shared),
    startTwinOf('apisix', shared),
    startTwinOf('calendly', shared),
    // No session of a storm is booked there, but its webhook is looked after.
    startTwinOf('calcom', shared),
  ]);
  const all = [saleor, zammad, apisix, calendly, calcom];
  return {
    sandboxes: {
      saleor: saleor.twin,
      zammad: zammad.twin,
      apisix: apisix.twin,
      calendly: calendly.twin,
    },
    settings: Object.assign({}, ...all.map(({ settings }) => settings)),
    close: async () => void (await Promise.all(all.map((one) => one.close()))),
  };
}

async function prepareDatabase(url: string, eventType: string): Promise<void> {
  const database = connectDatabase(url, { max: 2, onIdleError: () => undefined });
  try {
    await migrate(database.db);
    await seedDevelopment(database.db, { eventType });
  } finally {
    await database.close();
  }
}

/**
 * Starts PostgreSQL, Temporal, the API and the worker as processes that can be killed, and the vendors' sandboxes.
 *
 * @throws what kept a part from starting, after everything that was already up has been closed again.
 */
export async function startSystem({ env, progress }: SystemOptions): Promise<System> {
  const local = loadLocalConfig(env);
  const directory = makeDataDirectory(local.dataDirectory);
  const logs = join(directory.root, 'logs');
  mkdirSync(logs, { recursive: true });
  const opened: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (let last = opened.pop(); last; last = opened.pop()) await last().catch(() => undefined);
  };
  const keep = (member: Member): Member => {
    opened.push(() => member.close());
    return member;
  };
  const quiet = (): void => undefined;

  try {
    let databaseUrl = '';
    let postgresPort = 0;
    const postgres = keep(
      await createMember(async () => {
        const started = await startPostgres({
          dataDir: directory.postgres,
          port: postgresPort,
          log: quiet,
          path: env['PATH'],
        });
        ({ url: databaseUrl, port: postgresPort } = started);
        return started;
      }),
    );

    let address = '';
    let ports = { port: 0, uiPort: 0 };
    const temporal = keep(
      await createMember(async () => {
        const started = await startTemporal({
          env,
          dataDir: directory.temporal,
          ...ports,
          namespace: NAMESPACE,
          log: quiet,
        });
        ({ address } = started);
        ports = {
          port: Number(address.split(':')[1]),
          uiPort: Number(new URL(started.uiUrl ?? 'http://localhost:0').port),
        };
        return started;
      }),
    );
    progress('PostgreSQL and Temporal are up');

    const held = {
      public: await holdPort(local.publicPort, 'PORT'),
      internal: await holdPort(local.internalPort, 'INTERNAL_PORT'),
      health: await holdPort(0, 'WORKER_HEALTH_PORT'),
    };
    const publicUrl = `http://127.0.0.1:${held.public.port}`;
    const vendors = await startSandboxes(env, { root: directory.root, publicUrl });
    opened.push(() => vendors.close());
    const settings = {
      ...setIn(env),
      ...ownSettings(developmentSecrets(directory.root), {
        public: held.public.port,
        internal: held.internal.port,
      }),
      ...vendors.settings,
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: NAMESPACE,
      WORKER_HEALTH_PORT: String(held.health.port),
      LOG_FORMAT: 'json',
    };
    const config = loadConfig(settings);
    await prepareDatabase(databaseUrl, configured(config, 'calendly').eventTypeUuid);

    await Promise.all([held.public.release(), held.internal.release(), held.health.release()]);
    const [worker, api] = await Promise.all([
      createMember(processOf('worker', settings, { logs, port: held.health.port })).then(keep),
      createMember(processOf('api', settings, { logs, port: held.internal.port })).then(keep),
    ]);
    progress('the API and the worker are ready');
    return {
      config,
      engine: temporalSettings(settings),
      publicUrl,
      gatewayUrl: config.apisix.gatewayUrl,
      sandboxes: vendors.sandboxes,
      members: { worker, api, temporal, postgres },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
