import type { Database } from '../db/connect.ts';
import type { GatewayClient } from '../integrations/apisix/contract.ts';
import type { CalendlyClient } from '../integrations/calendly/contract.ts';
import type { SendWebhook } from '../integrations/receivers/sender.ts';
import type { SaleorClient, SaleorOrderKeeping } from '../integrations/saleor/contract.ts';
import type { SchedulingProviders } from '../integrations/scheduling/providers.ts';
import type { ZammadArticles, ZammadClient } from '../integrations/zammad/contract.ts';
import type { Clock } from '../platform/clock.ts';
import type { RouteMode } from '../platform/config.ts';
import type { FailureCode } from '../platform/failures.ts';
import type { KeyRing } from '../platform/keys.ts';
import type { HousekeepingJob, HousekeepingPage } from '../workflows/contract/housekeeping.ts';
import type { Outcome } from '../workflows/contract/session.ts';
import type { Millis } from '../workflows/contract/values.ts';

/** The part of a logger that activities use. Fields are ids and codes only. */
export interface ActivityLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** Is told of what activities came to, for metrics. Must return at once, and never throw. */
export interface ActivityObserver {
  /** An attempt failed, be it repeated or not. */
  failed(activity: string, code: string): void;
  /** It was published that a cutoff has passed, so long after it. */
  cutoffPassed(delay: Millis): void;
  /** It was published that a session is over and closed. */
  sessionEnded(outcome: Outcome): void;
  /** A tenant's receiver was called. @param code null: it has the message. */
  webhookSent(code: FailureCode | null): void;
  /** A page of housekeeping. @param page null: it failed. */
  housekept(job: HousekeepingJob, page: HousekeepingPage | null): void;
}

/** Everything the activities stand on. The worker makes one of it and gives it to `createActivities`. */
export interface ActivityDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: ActivityLog;
  readonly zammad: ZammadClient & ZammadArticles;
  /** The first digits of each ticket number, `ZAMMAD_SYSTEM_ID`. */
  readonly zammadSystemId: string;
  /** A run's page in Temporal UI, for agents; null where nobody told us where that is. */
  readonly runUrl: (workflowId: string) => string | null;
  readonly apisix: GatewayClient;
  /** Where clients reach their sessions, `GATEWAY_URL`. */
  readonly gatewayUrl: string;
  readonly routeMode: RouteMode;
  /** With `auto`: above this many open sessions new ones use the wildcard route only. */
  readonly maxRoutes: number;
  /** How long a fresh route may take until its URL answers, in milliseconds. */
  readonly routeWaitMs: number;
  /** Where appointments are made, by the provider's name. */
  readonly scheduling: SchedulingProviders;
  /** Asked to delete what it holds of a person; null where no account of it is configured. */
  readonly calendly: Pick<CalendlyClient, 'requestInviteeDeletion'> | null;
  /** The shop's client. Throws `not-configured` for a shop that is not ours. */
  readonly saleor: (domain: string) => SaleorClient & SaleorOrderKeeping;
  /** The warehouse that completed sessions are fulfilled from; null: they are not. `SALEOR_FULFIL` */
  readonly fulfilFrom: string | null;
  /** By currency, decimal text: a refund above it waits for an operator. `REFUND_APPROVAL_ABOVE` */
  readonly refundApprovalAbove: ReadonlyMap<string, string>;
  /** Sends to the tenants' receivers, and nowhere into our own networks. */
  readonly sendWebhook: SendWebhook;
  /** Signs session tokens, booking references and webhooks. */
  readonly linkKeys: KeyRing;
  readonly observer?: ActivityObserver;
}
