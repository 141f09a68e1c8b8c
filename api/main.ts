import { ConfigurationError, loadConfig } from '../platform/config.ts';
import { environment } from '../platform/environment.ts';
import { createLogger, type Logger } from '../platform/log.ts';
import { startTracing, type Tracing } from '../platform/tracing/start.ts';
import { connectClient, temporalSettings } from '../platform/temporal.ts';
import { type RunningCodec, startCodec } from './codec/start.ts';
import { composeApi } from './compose.ts';
import { describeError } from './request-log.ts';
import type { RunningApi } from './server.ts';

/** The first signal ends the process in order, the second at once. */
function endOnSignals(api: RunningApi, codec: RunningCodec, tracing: Tracing, log: Logger): void {
  let asked = false;
  const end = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(1);
    asked = true;
    log.info({ signal }, 'stopping');
    const stopped = async (): Promise<void> => {
      try {
        await Promise.all([api.close(), codec.close()]);
      } finally {
        await tracing.stop();
      }
    };
    stopped().then(
      () => process.exit(0),
      (error: unknown) => {
        log.fatal({ err: describeError(error) }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

async function main(): Promise<void> {
  const env = environment();
  const config = loadConfig(env);
  const log = createLogger({ ...config.log, name: 'api' });
  try {
    const tracing = await startTracing(config.tracing, 'latchkey-api', log);
    const codec = await startCodec(config, log);
    const api = await composeApi(config, log, {
      temporal: connectClient(temporalSettings(env), config.keys.payload),
    }).catch(async (error: unknown) => {
      await codec.close();
      throw error;
    });
    endOnSignals(api, codec, tracing, log);
    log.info({ public: api.publicUrl, internal: api.internalUrl, codec: codec.url }, 'api listens');
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    log.fatal({ err: describeError(error) }, `api could not start: ${why}`);
    process.exitCode = 1;
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof ConfigurationError ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
