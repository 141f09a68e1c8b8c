import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { Environment } from '../../platform/environment.ts';
import { searchAttributeFlags } from '../../platform/search-attributes.ts';
import { type Child, startChild } from './child.ts';
import { freePort, PortTakenError, portFor } from './free-port.ts';
import type { OnProgress } from './progress.ts';
import { resolveTemporalCli } from './temporal-binary.ts';
import { startTemporalUi } from './temporal-ui.ts';

export interface StartTemporalOptions {
  /** `TEMPORAL_ADDRESS` in it means that a server is there already; also tells where the CLI is looked for. */
  readonly env: Environment;
  /** Holds the server's database and log; made when absent. */
  readonly dataDir: string;
  /** 0 takes any free one, for each of the two. */
  readonly port: number;
  readonly uiPort: number;
  readonly namespace: string;
  /** Where the UI has payloads decrypted; absent: it shows them as they are. */
  readonly codecEndpoint?: string;
  /** One line for a person. */
  readonly log: (line: string) => void;
  readonly onProgress?: OnProgress;
}

export interface RunningTemporal {
  /** `host:port` for the SDK. */
  readonly address: string;
  readonly namespace: string;
  /** Null where the server is not ours and we do not know its UI. */
  readonly uiUrl: string | null;
  /** False for a server that was there already. */
  readonly started: boolean;
  /** The server's process id. */
  readonly pid: number | undefined;
  /** Stops what was started, and waits until it is gone. Safe to call twice. */
  close(): Promise<void>;
}

const READY_MS = 30_000;

async function answersGrpc(address: string, namespace: string): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 2000 });
    await connection.workflowService.describeNamespace({ namespace });
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
}

/** The UI serves its page before its own connection to the server stands; its API tells when that does. */
async function answersUi(uiUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${uiUrl}/api/v1/namespaces`, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** @returns false when the server ended, or was silent for too long. */
async function becameReady(
  child: Child,
  address: string,
  namespace: string,
  uiUrl: string,
): Promise<boolean> {
  const deadline = performance.now() + READY_MS;
  for (const answers of [() => answersGrpc(address, namespace), () => answersUi(uiUrl)]) {
    while (!(await answers())) {
      if (!child.running() || performance.now() > deadline) return false;
      await sleep(50);
    }
  }
  return true;
}

/** Where our spans go is no setting of the server's, which reads the same variables and does not know each value. */
const withoutTraces = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OTEL_')));

/**
 * Starts a real Temporal server with its UI on 127.0.0.1. Its histories survive a restart on the same directory.
 * With `TEMPORAL_ADDRESS` set nothing is started and that server is used.
 *
 * @throws {PortTakenError} naming `TEMPORAL_PORT` or `TEMPORAL_UI_PORT`; an error that says why there is no CLI; or
 *   one with the server's last lines.
 */
export async function startTemporal(options: StartTemporalOptions): Promise<RunningTemporal> {
  const { namespace } = options;
  const external = options.env['TEMPORAL_ADDRESS'];
  if (external)
    return {
      address: external,
      namespace,
      uiUrl: null,
      started: false,
      pid: undefined,
      close: async () => {},
    };

  const executable = await resolveTemporalCli({
    env: options.env,
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  });
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });

  for (let attempt = 1; ; attempt += 1) {
    const again = attempt > 1;
    const port =
      again && options.port === 0 ? await freePort() : await portFor(options.port, 'TEMPORAL_PORT');
    const shownPort =
      again && options.uiPort === 0 ? await freePort() : await portFor(options.uiPort, 'TEMPORAL_UI_PORT');
    const uiPort = options.codecEndpoint ? await freePort() : shownPort;
    const child = startChild({
      command: executable,
      args: [
        'server',
        'start-dev',
        '--ip',
        '127.0.0.1',
        '--port',
        String(port),
        '--ui-port',
        String(uiPort),
        '--db-filename',
        join(options.dataDir, 'temporal.db'),
        '--namespace',
        namespace,
        '--log-level',
        'warn',
        ...(options.codecEndpoint ? ['--ui-codec-endpoint', options.codecEndpoint] : []),
        ...searchAttributeFlags(),
      ],
      env: withoutTraces(options.env),
      logFile: join(options.dataDir, 'server.log'),
      stopSignal: 'SIGTERM',
    });
    const address = `127.0.0.1:${port}`;
    const uiUrl = `http://127.0.0.1:${uiPort}`;
    if (await becameReady(child, address, namespace, uiUrl)) {
      const front = options.codecEndpoint ? await startTemporalUi(uiPort, shownPort) : null;
      const shownUrl = front?.url ?? uiUrl;
      options.log(`Temporal answers at ${address}, its UI at ${shownUrl}`);
      const close = async (): Promise<void> => {
        await front?.close();
        await child.stop(15_000);
      };
      return { address, namespace, uiUrl: shownUrl, started: true, pid: child.pid, close };
    }
    const tail = child.tail();
    await child.stop(5000);
    const clash = tail.includes('address already in use');
    if (clash && options.port !== 0 && tail.includes(`:${port}`))
      throw new PortTakenError('TEMPORAL_PORT', port);
    if (clash && options.uiPort !== 0 && !options.codecEndpoint)
      throw new PortTakenError('TEMPORAL_UI_PORT', uiPort);
    if (!clash || attempt === 5)
      throw new Error(`The Temporal server did not start. Its last lines:\n${tail}`);
  }
}
