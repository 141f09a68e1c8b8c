import type { AnyOperation } from '../../operations/operation.ts';
import type { Routes } from '../../operations/routes.ts';
import { addDeliveryRoutes } from './deliveries.ts';
import {
  listDeliveriesOperation,
  readDeliveryOperation,
  replayDeliveryOperation,
  replayFailedOperation,
  testEndpointOperation,
} from './delivery-operations.ts';
import {
  changeEndpointOperation,
  createEndpointOperation,
  deleteEndpointOperation,
  listEndpointsOperation,
  readEndpointOperation,
} from './endpoint-operations.ts';
import { addEndpointRoutes } from './endpoints.ts';
import { addSecretRoutes, readSecretOperation, rotateSecretOperation } from './secrets.ts';
import type { WebhookDeps } from './shared.ts';

/** For the documentation. */
export const webhookOperations = [
  createEndpointOperation,
  listEndpointsOperation,
  readEndpointOperation,
  changeEndpointOperation,
  deleteEndpointOperation,
  readSecretOperation,
  rotateSecretOperation,
  testEndpointOperation,
  listDeliveriesOperation,
  readDeliveryOperation,
  replayFailedOperation,
  replayDeliveryOperation,
] as const satisfies readonly AnyOperation[];

/** Webhooks to tenants: where to, with which secret, and what became of each message. */
export function addWebhookRoutes(routes: Routes, deps: WebhookDeps): void {
  addEndpointRoutes(routes, deps);
  addSecretRoutes(routes, deps);
  addDeliveryRoutes(routes, deps);
}
