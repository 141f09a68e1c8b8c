import { Router } from 'express';
import { Registry } from 'prom-client';
import { methodNotAllowed } from '../problem.ts';

/** `GET /metrics` in Prometheus' text format, for the internal listener. Each name is in one of the registries only. */
export function createMetricsPage(registries: readonly Registry[]): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router
    .route('/metrics')
    .get(async (_req, res) => {
      const texts = await Promise.all(registries.map((registry) => registry.metrics()));
      res
        .set({ 'cache-control': 'no-store', 'content-type': Registry.PROMETHEUS_CONTENT_TYPE })
        .send(texts.join('\n'));
    })
    .all(methodNotAllowed('GET', 'HEAD'));
  return router;
}
