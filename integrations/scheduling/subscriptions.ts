import type { ProvidersConfig } from '../../platform/config-providers.ts';
import type { Provider } from '../../workflows/contract/values.ts';
import type { SchedulingClients } from './clients.ts';
import type { SubscriptionChange } from './provider.ts';

/** Where the providers' webhooks come in, below the public listener's address. */
export const WEBHOOK_PATHS = {
  calendly: '/api/v1/public/calendly/webhook',
  calcom: '/webhooks/calcom',
} as const satisfies Record<Provider, string>;

/** A provider's webhook subscription to our own address. */
export interface KeptSubscription {
  readonly provider: Provider;
  /** Brings it about that it is there and active. @returns what had been wrong. */
  ensure(): Promise<SubscriptionChange>;
}

/** The webhook subscription of each provider that is configured. */
export function providerSubscriptions(
  config: ProvidersConfig & { readonly http: { readonly publicUrl: string } },
  { calendly, calcom }: SchedulingClients,
): readonly KeptSubscription[] {
  const urlOf = (provider: Provider): string => config.http.publicUrl + WEBHOOK_PATHS[provider];
  const kept: KeptSubscription[] = [];
  if (config.calendly && calendly) {
    const wanted = { url: urlOf('calendly'), signingKey: config.calendly.webhookSecret };
    kept.push({ provider: 'calendly', ensure: () => calendly.ensureWebhook(wanted) });
  }
  if (config.calcom && calcom) {
    const wanted = { url: urlOf('calcom'), secret: config.calcom.webhookSecret };
    kept.push({ provider: 'calcom', ensure: () => calcom.ensureWebhook(wanted) });
  }
  return kept;
}
