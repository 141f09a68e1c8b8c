import type { z } from 'zod';
import { calcomSettings, calendlySettings } from '../config-providers.ts';
import { apisixSettings } from './apisix.ts';
import { bookingSettings, moneySettings, recordSettings, tenantSettings } from './booking.ts';
import { codecSettings, keySettings } from './keys.ts';
import { limitSettings, vendorRateSettings } from './limits.ts';
import { listenerSettings } from './listeners.ts';
import { logSettings } from './logging.ts';
import { machineSettings } from './machine.ts';
import { mailSettings } from './mail.ts';
import { peopleSettings } from './people.ts';
import { saleorSettings } from './saleor.ts';
import { storeSettings } from './stores.ts';
import { tracingSettings } from './tracing.ts';
import { workerSettings } from './worker.ts';
import { zammadSettings } from './zammad.ts';

/** The variables that belong together, in the order in which they are told of. */
export interface SettingGroup {
  readonly title: string;
  readonly shape: z.ZodRawShape;
}

/** Every variable, as production reads it. */
export const settingGroups = (): readonly SettingGroup[] => [
  { title: 'Listeners', shape: listenerSettings(false) },
  { title: 'Stores', shape: storeSettings() },
  { title: 'Saleor', shape: saleorSettings() },
  { title: 'Zammad', shape: zammadSettings(false) },
  { title: 'APISIX', shape: apisixSettings(false) },
  { title: 'Calendly', shape: calendlySettings(false) },
  { title: 'Cal.com', shape: calcomSettings(false) },
  { title: 'Booking', shape: bookingSettings() },
  { title: 'Keys', shape: keySettings(false) },
  { title: 'Codec', shape: codecSettings() },
  { title: 'People', shape: peopleSettings(false) },
  { title: 'Mail', shape: mailSettings() },
  { title: 'Tenants', shape: tenantSettings() },
  { title: 'Money', shape: moneySettings() },
  { title: 'Records', shape: recordSettings() },
  { title: 'Pace towards vendors', shape: vendorRateSettings() },
  { title: 'Limits towards callers', shape: limitSettings() },
  { title: 'Worker', shape: workerSettings() },
  { title: 'Logs', shape: logSettings() },
  { title: 'Traces', shape: tracingSettings() },
  { title: 'One machine', shape: machineSettings() },
];
