import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createHousekeepingActivities } from '../../../activities/housekeeping/create.ts';
import type { HousekeepingDependencies, RunState } from '../../../activities/housekeeping/dependencies.ts';
import { createGatewayClient } from '../../../integrations/apisix/client.ts';
import { type ApisixTwin, startApisixTwin } from '../../../integrations/apisix/twin.ts';
import { createCalcomClient } from '../../../integrations/calcom/client.ts';
import { type CalcomTwin, startCalcomTwin } from '../../../integrations/calcom/twin.ts';
import { createCalendlyClient } from '../../../integrations/calendly/client.ts';
import { type CalendlyTwin, startCalendlyTwin } from '../../../integrations/calendly/twin.ts';
import { createSaleorClient } from '../../../integrations/saleor/client.ts';
import { schedulingProviders } from '../../../integrations/scheduling/providers.ts';
import { type SaleorTwin, startSaleorTwin } from '../../../integrations/saleor/twin.ts';
import { makeTwinKey } from '../../../integrations/saleor/twin-keys.ts';
import type { OutsideEvent } from '../../../workflows/contract/events.ts';
import type {
  HousekeepingJob,
  HousekeepingPage,
  HousekeepingPageRequest,
  HousekeepingTally,
} from '../../../workflows/contract/housekeeping.ts';
import type { Instant } from '../../../workflows/contract/values.ts';
import { NOW } from './rows.ts';
import { createWorld, type World } from './world.ts';

export const CALLBACK = 'https://latchkey.example/api/v1/public/calendly/webhook';

export interface Housekeeper {
  readonly world: World;
  readonly dependencies: HousekeepingDependencies;
  /** Where the provider's webhooks go; taken up by the next run. */
  readonly callback: { url: string; readonly signingKey: string };
  readonly saleor: SaleorTwin;
  readonly calendly: CalendlyTwin;
  readonly calcom: CalcomTwin;
  readonly apisix: ApisixTwin;
  /** Temporal as far as housekeeping sees it: a run that is not named here runs. */
  readonly runStates: Map<string, RunState>;
  /** Called when a run is asked for, before the answer. */
  onAsked: () => Promise<unknown>;
  readonly told: { readonly workflowId: string; readonly events: readonly OutsideEvent[] }[];
  /** The clock of everything, twins included. */
  now: Instant;
  page(job: HousekeepingJob, cursor?: string | null): Promise<HousekeepingPage>;
  /** All pages of a run, as one. */
  run(job: HousekeepingJob): Promise<HousekeepingTally>;
  close(): Promise<void>;
}

const timeoutMs = 5000;

/** Nothing is signed here; making a key takes longer than all the rest. */
const twinKey = makeTwinKey();

/** One paid session in a database of its own; shop, provider and gateway speak their own wire formats. */
export async function startHousekeeper(): Promise<Housekeeper> {
  const clock = { now: NOW };
  const now = (): Instant => clock.now;
  const world = await createWorld();
  const [saleor, calendly, calcom, apisix] = await Promise.all([
    startSaleorTwin({ port: 0, events: [], now, key: await twinKey }),
    // Retries without a wait: a day of failed webhooks in a moment.
    startCalendlyTwin({ port: 0, token: 'pat', eventTypeUuid: 'et-1', now, retryScale: 0 }),
    startCalcomTwin({ port: 0, now, meetingsEveryMs: 0 }),
    startApisixTwin({ adminPort: 0, gatewayPort: 0, adminKey: 'admin-key', now }),
  ]);
  const gateway = createGatewayClient({
    adminUrl: apisix.adminUrl,
    adminKey: 'admin-key',
    gatewayUrl: apisix.gatewayUrl,
    timeoutMs,
  });
  await gateway.bootstrap({
    forwardAuthUrl: 'http://127.0.0.1:1/forward-auth',
    upstreamUrl: 'http://127.0.0.1:1',
    gatewaySecret: 'gateway-secret',
    upstreamSecret: 'upstream-secret',
    identityHeaders: ['X-Session-Id'],
  });
  const shop = createSaleorClient({ apiUrl: saleor.apiUrl, appToken: saleor.appToken, timeoutMs });
  const calendlyClient = createCalendlyClient({
    baseUrl: calendly.url,
    token: 'pat',
    links: 'share',
    timeoutMs,
  });
  const calcomClient = createCalcomClient({
    baseUrl: calcom.url,
    webUrl: calcom.url,
    apiKey: 'cal_key',
    timeoutMs,
  });
  const callback = { url: CALLBACK, signingKey: 'signing-key' };
  const runStates = new Map<string, RunState>();
  const told: Housekeeper['told'] = [];
  const dependencies: HousekeepingDependencies = {
    ...world.dependencies,
    clock: now,
    apisix: gateway,
    scheduling: schedulingProviders([calendlyClient, calcomClient]),
    calendly: calendlyClient,
    runs: {
      async stateOf(workflowId) {
        await house.onAsked();
        return runStates.get(workflowId) ?? 'running';
      },
      async tell(workflowId, events) {
        told.push({ workflowId, events });
        return 'delivered';
      },
    },
    routes: gateway,
    shops: {
      all: [{ domain: saleor.domain, orders: shop }],
      productTypes: ['paid-session'],
      orderDays: 7,
      resealCredential: async () => false,
    },
    subscriptions: [{ provider: 'calendly', ensure: () => calendlyClient.ensureWebhook(callback) }],
    retention: { inboxBodyDays: 30, recordDays: 730 },
  };
  const activities = createHousekeepingActivities(dependencies);
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const page = (job: HousekeepingJob, cursor: string | null = null): Promise<HousekeepingPage> =>
    environment.run((request: HousekeepingPageRequest) => activities.housekeep(request), {
      job,
      cursor,
      startedAt: now(),
    });
  const house: Housekeeper = {
    world,
    callback,
    onAsked: async () => undefined,
    dependencies,
    saleor,
    calendly,
    calcom,
    apisix,
    runStates,
    told,
    get now() {
      return clock.now;
    },
    set now(instant) {
      clock.now = instant;
    },
    page,
    async run(job) {
      const pages = [await page(job)];
      for (let last = pages[0]; last && last.cursor !== null; last = pages.at(-1)) {
        if (pages.length > 50) throw new Error(`${job} has no end`);
        pages.push(await page(job, last.cursor));
      }
      const sum = (count: (one: HousekeepingPage) => number) =>
        pages.reduce((total, one) => total + count(one), 0);
      return {
        looked: sum((one) => one.looked),
        repaired: sum((one) => one.repaired),
        raised: sum((one) => one.raised),
        failed: sum((one) => one.failed),
        untouched: sum((one) => one.untouched),
        notes: pages.flatMap((one) => one.notes),
      };
    },
    async close() {
      await Promise.all([saleor.close(), calendly.close(), calcom.close(), apisix.close()]);
      await world.close();
    },
  };
  return house;
}
