import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { writeAudit } from '../../db/queries/audit.ts';
import type { SaleorCredential, SaleorCredentials } from '../../db/saleor-credentials.ts';
import { domainOf } from '../../integrations/saleor/shops.ts';
import type { Clock } from '../../platform/clock.ts';
import type { SaleorShop } from '../../platform/config.ts';
import { CodedFailure, type FailureCode } from '../../platform/failures.ts';
import type { IntakeLog } from '../intake/log.ts';
import { describeOperation } from '../operations/operation.ts';
import { type Outcome, refusal, reply, type Routes } from '../operations/routes.ts';
import { saleorApp } from './family.ts';

export interface RegisterDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: IntakeLog;
  readonly shops: readonly SaleorShop[];
  readonly credentials: SaleorCredentials;
  /** Whose the token is at this shop; undefined: nobody's. */
  readonly appIdOf: (apiUrl: string, token: string) => Promise<string | undefined>;
  /** Rejects when the shop's public keys cannot be had. */
  readonly fetchKeys: (apiUrl: string) => Promise<unknown>;
}

const API_URL = 'saleor-api-url';
/** In the words of Saleor's app SDK. */
const MISSING_TOKEN = 'Missing auth token.';

export const registerSaleorAppOperation = describeOperation({
  id: 'registerSaleorApp',
  method: 'post',
  path: '/saleor/register',
  tag: 'vendors',
  summary: 'A Saleor shop hands over the token of the app that it installs',
  description:
    'Called by the shop, without a signature: so only the configured shops are listened to, and the token counts for ' +
    'nothing until the shop itself, at its configured address, has said whose it is. A shop that deleted the app and ' +
    'installs it again takes the place of the earlier installation; while the earlier token is good, nobody does.',
  family: saleorApp,
  access: { kind: 'anyone' },
  limits: ['registrations-per-address'],
  headers: z.object({
    [API_URL]: z
      .string()
      .max(500)
      .optional()
      .meta({ description: 'The shop’s GraphQL endpoint. Compared with the configured ones, never called.' }),
  }),
  body: z
    .looseObject({
      auth_token: z
        .string({ error: MISSING_TOKEN })
        .min(1, { error: MISSING_TOKEN })
        .max(500)
        .meta({ description: 'Opaque; never expires.' }),
    })
    .meta({ id: 'SaleorRegistration' }),
  bodyExample: { auth_token: 'LHVia0RqDVbWJ9HXhI75rjWc8jPXY9' },
  answers: {
    200: {
      description: 'The token is kept, encrypted.',
      body: z.object({ success: z.literal(true) }).meta({ id: 'SaleorRegistered' }),
      example: { success: true },
    },
  },
  refusals: [
    'shop-not-allowed',
    'app-not-verified',
    'shop-keys-missing',
    'already-exists',
    'store-unavailable',
  ],
});

export function addRegisterSaleorAppRoute(routes: Routes, deps: RegisterDeps): void {
  const { log, shops, credentials } = deps;

  const refuse = (code: FailureCode, domain: string | null, detail?: string): Outcome => {
    log.warn({ shop: domain, code }, 'installation refused');
    return refusal(code, detail === undefined ? {} : { detail });
  };

  /** Of an installation that was stored before; a token from the environment never stands in the way. */
  async function storedBefore(domain: string): Promise<SaleorCredential | undefined> {
    try {
      const known = await credentials.of(domain);
      return known?.registeredAt ? known : undefined;
    } catch (error) {
      // Its key is lost: nobody can use it any more, and the new installation is the way out.
      if (error instanceof CodedFailure && error.code === 'credential-unreadable') return undefined;
      throw error;
    }
  }

  /** A shop has one installation: another token is believed only once the earlier one is void. */
  async function isTaken(
    apiUrl: string,
    known: SaleorCredential | undefined,
    appId: string,
  ): Promise<boolean> {
    if (!known || known.appId === appId) return false;
    return (await deps.appIdOf(apiUrl, known.token)) !== undefined;
  }

  routes.add(registerSaleorAppOperation, async ({ headers, body }) => {
    const token = body.auth_token;
    const shop = shopOf(shops, headers[API_URL]);
    if (!shop) return refuse('shop-not-allowed', null);
    const { apiUrl } = shop;
    const domain = domainOf(apiUrl);

    let appId: string | undefined;
    let taken: boolean;
    const known = await storedBefore(domain);
    try {
      appId = await deps.appIdOf(apiUrl, token);
      taken = appId !== undefined && (await isTaken(apiUrl, known, appId));
    } catch {
      return refuse('app-not-verified', domain);
    }
    if (appId === undefined) return refuse('app-not-verified', domain);
    if (taken)
      return refuse(
        'already-exists',
        domain,
        'Another app of this shop is registered, and its token is still good. Delete that app first.',
      );
    try {
      await deps.fetchKeys(apiUrl);
    } catch {
      return refuse('shop-keys-missing', domain);
    }
    const at = new Date(deps.clock());
    try {
      await credentials.keep({ domain, apiUrl, appId, token, at });
      await writeAudit(deps.db, [
        {
          at,
          tenantId: shop.tenantId,
          actor: 'system',
          action: 'saleor.registered',
          subject: domain,
          reason: known === undefined ? null : 'replaced',
          details: { appId },
        },
      ]);
    } catch {
      return refuse('store-unavailable', domain);
    }
    log.info({ shop: domain, appId }, 'the shop has installed the app');
    return reply(200, { success: true });
  });
}

/** The configured shop that this address names. */
function shopOf(shops: readonly SaleorShop[], named: string | undefined): SaleorShop | undefined {
  if (named === undefined || !URL.canParse(named)) return undefined;
  const { href } = new URL(named);
  return shops.find(({ apiUrl }) => new URL(apiUrl).href === href);
}
