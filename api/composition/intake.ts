import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import { createSaleorVerifier } from '../../integrations/saleor/webhook.ts';
import type { SchedulingProviders } from '../../integrations/scheduling/providers.ts';
import { createZammadClient } from '../../integrations/zammad/client.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import type { Admissions } from '../../platform/vendor-pace/vendors.ts';
import { addIntakeRoutes } from '../admin/intake/intake-routes.ts';
import type { OrderSettings } from '../intake/orders.ts';
import type { Referred } from '../intake/referred.ts';
import { createSweep, type Sweep } from '../intake/sweep.ts';
import type { IntakeObserver } from '../metrics/observers.ts';
import type { Routes } from '../operations/routes.ts';
import type { SessionStarter } from '../sessions/starter.ts';
import { addVendorWebhookRoutes } from '../webhooks/vendor-routes.ts';
import type { Shops } from './saleor.ts';

const VENDOR_TIMEOUT_MS = 5000;

/** Webhooks of vendors: stored when they come, brought to whose they are by the sweep, shown to operators. */
export function composeIntake(
  config: Pick<Config, 'calendly' | 'calcom' | 'tenant' | 'zammad'>,
  deps: {
    readonly db: Database;
    readonly clock: Clock;
    readonly log: Logger;
    readonly routes: Routes;
    readonly referred: Referred;
    readonly scheduling: SchedulingProviders;
    readonly starter: SessionStarter;
    readonly orders: OrderSettings;
    readonly shops: Pick<Shops, 'clientOf' | 'signing'>;
    readonly admissions: Pick<Admissions, 'zammad'>;
    readonly observer: IntakeObserver;
  },
): Sweep {
  const { routes, shops, admissions, ...shared } = deps;
  const { url: baseUrl, token, group, webhookSecret } = config.zammad;
  const timeoutMs = VENDOR_TIMEOUT_MS;
  const zammad = createZammadClient({ baseUrl, token, group, timeoutMs, admission: admissions.zammad });
  const sweep = createSweep({ ...shared, zammad, saleor: shops.clientOf });
  const onStored = (): void => sweep.kick();
  addVendorWebhookRoutes(routes, {
    ...shared,
    onStored,
    calendlySecret: config.calendly?.webhookSecret ?? '',
    calcomSecret: config.calcom?.webhookSecret ?? '',
    zammadSecret: webhookSecret,
    saleorVerifier: createSaleorVerifier({ shopOf: shops.signing }),
  });
  addIntakeRoutes(routes, { ...shared, onDue: onStored, defaultTenantId: config.tenant.defaultId });
  return sweep;
}
