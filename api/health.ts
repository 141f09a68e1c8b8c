import { Router } from 'express';
import { methodNotAllowed } from './problem.ts';
import { within } from '../platform/within.ts';

/** One thing that must be there before requests can be served. */
export interface ReadinessCheck {
  readonly name: string;
  /** Rejects or says false when it is not there. */
  check(): Promise<boolean>;
}

/** A check that hangs is a check that failed. */
const CHECK_WITHIN_MS = 2000;

async function passes(check: ReadinessCheck): Promise<boolean> {
  try {
    return await within(CHECK_WITHIN_MS, check.check(), () => false);
  } catch {
    return false;
  }
}

/**
 * `/healthz`: the process is alive, whatever is behind it. `/readyz`: it can do its work now; 503 names what is
 * missing, and a process that is shutting down is never ready.
 */
export function createHealth(checks: readonly ReadinessCheck[], isStopping: () => boolean): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router
    .route('/healthz')
    .get((_req, res) => {
      res.set('cache-control', 'no-store').json({ status: 'alive' });
    })
    .all(methodNotAllowed('GET', 'HEAD'));
  router
    .route('/readyz')
    .get(async (_req, res) => {
      res.set('cache-control', 'no-store');
      if (isStopping()) {
        res.status(503).json({ status: 'stopping' });
        return;
      }
      const results = await Promise.all(checks.map(async (one) => [one.name, await passes(one)] as const));
      const ready = results.every(([, ok]) => ok);
      res.status(ready ? 200 : 503).json({
        status: ready ? 'ready' : 'not-ready',
        checks: Object.fromEntries(results.map(([name, ok]) => [name, ok ? 'ok' : 'failed'])),
      });
    })
    .all(methodNotAllowed('GET', 'HEAD'));
  return router;
}
