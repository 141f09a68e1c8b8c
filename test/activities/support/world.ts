import { createActivities } from '../../../activities/create.ts';
import type { ActivityDependencies, ActivityLog } from '../../../activities/dependencies.ts';
import { schedulingProviders } from '../../../integrations/scheduling/providers.ts';
import type { KeyRing } from '../../../platform/keys.ts';
import type { SessionActivities } from '../../../workflows/contract/activities.ts';
import type { SessionKey } from '../../../workflows/contract/values.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import {
  type FakeCalendly,
  type FakeGateway,
  type FakeSaleor,
  type FakeZammad,
  fakeCalendly,
  fakeGateway,
  fakeSaleor,
  fakeZammad,
} from './fakes.ts';
import { insertSession, insertShop, NOW } from './rows.ts';

const key = { id: 'k1', secret: new Uint8Array(32).fill(7) };
export const linkKeys: KeyRing = {
  newest: key,
  all: [key],
  byId: (id) => (id === key.id ? key : undefined),
};

export interface World {
  readonly url: string;
  readonly dependencies: ActivityDependencies;
  readonly activities: SessionActivities;
  readonly sessionKey: SessionKey;
  readonly zammad: FakeZammad;
  readonly apisix: FakeGateway;
  readonly calendly: FakeCalendly;
  readonly saleor: FakeSaleor;
  /** Every log line, as text. */
  readonly logged: string[];
  /** Another unit of the same order. */
  another(unit: number, overrides?: Parameters<typeof insertSession>[3]): Promise<SessionKey>;
  close(): Promise<void>;
}

/** One paid session in a database of its own, and vendors in memory. */
export async function createWorld(overrides: Partial<ActivityDependencies> = {}): Promise<World> {
  const database = await createTestDatabase();
  const { db } = database.connection;
  const shop = await insertShop(db);
  const sessionKey = await insertSession(db, shop, 0);
  const [zammad, apisix, calendly, saleor] = [fakeZammad(), fakeGateway(), fakeCalendly(), fakeSaleor()];
  const logged: string[] = [];
  const write = (fields: Record<string, unknown>, message: string) =>
    void logged.push(JSON.stringify({ ...fields, message }));
  const log: ActivityLog = { info: write, warn: write, error: write };
  const dependencies: ActivityDependencies = {
    db,
    clock: () => NOW,
    log,
    zammad,
    zammadSystemId: '53',
    runUrl: () => null,
    apisix,
    gatewayUrl: 'https://gateway.example',
    routeMode: 'auto',
    maxRoutes: 2000,
    routeWaitMs: 1000,
    scheduling: schedulingProviders([calendly]),
    calendly,
    saleor: () => saleor,
    fulfilFrom: null,
    refundApprovalAbove: new Map(),
    sendWebhook: async () => ({ kind: 'failed', code: 'receiver-unreachable' }),
    linkKeys,
    ...overrides,
  };
  return {
    url: database.url,
    dependencies,
    activities: createActivities(dependencies),
    sessionKey,
    zammad,
    apisix,
    calendly,
    saleor,
    logged,
    another: (unit, more) => insertSession(db, shop, unit, more),
    close: () => database.drop(),
  };
}
