import { domainOf } from '../../../integrations/saleor/shops.ts';
import type { Config } from '../../../platform/config.ts';

/** Where a session's parts are looked at by a person. */
export interface SessionPlaces {
  /** The client's page, at the gateway. */
  page(slug: string): string;
  /** In Zammad's own pages. */
  ticket(ticketId: number): string;
  /** In the shop's dashboard; null for a shop that is not ours any more. */
  order(saleorDomain: string, orderId: string): string | null;
}

export function sessionPlacesOf(config: Pick<Config, 'apisix' | 'zammad' | 'saleor'>): SessionPlaces {
  const { shops, dashboardOrigins } = config.saleor;
  // A shop's dashboard is below the shop itself, unless the only shop has one elsewhere.
  const elsewhere = shops.length === 1 && dashboardOrigins.length === 1 ? dashboardOrigins[0] : undefined;
  const dashboards = new Map(
    shops.map(({ apiUrl }) => [domainOf(apiUrl), elsewhere ?? `${new URL(apiUrl).origin}/dashboard`]),
  );
  return {
    page: (slug) => new URL(`/customer/s/${slug}`, config.apisix.gatewayUrl).href,
    ticket: (ticketId) => `${config.zammad.url.replace(/\/+$/, '')}/#ticket/zoom/${ticketId}`,
    order(saleorDomain, orderId) {
      const dashboard = dashboards.get(saleorDomain);
      return dashboard === undefined ? null : `${dashboard}/orders/${encodeURIComponent(orderId)}`;
    },
  };
}
