// Calendly's webhooks as the API takes them in, without what brings them to their sessions afterwards.
import { createReferred } from '../../../api/intake/referred.ts';
import { createRoutes } from '../../../api/operations/routes.ts';
import { startApi } from '../../../api/server.ts';
import { addCalendlyWebhookRoute, calendlyWebhookOperation } from '../../../api/webhooks/calendly.ts';
import { connectDatabase } from '../../../db/connect.ts';
import { systemClock } from '../../../platform/clock.ts';
import { keyRing } from '../../../platform/keys.ts';
import { createLogger } from '../../../platform/log.ts';
import { answerParent } from '../child.ts';

export interface IntakeSettings {
  readonly databaseUrl: string;
  readonly calendlySecret: string;
  readonly poolMax: number;
}

const log = createLogger({ level: 'info', pretty: false, name: 'bench' });

const tasks = {
  async start({ databaseUrl, calendlySecret, poolMax }: IntakeSettings): Promise<string> {
    const { db } = connectDatabase(databaseUrl, { max: poolMax, onIdleError: () => undefined });
    // Who signs needs no other permission.
    const open = () => (_req: unknown, _res: unknown, next: () => void) => next();
    const routes = createRoutes({ guard: open, limit: open }, log);
    const unused = keyRing([{ id: 'bench', secret: new Uint8Array(32) }]);
    addCalendlyWebhookRoute(routes, {
      db,
      log,
      clock: systemClock,
      calendlySecret,
      referred: createReferred(unused),
      onStored: () => undefined,
    });
    const api = await startApi({
      http: { port: 0, host: '127.0.0.1', internalPort: 0, internalHost: '127.0.0.1' },
      log,
      publicRouters: [routes.router()],
      internalRouters: [],
      readiness: [],
      stopInOrder: [],
    });
    return `${api.publicUrl}${calendlyWebhookOperation.path}`;
  },
};
export type IntakeTasks = typeof tasks;

answerParent(tasks);
