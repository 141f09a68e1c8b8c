import { adminBookingOperations } from '../admin-booking/routes.ts';
import { auditOperations } from '../admin/audit.ts';
import { catalogOperations } from '../admin/catalog.ts';
import { installationOperations } from '../admin/installation/routes.ts';
import { intakeOperations } from '../admin/intake/intake-routes.ts';
import { privacyOperations } from '../admin/privacy/routes.ts';
import { sessionOperations } from '../admin/sessions/routes.ts';
import { viewOperations } from '../admin/views/routes.ts';
import { webhookOperations } from '../admin/webhooks/routes.ts';
import { bookOperations } from '../booking/book-operations.ts';
import { bookingLinkOperations } from '../booking/link-operations.ts';
import { publicBookingOperations } from '../booking-requests/operations.ts';
import type { AnyOperation } from '../operations/operation.ts';
import { saleorAppOperations } from '../saleor/routes.ts';
import { vendorWebhookOperations } from '../webhooks/vendor-routes.ts';
import { getOpenApiDocument } from './openapi.ts';

/**
 * Every operation of the public listener, without what it takes to run one: the files that are made from the
 * document need no stack. A test holds it against what the composed API mounts.
 */
export const allOperations: readonly AnyOperation[] = [
  ...bookingLinkOperations,
  ...bookOperations,
  ...publicBookingOperations,
  ...adminBookingOperations,
  ...sessionOperations,
  ...catalogOperations,
  ...privacyOperations,
  ...intakeOperations,
  ...webhookOperations,
  ...vendorWebhookOperations,
  ...saleorAppOperations,
  ...auditOperations,
  ...viewOperations,
  ...installationOperations,
  getOpenApiDocument,
];
