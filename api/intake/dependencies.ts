import type { Database } from '../../db/connect.ts';
import type { SaleorClient } from '../../integrations/saleor/contract.ts';
import type { SchedulingProvider } from '../../integrations/scheduling/provider.ts';
import type { ZammadClient } from '../../integrations/zammad/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Provider } from '../../workflows/contract/values.ts';
import type { SessionStarter } from '../sessions/starter.ts';
import type { IntakeLog } from './log.ts';
import type { OrderSettings } from './orders.ts';
import type { Referred } from './referred.ts';

export interface DeliveryDeps {
  readonly db: Database;
  readonly starter: SessionStarter;
  readonly clock: Clock;
  readonly orders: OrderSettings;
  readonly referred: Referred;
  /** Asked for what a webhook's body lacks, and for what a strange appointment replaced. */
  readonly scheduling: (provider: Provider) => Pick<SchedulingProvider, 'getAppointment'>;
  /** Asked what an agent's field says now. */
  readonly zammad: Pick<ZammadClient, 'getTicket'>;
  /** The shop's API, asked which units of an order were paid back. Throws `not-configured` for a shop that is not ours. */
  readonly saleor: (domain: string) => Pick<SaleorClient, 'readRefunds'>;
  readonly log: IntakeLog;
  /**
   * How long an appointment event that fits no session may wait for one, in milliseconds.
   * @default 10 minutes
   */
  readonly unmatchedAfterMs?: number;
}
