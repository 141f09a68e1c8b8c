import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/create.ts';
import { createGatewayClient } from '../../integrations/apisix/client.ts';
import type { GatewayClient } from '../../integrations/apisix/contract.ts';
import { startApisixTwin } from '../../integrations/apisix/twin.ts';
import { startTwin } from '../../integrations/sandbox/twin.ts';
import { sessionRouteId } from '../../platform/session-ids.ts';
import type { Instant } from '../../workflows/contract/values.ts';
import {
  type Cell,
  type Effect,
  eitherWay,
  expectOneEach,
  type OnCall,
  requestRows,
  requestsOf,
} from './support/effect-matrix.ts';
import { NOW } from './support/rows.ts';
import { faultsOf } from './support/vendor-faults.ts';
import { createWorld, type World } from './support/world.ts';

const ADMIN_KEY = 'admin-key';
const until = (NOW + 3_600_000) as Instant;

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

let units = 0;

/** A session at an APISIX of its own, whose gateway is reached through something that can fail. */
async function startSession(onCall: OnCall) {
  const sessionKey = await world.another((units += 1));
  const twin = await startApisixTwin({ adminPort: 0, gatewayPort: 0, adminKey: ADMIN_KEY, now: () => NOW });
  const front = await startTwin(
    {
      vendor: 'gateway',
      listener: (request, response) => {
        void fetch(twin.gatewayUrl + request.url)
          .then(async (answer) => response.writeHead(answer.status).end(await answer.text()))
          .catch(() => response.destroy());
      },
      errorBody: () => ({ contentType: 'text/html', body: '<h1>It is broken</h1>' }),
      tables: () => [],
    },
    { port: 0 },
  );
  const at = { adminUrl: twin.adminUrl, adminKey: ADMIN_KEY, gatewayUrl: front.url };
  const clients = eitherWay((timeoutMs) => createGatewayClient({ ...at, timeoutMs, onCall }));
  const patient = clients(false);
  // No one answers behind it: a route that is live says 503, one that is not 404.
  await patient.bootstrap({
    forwardAuthUrl: 'http://127.0.0.1:1/forward-auth',
    upstreamUrl: 'http://127.0.0.1:1',
    gatewaySecret: 'gateway-secret',
    upstreamSecret: 'upstream-secret',
    identityHeaders: ['X-Session-Id'],
  });
  const activitiesOn = (apisix: GatewayClient) =>
    createActivities({ ...world.dependencies, apisix, routeWaitMs: 20_000, clock: () => NOW });
  const cell = (faults: Cell['faults'], attempt: Cell['attempt']): Cell => ({
    faults,
    attempt,
    outcome: async () =>
      twin
        .routes()
        .filter(({ id }) => id === sessionRouteId(sessionKey))
        .map(({ expiresAt }) => expiresAt),
    close: () => Promise.all([twin.close(), front.close()]),
  });
  return { twin, front, sessionKey, clients, patient, activitiesOn, cell };
}

const ROUTE = '/apisix/admin/routes/:id';
const LEASE = until + 86_400_000;

const effects: readonly Effect[] = [
  {
    name: 'putRoute',
    requests: [`PUT ${ROUTE}`, 'GET /customer/s/:slug'],
    faulted: [0],
    expected: [LEASE],
    async start(onCall) {
      const { activitiesOn, clients, sessionKey, twin, cell } = await startSession(onCall);
      return cell(twin.faults, (hasty) => activitiesOn(clients(hasty)).putRoute({ sessionKey, until }));
    },
  },
  {
    name: 'deleteRoute',
    requests: [`DELETE ${ROUTE}`, `GET ${ROUTE}`],
    expected: [],
    async start(onCall) {
      const { activitiesOn, clients, sessionKey, twin, patient, cell } = await startSession(onCall);
      const lease = { slug: `slug-${sessionKey}`, sessionKey, ttlSeconds: 3600 };
      await patient.putRoute({ ...lease, id: sessionRouteId(sessionKey) });
      return cell(twin.faults, (hasty) => activitiesOn(clients(hasty)).deleteRoute({ sessionKey }));
    },
  },
];

/** Whatever the gateway says but "no such route", the URL is live; where it says nothing it is looked at again. */
const waitingForTheUrl: Effect = {
  name: 'putRoute, at the gateway',
  requests: ['GET /customer/s/:slug'],
  expected: [LEASE],
  failsAttempts: false,
  async start(onCall) {
    const { activitiesOn, clients, sessionKey, front, patient, cell } = await startSession(onCall);
    return cell(front.faults, (hasty) => {
      const looking = clients(hasty);
      const awaitLive = (slug: string, ms: number) => looking.awaitLive(slug, ms);
      return activitiesOn({ ...patient, awaitLive }).putRoute({ sessionKey, until });
    });
  },
};

describe('one route, and none', () => {
  test.each(effects)('$name makes these requests and no others', async (effect) => {
    expect(await requestsOf(effect)).toEqual({ requests: effect.requests, outcome: effect.expected });
  });

  test.each(requestRows([...effects, waitingForTheUrl]))(
    '$title, under every fault',
    async ({ effect, nth }) => {
      await expectOneEach(effect, nth, faultsOf.apisix());
    },
  );
});
