import { startCodec } from '../../api/codec/start.ts';
import { composeApi } from '../../api/compose.ts';
import { connectDatabase } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { seedDevelopment } from '../../db/seed.ts';
import { startMailTwin } from '../../integrations/mail/twin.ts';
import type { Neighbour } from '../../integrations/sandbox/page.ts';
import { createSchedulingClients } from '../../integrations/scheduling/clients.ts';
import { providerSubscriptions } from '../../integrations/scheduling/subscriptions.ts';
import { type Config, loadConfig, loadLocalConfig } from '../../platform/config.ts';
import { configured } from '../../platform/config-providers.ts';
import { makeDataDirectory } from '../../platform/data-directory.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Logger } from '../../platform/log.ts';
import { connectClient, temporalSettings } from '../../platform/temporal.ts';
import type { ReadSdkMetrics } from '../../platform/temporal-worker.ts';
import { startTracing } from '../../platform/tracing/start.ts';
import { composeWorker } from '../../worker/compose.ts';
import type { WorkflowBundle } from '../../worker/run-worker.ts';
import { startTemporal } from '../servers/dev-temporal.ts';
import { holdPort, portFor } from '../servers/free-port.ts';
import { startPostgres } from '../servers/postgres.ts';
import type { OnProgress } from '../servers/progress.ts';
import { lockDataDirectory } from '../servers/stack-lock.ts';
import { removeAddresses, type StackAddresses, writeAddresses } from './addresses.ts';
import { developmentSecrets } from './development-secrets.ts';
import { removeSettings, writeSettings } from './join.ts';
import { ownSettings, setIn } from './own-settings.ts';
import { startTwinOf } from './twins.ts';

/** What the sandbox pages call each other. */
const PAGE_NAMES: Readonly<Record<string, string>> = {
  saleor: 'Shop (Saleor)',
  zammad: 'Tickets and mails (Zammad)',
  apisix: 'Gateway (APISIX)',
  calendly: 'Calendar (Calendly)',
  calcom: 'Calendar (Cal.com)',
  mailbox: 'Mails to operators',
};

export interface StackOptions {
  readonly env: Environment;
  readonly log: Logger;
  /** One line as each part comes up, for a person. */
  readonly progress: (line: string) => void;
  readonly onDownload: OnProgress;
  /** `elsewhere`: sessions wait until a worker process with this stack's settings runs. Default `here`. */
  readonly worker?: 'here' | 'elsewhere';
  /** The workflow code of a worker that runs here. Default: what was built, or else it is bundled. */
  readonly bundle?: WorkflowBundle;
  /** `left`: no housekeeping runs unless it is asked for. Default `ensured`. */
  readonly schedules?: 'ensured' | 'left';
  /** The SDK's numbers, where its runtime was installed to count. */
  readonly sdkMetrics?: ReadSdkMetrics;
}

export interface Stack {
  readonly addresses: StackAddresses;
  /** The twins' pages, by vendor. */
  readonly pages: readonly { readonly vendor: string; readonly url: string }[];
  readonly config: Config;
  /** The environment by which another process joins this stack. */
  readonly env: Readonly<Record<string, string>>;
  /** Rejects when the worker fails. */
  readonly ended: Promise<void>;
  /** In the reverse of the order in which the parts came up. Safe to call twice. */
  close(): Promise<void>;
}

const NAMESPACE = 'default';
const VENDOR_TIMEOUT_MS = 5000;

/** What was opened, closed last to first; one that fails to close does not keep the others open. */
function createCleanup(log: Logger): {
  add(name: string, close: () => Promise<void> | void): void;
  run(): Promise<void>;
} {
  const stack: { name: string; close: () => Promise<void> | void }[] = [];
  let running: Promise<void> | undefined;
  async function run(): Promise<void> {
    for (let last = stack.pop(); last; last = stack.pop()) {
      try {
        await last.close();
      } catch (error) {
        log.warn(
          { part: last.name, why: error instanceof Error ? error.message : String(error) },
          'could not be closed',
        );
      }
    }
  }
  return {
    add: (name, close) => stack.push({ name, close }),
    run: () => (running ??= run()),
  };
}

/**
 * Starts the whole system on this machine: PostgreSQL, Temporal with its UI, a sandbox twin for each vendor that
 * is not configured, the gateway's resources, worker and API.
 *
 * @throws what kept a part from starting, after everything that was already up has been closed again.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { env, log, progress } = options;
  const local = loadLocalConfig(env);
  const directory = makeDataDirectory(local.dataDirectory);
  const cleanup = createCleanup(log);
  try {
    cleanup.add('lock', lockDataDirectory(directory.root));
    const secrets = developmentSecrets(directory.root);

    let databaseUrl = local.databaseUrl;
    if (databaseUrl === undefined) {
      const postgres = await startPostgres({
        dataDir: directory.postgres,
        port: local.postgresPort,
        log: progress,
        path: env['PATH'],
      });
      cleanup.add('postgres', () => postgres.close());
      databaseUrl = postgres.url;
    }
    const database = connectDatabase(databaseUrl, { max: 2, onIdleError: () => undefined });
    cleanup.add('database', () => database.close());
    await migrate(database.db);
    progress('PostgreSQL is up and migrated');

    // Temporal UI is told where payloads are decrypted before anything of ours listens.
    const heldCodec = await holdPort(local.codecPort, 'CODEC_PORT');
    cleanup.add('codec port', () => heldCodec.release());
    const temporal = await startTemporal({
      env,
      dataDir: directory.temporal,
      port: local.temporalPort,
      uiPort: local.temporalUiPort,
      namespace: env['TEMPORAL_NAMESPACE'] || NAMESPACE,
      codecEndpoint: `http://127.0.0.1:${heldCodec.port}`,
      log: progress,
      onProgress: options.onDownload,
    });
    cleanup.add('temporal', () => temporal.close());

    // The twins must know where to send their webhooks, and the gateway whom to ask, before the API listens.
    const held = {
      public: await holdPort(local.publicPort, 'PORT'),
      internal: await holdPort(local.internalPort, 'INTERNAL_PORT'),
    };
    const release = async (): Promise<void> => {
      await Promise.all([held.public.release(), held.internal.release()]);
    };
    cleanup.add('ports', release);
    const ports = { public: held.public.port, internal: held.internal.port };
    const settings: Record<string, string> = {
      ...ownSettings(secrets, ports),
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      ...(temporal.uiUrl === null ? {} : { TEMPORAL_UI_URL: temporal.uiUrl }),
    };
    const pages: { vendor: string; url: string }[] = [];
    const neighbours = (): readonly Neighbour[] => [
      ...pages.map(({ vendor, url }) => ({ name: PAGE_NAMES[vendor] ?? vendor, url })),
      ...(temporal.uiUrl === null ? [] : [{ name: 'Temporal UI', url: temporal.uiUrl }]),
      { name: 'Pages for operators', url: `http://127.0.0.1:${ports.public}/admin` },
    ];
    for (const vendor of local.sandboxed) {
      const twin = await startTwinOf(vendor, {
        local,
        secrets,
        log,
        publicUrl: `http://127.0.0.1:${ports.public}`,
        neighbours,
      });
      cleanup.add(vendor, () => twin.close());
      Object.assign(settings, twin.settings);
      pages.push({ vendor, url: twin.pageUrl });
      progress(`${vendor}: no account configured, its sandbox twin listens`);
    }

    if (local.mailbox !== null) {
      const { pagePort, smtpPort } = local.mailbox;
      const mailbox = await startMailTwin({
        port: pagePort === 0 ? 0 : await portFor(pagePort, 'MAIL_TWIN_PORT'),
        smtpPort: smtpPort === 0 ? 0 : await portFor(smtpPort, 'MAIL_TWIN_SMTP_PORT'),
        log,
        neighbours,
      });
      cleanup.add('mailbox', () => mailbox.close());
      Object.assign(settings, {
        SMTP_URL: mailbox.smtpUrl,
        MAIL_FROM: 'latchkey@localhost',
        ATTENTION_MAIL_TO: 'operators@localhost',
      });
      pages.push({ vendor: 'mailbox', url: `${mailbox.url}/__sandbox` });
      progress('mail: no server configured, a sandbox mailbox listens');
    }

    const stackEnv = {
      ...settings,
      ...setIn(env),
      PORT: String(ports.public),
      INTERNAL_PORT: String(ports.internal),
      CODEC_PORT: String(heldCodec.port),
    };
    const config = loadConfig(stackEnv);
    const tracing = await startTracing(config.tracing, 'latchkey', log);
    cleanup.add('tracing', () => tracing.stop());
    const engine = temporalSettings(stackEnv);
    const calendly = configured(config, 'calendly');
    const calcom = configured(config, 'calcom');
    await seedDevelopment(database.db, { eventType: calendly.eventTypeUuid });

    let workerMetricsUrl: string | null = null;
    let ended: Promise<void> = new Promise(() => undefined);
    if (options.worker !== 'elsewhere') {
      const { bundle, schedules, sdkMetrics } = options;
      const worker = await composeWorker(config, engine, log.child({ process: 'worker' }), {
        ...(bundle ? { bundle } : {}),
        ...(schedules ? { schedules } : {}),
        ...(sdkMetrics ? { sdkMetrics } : {}),
      });
      workerMetricsUrl = `http://127.0.0.1:${worker.metricsPort}/metrics`;
      cleanup.add('worker', () => worker.close());
      ended = worker.ended;
      progress('the worker takes tasks');
    }

    await heldCodec.release();
    const codec = await startCodec(config, log.child({ process: 'api' }));
    cleanup.add('codec', () => codec.close());
    await release();
    const api = await composeApi(config, log.child({ process: 'api' }), {
      temporal: connectClient(engine, config.keys.payload),
    });
    cleanup.add('api', () => api.close());
    progress('the API listens');

    await api.gateway.ended;
    const clients = createSchedulingClients(config, { timeoutMs: VENDOR_TIMEOUT_MS });
    for (const subscription of providerSubscriptions(config, clients)) await subscription.ensure();
    progress('the gateway has its service and its rules');

    const addresses: StackAddresses = {
      pid: process.pid,
      temporal: { address: temporal.address, namespace: temporal.namespace, uiUrl: temporal.uiUrl },
      codecUrl: codec.url,
      publicUrl: api.publicUrl,
      internalUrl: api.internalUrl,
      workerMetricsUrl,
      gatewayUrl: config.apisix.gatewayUrl,
      saleor: {
        url: new URL(config.saleor.shops[0].apiUrl).origin,
        apiUrl: config.saleor.shops[0].apiUrl,
        appToken: config.saleor.shops[0].appToken ?? '',
      },
      zammad: { url: config.zammad.url, token: config.zammad.token },
      apisix: { adminUrl: config.apisix.adminUrl, adminKey: config.apisix.adminKey },
      calendly: { url: calendly.apiUrl, token: calendly.token },
      calcom: { url: calcom.apiUrl, apiKey: calcom.apiKey },
      databaseUrl,
      sandboxed: [...local.sandboxed],
    };
    writeSettings(directory.root, settings);
    cleanup.add('settings', () => removeSettings(directory.root));
    writeAddresses(directory.root, addresses);
    cleanup.add('addresses', () => removeAddresses(directory.root));
    return { addresses, pages, config, env: stackEnv, ended, close: () => cleanup.run() };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
