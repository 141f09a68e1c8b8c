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

/** Options of `Runtime.install`, to be called once and first: the SDK's own lines go to our log. */
export function runtimeOptions(log: Logger): RuntimeOptions {
  const sdk = log.child({ part: 'temporal-sdk' });
  return {
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      sdk[LEVELS[level]](meta ?? {}, message);
    }),
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
    // The process ends its parts in its own order.
    shutdownSignals: [],
  };
}
