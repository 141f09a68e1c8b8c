import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { DefaultLogger, NativeConnection, type RuntimeOptions } from '@temporalio/worker';
import { CodedFailure } from './failures.ts';
import type { Logger } from './log.ts';
import { type Patience, persist } from './patience.ts';
import type { TemporalSettings } from './temporal.ts';

/**
 * The worker's connection. The SDK does not retry the first connect, so that is done here.
 *
 * @throws {CodedFailure} `engine-unavailable` when Temporal did not answer in time: end the process then.
 */
export async function connectWorker(
  settings: TemporalSettings,
  patience: Patience,
): Promise<NativeConnection> {
  try {
    return await persist(
      () => NativeConnection.connect(settings.connectionOptions),
      patience,
      () => false,
    );
  } catch (error) {
    const address = settings.connectionOptions.address ?? 'localhost:7233';
    throw new CodedFailure('engine-unavailable', `Temporal does not answer at ${address}`, { cause: error });
  }
}

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** The SDK's numbers in Prometheus' text format. */
export type ReadSdkMetrics = () => Promise<string>;

const SDK_PATIENCE_MS = 2000;

/**
 * Where the SDK shows its numbers: its exporter listens by itself and does not say on which port, so that it is given a
 * free one of the loopback address, and whoever is asked for our numbers reads it there.
 */
export async function placeSdkMetrics(): Promise<{
  readonly address: string;
  readonly read: ReadSdkMetrics;
}> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const address = `127.0.0.1:${port}`;
  return {
    address,
    async read() {
      const signal = AbortSignal.timeout(SDK_PATIENCE_MS);
      return (await fetch(`http://${address}/metrics`, { signal })).text();
    },
  };
}

/** With the endings that Prometheus' own rules ask for. */
function countedAt(bindAddress: string) {
  return {
    prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
    attachServiceName: false,
  };
}

/**
 * Options of `Runtime.install`, to be called once and first: the SDK's own lines go to our log.
 *
 * @param metricsAddress host and port at which the SDK shows its numbers, see `placeSdkMetrics`; without it it does not count.
 */
export function runtimeOptions(log: Logger, metricsAddress?: string): RuntimeOptions {
  const sdk = log.child({ part: 'temporal-sdk' });
  return {
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      sdk[LEVELS[level]](meta ?? {}, message);
    }),
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(metricsAddress === undefined ? {} : { metrics: countedAt(metricsAddress) }),
    },
    // The process ends its parts in its own order.
    shutdownSignals: [],
  };
}
