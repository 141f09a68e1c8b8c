import { certificateKeys } from '../../../platform/certificates.ts';
import type { AnyOperation } from '../../operations/operation.ts';
import { reply, type Routes } from '../../operations/routes.ts';
import type { PrivacyDeps } from './dependencies.ts';
import { addErasureRoutes } from './erase.ts';
import { addExportRoute } from './export.ts';
import {
  certificateKeysOperation,
  eraseOperation,
  exportOperation,
  listErasuresOperation,
  readErasureOperation,
} from './operations.ts';

/** For the documentation. */
export const privacyOperations = [
  eraseOperation,
  listErasuresOperation,
  readErasureOperation,
  exportOperation,
  certificateKeysOperation,
] as const satisfies readonly AnyOperation[];

/** A person's data: handed to them, erased, and proof of it. */
export function addPrivacyRoutes(routes: Routes, deps: PrivacyDeps): void {
  addErasureRoutes(routes, deps);
  addExportRoute(routes, deps);
  // Anybody may ask, as often as they like: derived once.
  const keys = certificateKeys(deps.linkKeys);
  routes.add(certificateKeysOperation, async () => reply(200, { keys: [...(await keys)] }));
}
