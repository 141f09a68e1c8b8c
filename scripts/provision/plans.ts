import { createAdminApi } from '../../integrations/apisix/admin-api.ts';
import { planApisix } from '../../integrations/apisix/setup.ts';
import { planCalcom } from '../../integrations/calcom/setup.ts';
import { planCalendly } from '../../integrations/calendly/setup.ts';
import type { PlanSetup } from '../../integrations/setup/step.ts';
import type { Systems } from '../setup/systems.ts';
import type { Area } from './areas.ts';
import { planPostgres } from './postgres.ts';
import { planTemporal } from './temporal.ts';

/** The plan of each system; null for one that is not configured. */
export function plansOf(systems: Systems): Readonly<Record<Area, PlanSetup | null>> {
  return {
    postgres: planPostgres(systems.database.db),
    temporal: planTemporal(systems.temporal),
    apisix: planApisix(createAdminApi(systems.apisix), systems.apisix.settings),
    zammad: systems.zammad,
    calendly: systems.calendly && planCalendly(systems.calendly),
    calcom: systems.calcom && planCalcom(systems.calcom),
  };
}
