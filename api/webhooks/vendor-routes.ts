import type { AnyOperation } from '../operations/operation.ts';
import type { Routes } from '../operations/routes.ts';
import { addCalcomWebhookRoute, type CalcomWebhookDeps, calcomWebhookOperation } from './calcom.ts';
import { addCalendlyWebhookRoute, type CalendlyWebhookDeps, calendlyWebhookOperation } from './calendly.ts';
import { addSaleorWebhookRoute, type SaleorWebhookDeps, saleorWebhookOperation } from './saleor.ts';
import { addZammadWebhookRoute, type ZammadWebhookDeps, zammadWebhookOperation } from './zammad.ts';

export const vendorWebhookOperations: readonly AnyOperation[] = [
  saleorWebhookOperation,
  calendlyWebhookOperation,
  calcomWebhookOperation,
  zammadWebhookOperation,
];

/** Where the shop, the calendar and the help desk tell us of what happened. */
export function addVendorWebhookRoutes(
  routes: Routes,
  deps: SaleorWebhookDeps & CalendlyWebhookDeps & CalcomWebhookDeps & ZammadWebhookDeps,
): void {
  addSaleorWebhookRoute(routes, deps);
  addCalendlyWebhookRoute(routes, deps);
  addCalcomWebhookRoute(routes, deps);
  addZammadWebhookRoute(routes, deps);
}
