import type { SessionKey } from '../workflows/contract/values.ts';
import type { Config } from './config.ts';
import { PAID_ELSEWHERE } from './paid-elsewhere.ts';
import { runUrlOf } from './run-url.ts';

/** Where people look at a session. Addresses hold ids only, and each place asks who is there. */
export interface SessionPlaces {
  /** Our own page for operators. */
  admin(key: SessionKey): string;
  /** The ticket in Zammad, by its number. */
  ticket(number: string): string;
  /** The order in the dashboard of its shop; null for what was paid elsewhere. */
  order(saleorDomain: string, orderId: string): string | null;
  /** The run in Temporal UI; null where nobody told us of one. */
  run(workflowId: string): string | null;
}

/**
 * @param config of its dashboards the first is taken where there is one shop; otherwise each shop's own.
 * @param namespace Temporal's.
 */
export function sessionPlaces(
  { http, zammad, saleor, temporal }: Pick<Config, 'http' | 'zammad' | 'saleor' | 'temporal'>,
  namespace: string,
): SessionPlaces {
  const origins = new Map(
    saleor.shops.map(({ apiUrl }) => {
      const { host, origin } = new URL(apiUrl);
      return [host, (saleor.shops.length === 1 ? saleor.dashboardOrigins[0] : undefined) ?? origin];
    }),
  );
  return {
    admin: (key) => `${http.publicUrl}/admin/sessions/${key}`,
    ticket: (number) => `${zammad.url}/#ticket/zoom/number/${number}`,
    order(saleorDomain, orderId) {
      const origin = saleorDomain === PAID_ELSEWHERE ? undefined : origins.get(saleorDomain);
      return origin === undefined ? null : `${origin}/dashboard/orders/${encodeURIComponent(orderId)}`;
    },
    run: (workflowId) => runUrlOf(temporal.uiUrl, namespace, workflowId),
  };
}
