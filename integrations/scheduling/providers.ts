import { CodedFailure } from '../../platform/failures.ts';
import type { Provider } from '../../workflows/contract/values.ts';
import type { SchedulingProvider } from './provider.ts';

/** A provider's client by its name. Throws `not-configured` for one that this installation has no access to. */
export type SchedulingProviders = (provider: Provider) => SchedulingProvider;

/** The providers of this installation. */
export function schedulingProviders(configured: readonly (SchedulingProvider | null)[]): SchedulingProviders {
  return (provider) => {
    const client = configured.find((one) => one?.provider === provider);
    if (!client) throw new CodedFailure('not-configured', `no client for the provider ${provider}`);
    return client;
  };
}
