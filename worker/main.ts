import { Runtime } from '@temporalio/worker';
import { ConfigurationError, loadConfig } from '../platform/config.ts';
import { environment } from '../platform/environment.ts';
import { createLogger } from '../platform/log.ts';
import { temporalSettings } from '../platform/temporal.ts';
import { placeSdkMetrics, runtimeOptions } from '../platform/temporal-worker.ts';
import { startTracing } from '../platform/tracing/start.ts';
import { composeWorker } from './compose.ts';

function readConfig() {
  try {
    return loadConfig(environment());
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(78);
  }
}

const config = readConfig();
const log = createLogger({ ...config.log, name: 'worker' });
// Before anything else of the SDK: the first use of it would install a runtime of its own.
const sdkMetrics = await placeSdkMetrics();
Runtime.install(runtimeOptions(log, sdkMetrics.address));

const tracing = await startTracing(config.tracing, 'latchkey-worker', log);
try {
  const worker = await composeWorker(config, temporalSettings(environment()), log, {
    sdkMetrics: sdkMetrics.read,
  });
  const asked = new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  try {
    await Promise.race([asked, worker.ended]);
    log.info('worker shuts down');
  } finally {
    await worker.close();
  }
} catch (error) {
  log.fatal({ error: error instanceof Error ? error.message : String(error) }, 'worker failed');
  process.exitCode = 1;
} finally {
  await tracing.stop();
}
