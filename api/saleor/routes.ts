import type { AnyOperation } from '../operations/operation.ts';
import type { Routes } from '../operations/routes.ts';
import { addSaleorManifestRoute, saleorManifestOperation } from './manifest.ts';
import { addRegisterSaleorAppRoute, type RegisterDeps, registerSaleorAppOperation } from './register.ts';

export const saleorAppOperations: readonly AnyOperation[] = [
  saleorManifestOperation,
  registerSaleorAppOperation,
];

/** How a shop gets to know us, and we its app. */
export function addSaleorAppRoutes(
  routes: Routes,
  deps: RegisterDeps & { readonly publicUrl: string },
): void {
  addSaleorManifestRoute(routes, deps);
  addRegisterSaleorAppRoute(routes, deps);
}
