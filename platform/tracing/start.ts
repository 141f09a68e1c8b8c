import type { Logger } from '../log.ts';
import type { TracingConfig } from './config.ts';

export interface Tracing {
  /** Sends what is left, for at most three seconds. Safe to call twice; never rejects. */
  stop(): Promise<void>;
}

const OFF: Tracing = { stop: () => Promise.resolve() };

/**
 * Begins to export spans, where the configuration says so; call it before anything is traced. Without it nothing of the
 * SDK is even loaded.
 *
 * @param service what this process is called where the configuration gives no name.
 */
export async function startTracing(
  config: TracingConfig | null,
  service: string,
  log: Pick<Logger, 'warn' | 'info'>,
): Promise<Tracing> {
  if (config === null) return OFF;
  const { exportSpans, exporterOf } = await import('./export.ts');
  log.info({ exporter: config.exporter.kind, sampler: config.sampler.kind }, 'spans are exported');
  return exportSpans(config, service, exporterOf(config), log);
}
