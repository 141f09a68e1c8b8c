import type { Routes } from '../operations/routes.ts';
import { calendars } from './calendars.ts';
import { clients } from './clients.ts';
import type { CollectionDependencies } from './collection.ts';
import { templates } from './templates.ts';

const collections = [calendars, templates, clients];

/** For the documentation. */
export const catalogOperations = collections.flatMap((one) => one.operations);

/** What a booking link is made from: `/api/v1/admin/calendars`, `…/templates` and `…/clients`. */
export function addCatalogRoutes(routes: Routes, deps: CollectionDependencies): void {
  for (const one of collections) one.addTo(routes, deps);
}
