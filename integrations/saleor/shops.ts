import type { SaleorShop } from '../../platform/config.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { createSaleorClient, type SaleorClientOptions, type WholeSaleorClient } from './client.ts';

/** What a shop is called everywhere: the host, with its port, of its API. */
export const domainOf = (apiUrl: string): string => new URL(apiUrl).host;

/** Each shop's token from the environment, by the shop's domain. */
export const configuredTokens = (shops: readonly SaleorShop[]) =>
  shops.map(({ apiUrl, appToken }) => ({ domain: domainOf(apiUrl), token: appToken }));

/** Where a shop publishes the keys that it signs with. */
export const jwksUrlOf = (apiUrl: string): URL => new URL('/.well-known/jwks.json', apiUrl);

/**
 * One client for each of our shops, each with its own credential.
 *
 * @param each what a shop's client is made with beside its address.
 * @returns throws `not-configured` for a shop that is not ours.
 */
export function createSaleorClients(
  apiUrls: readonly string[],
  each: (domain: string) => Omit<SaleorClientOptions, 'apiUrl'>,
): (domain: string) => WholeSaleorClient {
  const clients = new Map(
    apiUrls.map((apiUrl) => {
      const domain = domainOf(apiUrl);
      return [domain, createSaleorClient({ apiUrl, ...each(domain) })] as const;
    }),
  );
  return (domain) => {
    const client = clients.get(domain);
    if (!client) throw new CodedFailure('not-configured', 'this shop is not one of ours');
    return client;
  };
}
