import type { Client } from '@temporalio/client';
import type { Database } from '../../db/connect.ts';
import { processStore } from '../../db/queries/processes.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import { startProcessReport } from '../../platform/process-report.ts';
import { runUrlOf } from '../../platform/run-url.ts';
import type { Admissions } from '../../platform/vendor-pace/vendors.ts';
import { addInstallationRoutes } from '../admin/installation/routes.ts';
import { createTemporalCalls } from '../admin/installation/temporal-calls.ts';
import { addViewRoutes } from '../admin/views/routes.ts';
import type { GatewayBootstrapping } from '../gateway/bootstrap.ts';
import type { Routes } from '../operations/routes.ts';

/** How everything stands and what this process has to say to that; and the filters that operators keep. */
export function composeInstallation(
  config: Pick<Config, 'temporal' | 'tenant'>,
  deps: {
    readonly db: Database;
    readonly clock: Clock;
    readonly routes: Routes;
    readonly connect: () => Promise<Client>;
    readonly namespace: string;
    readonly admissions: Pick<Admissions, 'sights'>;
    readonly gateway: Pick<GatewayBootstrapping, 'state'>;
  },
): { stop(): Promise<void> } {
  const { db, clock, routes, namespace } = deps;
  const temporal = createTemporalCalls(deps.connect);
  addViewRoutes(routes, { db, clock });
  addInstallationRoutes(routes, {
    db,
    clock,
    temporal,
    namespace,
    defaultTenantId: config.tenant.defaultId,
    runUrl: (workflowId) => runUrlOf(config.temporal.uiUrl, namespace, workflowId),
  });
  const report = startProcessReport({
    kind: 'api',
    buildId: null,
    store: processStore(db),
    vendors: deps.admissions.sights,
    gateway() {
      const state = deps.gateway.state();
      return { state: state.kind, code: 'code' in state ? state.code : null };
    },
  });
  return {
    async stop() {
      await Promise.all([report.stop(), temporal.settled()]);
    },
  };
}
