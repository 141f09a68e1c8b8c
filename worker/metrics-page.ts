import { Registry } from 'prom-client';
import type { ReadSdkMetrics } from '../platform/temporal-worker.ts';
import { type InsideListener, listenInside } from './listen.ts';

/**
 * `/metrics`: everything that this process tells, the SDK's numbers included. While the SDK does not answer, its numbers
 * are missing and the others are there.
 *
 * @param options.sdk null where the SDK was not told to count.
 */
export function startMetricsPage(options: {
  readonly port: number;
  readonly host: string;
  readonly registries: readonly Registry[];
  readonly sdk: ReadSdkMetrics | null;
}): Promise<InsideListener> {
  const { registries, sdk } = options;

  async function page(): Promise<string> {
    const own = registries.map((registry) => registry.metrics());
    const texts = await Promise.all([...own, sdk?.().catch(() => '') ?? '']);
    return texts.join('\n');
  }

  return listenInside(
    (request, response) => {
      if (request.url?.split('?', 1)[0] !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      page().then(
        (text) => {
          response.writeHead(200, {
            'content-type': Registry.PROMETHEUS_CONTENT_TYPE,
            'cache-control': 'no-store',
          });
          response.end(text);
        },
        () => response.writeHead(500).end(),
      );
    },
    { port: options.port, host: options.host, variable: 'WORKER_METRICS_PORT' },
  );
}
