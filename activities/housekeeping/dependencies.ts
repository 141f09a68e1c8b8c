import type { GatewayRoutes } from '../../integrations/apisix/contract.ts';
import type { SaleorOrders } from '../../integrations/saleor/contract.ts';
import type { KeptSubscription } from '../../integrations/scheduling/subscriptions.ts';
import type { OutsideEvent } from '../../workflows/contract/events.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/** `lost`: terminated, failed, timed out or cancelled from outside. `over`: it returned. */
export type RunState = 'running' | 'over' | 'lost' | 'missing';

/** What housekeeping needs of Temporal. Each throws `CodedFailure`: `engine-unavailable` when nobody answered. */
export interface SessionRuns {
  stateOf(workflowId: string): Promise<RunState>;
  /** `not-found`: no open run has this id. */
  tell(workflowId: string, events: readonly OutsideEvent[]): Promise<'delivered' | 'not-found'>;
}

export interface HousekeepingDependencies extends ActivityDependencies {
  readonly runs: SessionRuns;
  readonly routes: GatewayRoutes;
  readonly shops: {
    /** At least one. */
    readonly all: readonly { readonly domain: string; readonly orders: SaleorOrders }[];
    readonly productTypes: readonly string[];
    /** Encrypts the stored token of a shop with the newest key; false where it is already. */
    readonly resealCredential: (domain: string) => Promise<boolean>;
    /** How many days of paid orders are compared with the sessions. */
    readonly orderDays: number;
  };
  /** The webhooks of the providers of this installation. */
  readonly subscriptions: readonly KeptSubscription[];
  readonly retention: { readonly inboxBodyDays: number; readonly recordDays: number };
}
