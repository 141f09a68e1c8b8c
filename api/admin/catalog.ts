import { Router } from 'express';
import type { Provider } from '../../workflows/contract/values.ts';
import { calendarCollection } from './calendars.ts';
import { clientCollection } from './clients.ts';
import { type CollectionDependencies, collectionRoutes } from './collection.ts';
import { templateCollection } from './templates.ts';

export interface CatalogDependencies extends CollectionDependencies {
  /** Those that appointments can be made with here. */
  readonly providers: readonly [Provider, ...Provider[]];
}

/** What a booking link is made from: `/api/v1/admin/calendars`, `…/templates` and `…/clients`. */
export function createCatalogRoutes(deps: CatalogDependencies): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.use(collectionRoutes(deps, calendarCollection(deps.providers)));
  router.use(collectionRoutes(deps, templateCollection));
  router.use(collectionRoutes(deps, clientCollection));
  return router;
}
