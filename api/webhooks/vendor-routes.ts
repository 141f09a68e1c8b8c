import type { AnyOperation } from '../operations/operation.ts';
import type { Routes } from '../operations/routes.ts';
import { addCalendlyWebhookRoute, type CalendlyWebhookDeps, calendlyWebhookOperation } from './calendly.ts';
import { addSaleorWebhookRoute, type SaleorWebhookDeps, saleorWebhookOperation } from './saleor.ts';

export const vendorWebhookOperations: readonly AnyOperation[] = [
  saleorWebhookOperation,
  calendlyWebhookOperation,
];

/** Where the shop and the calendar tell us of what happened. */
export function addVendorWebhookRoutes(routes: Routes, deps: SaleorWebhookDeps & CalendlyWebhookDeps): void {
  addSaleorWebhookRoute(routes, deps);
  addCalendlyWebhookRoute(routes, deps);
}
