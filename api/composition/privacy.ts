import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import { createErasureSweep } from '../admin/privacy/erasure-sweep.ts';
import { addPrivacyRoutes } from '../admin/privacy/routes.ts';
import type { Routes } from '../operations/routes.ts';
import type { Passes } from '../passes.ts';

/** A person's data, and the sweep that gives each erasure its run. */
export function composePrivacy(
  config: Pick<Config, 'keys'>,
  deps: {
    readonly db: Database;
    readonly clock: Clock;
    readonly log: Logger;
    readonly routes: Routes;
    readonly connect: () => Promise<Client>;
  },
): Passes {
  const sweep = createErasureSweep(deps);
  addPrivacyRoutes(deps.routes, {
    db: deps.db,
    clock: deps.clock,
    linkKeys: config.keys.link,
    onOwed: () => sweep.kick(),
  });
  return sweep;
}
