import type { ProvidersConfig } from '../../platform/config-providers.ts';
import type { VendorCall } from '../../platform/http-client.ts';
import type { Admission } from '../../platform/vendor-pace/admission.ts';
import type { Provider } from '../../workflows/contract/values.ts';
import { createCalcomClient } from '../calcom/client.ts';
import type { CalcomClient } from '../calcom/contract.ts';
import { createCalendlyClient } from '../calendly/client.ts';
import type { CalendlyClient } from '../calendly/contract.ts';
import { type SchedulingProviders, schedulingProviders } from './providers.ts';

export interface SchedulingClients {
  readonly scheduling: SchedulingProviders;
  /** Null where it is not configured. */
  readonly calendly: CalendlyClient | null;
  readonly calcom: CalcomClient | null;
}

/** A client for each provider that the configuration names. */
export function createSchedulingClients(
  config: ProvidersConfig,
  each: {
    /** Per request, in milliseconds. */
    readonly timeoutMs: number;
    readonly onCall?: (call: VendorCall) => void;
    /** What stands before each provider's requests. */
    readonly admissions?: Readonly<Record<Provider, Admission>>;
  },
): SchedulingClients {
  const { admissions, ...shared } = each;
  const calendly =
    config.calendly &&
    createCalendlyClient({
      baseUrl: config.calendly.apiUrl,
      token: config.calendly.token,
      links: config.calendly.links,
      ...shared,
      ...(admissions ? { admission: admissions.calendly } : {}),
    });
  const calcom =
    config.calcom &&
    createCalcomClient({
      baseUrl: config.calcom.apiUrl,
      webUrl: config.calcom.webUrl,
      apiKey: config.calcom.apiKey,
      ...shared,
      ...(admissions ? { admission: admissions.calcom } : {}),
    });
  return { calendly, calcom, scheduling: schedulingProviders([calendly, calcom]) };
}
