import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { createHttpClient } from '../../platform/http-client.ts';
import type { Check, Look } from '../setup/check.ts';
import { lookOfFailure } from '../setup/vendor-look.ts';
import { type AdminApiOptions, createAdminApi } from './admin-api.ts';
import type { GatewayBootstrap } from './contract.ts';
import { gatewayDemands } from './control.ts';
import { gatewayIds } from './resources.ts';
import { gatewayDetail, gatewaySubject } from './setup.ts';

export interface ApisixDoctor extends AdminApiOptions {
  /** Where clients reach the gateway. */
  readonly gatewayUrl: string;
  readonly settings: GatewayBootstrap;
}

const SETTINGS = { vendor: 'APISIX', address: 'APISIX_ADMIN_URL', credential: 'APISIX_ADMIN_KEY' } as const;
const PROVISION = 'Run `npm run provision -- --only apisix`; look who else changes the gateway.';

/** Older ones let a client's own identity header through when forward-auth leaves it out. */
const OLDEST = { major: 3, minor: 17 } as const;

/** Whether the version in a `Server` header is new enough; undefined when it says none. */
export function isNewEnough(server: string | null): boolean | undefined {
  const [, major, minor] = /^APISIX\/(\d+)\.(\d+)/.exec(server ?? '') ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return Number(major) > OLDEST.major || (Number(major) === OLDEST.major && Number(minor) >= OLDEST.minor);
}

/** What the gateway's answer for a session that does not exist tells of the way to forward-auth. */
export function lookThroughGateway(status: number, body: string): Look {
  if (status === 401 || status === 302)
    return { status: 'ok', message: `The gateway asks forward-auth, which answers ${status}` };
  if (status === 404)
    return {
      status: 'failed',
      message: 'The gateway has no route for sessions',
      remedy: `${PROVISION} If the routes are there, GATEWAY_URL leads to another gateway.`,
    };
  // Ours is a problem document; the gateway's own is a page.
  if (status === 503 && body.trimStart().startsWith('{'))
    return {
      status: 'failed',
      message: 'Forward-auth is reached and cannot tell',
      remedy: 'Look at the checks of PostgreSQL and Temporal, and at the log of the API.',
    };
  if (status === 503)
    return { status: 'failed', message: 'The gateway does not reach forward-auth: it answers 503' };
  return { status: 'failed', message: `The gateway answers ${status} for a session that does not exist` };
}

export function apisixChecks(options: ApisixDoctor): readonly Check[] {
  const admin = createAdminApi(options);
  const http = createHttpClient({
    vendor: 'apisix',
    baseUrl: options.adminUrl.replace(/\/+$/, '').replace(/\/apisix\/admin$/, ''),
    headers: { 'x-api-key': options.adminKey },
    timeoutMs: options.timeoutMs,
  });

  /** The demands of these collections, compared. */
  async function compare(collections: readonly string[], well: string): Promise<Look> {
    const found: string[] = [];
    for (const demand of gatewayDemands(admin, options.settings)) {
      if (!collections.includes(demand.resource.split('/')[0] ?? '')) continue;
      const difference = await demand.look();
      if (difference) found.push(`${gatewaySubject(demand.resource)}: ${gatewayDetail(difference)}`);
    }
    if (found.length === 0) return { status: 'ok', message: well };
    return { status: 'failed', message: found.join('; ') };
  }

  return [
    {
      name: 'apisix-key',
      subject: 'The Admin API answers, and takes `APISIX_ADMIN_KEY`',
      remedy: 'Put the key of `deployment.admin.admin_key` into `APISIX_ADMIN_KEY` and restart.',
      after: [],
      async look() {
        try {
          await admin.get({ collection: 'global_rules', id: gatewayIds.denyRule });
          return { status: 'ok', message: 'The Admin API takes the key' };
        } catch (error) {
          return lookOfFailure(error, SETTINGS);
        }
      },
    },
    {
      name: 'apisix-version',
      subject: `APISIX is ${OLDEST.major}.${OLDEST.minor} or newer`,
      remedy: `Upgrade to APISIX ${OLDEST.major}.${OLDEST.minor} or newer: older ones let a client's own identity headers through.`,
      after: ['apisix-key'],
      async look() {
        const { headers } = await http.request({
          method: 'GET',
          path: `/apisix/admin/global_rules/${gatewayIds.denyRule}`,
          accept: [200, 404],
          schema: z.unknown(),
        });
        const server = headers.get('server');
        switch (isNewEnough(server)) {
          case true:
            return { status: 'ok', message: `${server}` };
          case false:
            return { status: 'failed', message: `${server} is too old` };
          case undefined:
            return {
              status: 'warning',
              message: 'The Admin API does not say its version',
              remedy: 'Look at `apisix version`; something in front of the Admin API changes its headers.',
            };
        }
      },
    },
    {
      name: 'apisix-rule',
      subject: 'The global rule that denies is there, unchanged',
      remedy: PROVISION,
      after: ['apisix-key'],
      look: () => compare(['global_rules'], 'The global rule that denies is as wanted'),
    },
    {
      name: 'apisix-services',
      subject: 'Our upstream and services are there, unchanged',
      remedy: PROVISION,
      after: ['apisix-key'],
      look: () => compare(['upstreams', 'services'], 'Upstream and services are as wanted'),
    },
    {
      name: 'apisix-routes',
      subject: 'The permanent routes are there, unchanged',
      remedy: PROVISION,
      after: ['apisix-key'],
      look: () => compare(['routes'], 'The permanent routes are as wanted'),
    },
    {
      name: 'apisix-forward-auth',
      subject: 'A request through `GATEWAY_URL` reaches forward-auth',
      remedy:
        'Check `FORWARD_AUTH_URL` from where APISIX runs: `INTERNAL_HOST` must not be the loopback address of another machine.',
      after: ['apisix-routes', 'apisix-services'],
      async look() {
        const slug = randomBytes(16).toString('base64url');
        let response: Response;
        try {
          response = await fetch(`${options.gatewayUrl.replace(/\/+$/, '')}/customer/s/${slug}`, {
            headers: { accept: 'application/json' },
            redirect: 'manual',
            signal: AbortSignal.timeout(options.timeoutMs),
          });
        } catch {
          return {
            status: 'failed',
            message: 'Nothing answers at GATEWAY_URL from here',
            remedy: 'Check `GATEWAY_URL`, the name server, the certificate and the network from here.',
          };
        }
        return lookThroughGateway(response.status, await response.text());
      },
    },
  ];
}
