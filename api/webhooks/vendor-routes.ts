import type { AnyOperation } from '../operations/operation.ts';
import type { Routes } from '../operations/routes.ts';
import { addCalendlyWebhookRoute, type CalendlyWebhookDeps, calendlyWebhookOperation } from './calendly.ts';
import { addSaleorWebhookRoute, type SaleorWebhookDeps, saleorWebhookOperation } from './saleor.ts';
import { addZammadWebhookRoute, type ZammadWebhookDeps, zammadWebhookOperation } from './zammad.ts';

export const vendorWebhookOperations: readonly AnyOperation[] = [
  saleorWebhookOperation,
  calendlyWebhookOperation,
  zammadWebhookOperation,
];

/** Where the shop, the calendar and the help desk tell us of what happened. */
export function addVendorWebhookRoutes(
  routes: Routes,
  deps: SaleorWebhookDeps & CalendlyWebhookDeps & ZammadWebhookDeps,
): void {
  addSaleorWebhookRoute(routes, deps);
  addCalendlyWebhookRoute(routes, deps);
  addZammadWebhookRoute(routes, deps);
}
