import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import { addWebhookRoutes } from '../admin/webhooks/routes.ts';
import type { Routes } from '../operations/routes.ts';
import type { Passes } from '../passes.ts';
import { createWebhookSweep } from '../webhooks-out/sweep.ts';

/** Webhooks to tenants: where they go, and the sweep that gives each its run. */
export function composeWebhooksOut(
  config: Pick<Config, 'keys' | 'webhooks'>,
  deps: {
    readonly db: Database;
    readonly clock: Clock;
    readonly log: Logger;
    readonly routes: Routes;
    readonly connect: () => Promise<Client>;
  },
): Passes {
  const sweep = createWebhookSweep(deps);
  addWebhookRoutes(deps.routes, {
    db: deps.db,
    clock: deps.clock,
    linkKeys: config.keys.link,
    ownNetworks: config.webhooks.allowedNetworks,
    onOwed: () => sweep.kick(),
  });
  return sweep;
}
