import { CodedFailure } from '../platform/failures.ts';
import { createSealing } from '../platform/sealing.ts';
import type { KeyRing } from '../platform/keys.ts';
import type { Database } from './connect.ts';
import { keepSaleorApp, resealSaleorApp, saleorAppOf } from './queries/saleor-apps.ts';

/** A shop, and the token that the environment has for it. */
interface Shop {
  readonly domain: string;
  readonly token: string | null;
}

/** What opens a shop's API to us. */
export interface SaleorCredential {
  readonly token: string;
  /** The app's id; null for a token from the environment, which does not say. */
  readonly appId: string | null;
  /** Null for a token from the environment. */
  readonly registeredAt: Date | null;
}

export interface SaleorCredentials {
  /** What the shop gave us when it installed the app, else what the environment has; undefined: nothing. */
  of(domain: string): Promise<SaleorCredential | undefined>;
  /** @throws {CodedFailure} `app-not-installed` when there is none, `credential-unreadable`. */
  tokenOf(domain: string): Promise<string>;
  /** The app as the shop has installed it. Reads no token. */
  installationOf(
    domain: string,
  ): Promise<{ readonly appId: string; readonly registeredAt: Date } | undefined>;
  /** Whether the shop may send us webhooks, and to which app of its. Reads no token. */
  recipientOf(domain: string): Promise<{ readonly appId: string | null } | undefined>;
  /** Takes the place of what was stored for the shop, in one statement. */
  keep(app: { domain: string; apiUrl: string; appId: string; token: string; at: Date }): Promise<void>;
  /** Encrypts the stored token with the newest key, where another one did. */
  reseal(domain: string): Promise<boolean>;
}

const PURPOSE = 'latchkey saleor app token';

/** Nothing is remembered between two calls: the app may be installed anew at any time, through any process. */
export function createSaleorCredentials(
  db: Database,
  settings: { readonly shops: readonly Shop[]; readonly keys: KeyRing },
): SaleorCredentials {
  const sealing = createSealing(settings.keys, PURPOSE);
  const configured = new Map(settings.shops.map(({ domain, token }) => [domain, token]));

  async function of(domain: string): Promise<SaleorCredential | undefined> {
    if (!configured.has(domain)) return undefined;
    const app = await saleorAppOf(db, domain);
    if (app) {
      const token = sealing.open({ keyId: app.token_key_id, bytes: app.token }, domain);
      return { token, appId: app.app_id, registeredAt: app.registered_at };
    }
    const token = configured.get(domain) ?? null;
    return token === null ? undefined : { token, appId: null, registeredAt: null };
  }

  async function installationOf(domain: string) {
    const app = configured.has(domain) ? await saleorAppOf(db, domain) : undefined;
    return app && { appId: app.app_id, registeredAt: app.registered_at };
  }

  return {
    of,
    async tokenOf(domain) {
      const credential = await of(domain);
      if (!credential) throw new CodedFailure('app-not-installed', 'this shop has not installed the app');
      return credential.token;
    },
    installationOf,
    async recipientOf(domain) {
      if (!configured.has(domain)) return undefined;
      const app = await installationOf(domain);
      if (app) return { appId: app.appId };
      return configured.get(domain) === null ? undefined : { appId: null };
    },
    async keep({ domain, apiUrl, appId, token, at }) {
      const { keyId, bytes } = sealing.seal(token, domain);
      await keepSaleorApp(db, { domain, apiUrl, appId, keyId, token: bytes, at });
    },
    async reseal(domain) {
      const app = await saleorAppOf(db, domain);
      if (!app || app.token_key_id === settings.keys.newest.id) return false;
      const token = sealing.open({ keyId: app.token_key_id, bytes: app.token }, domain);
      const { keyId, bytes } = sealing.seal(token, domain);
      return resealSaleorApp(db, app, { keyId, token: bytes });
    },
  };
}
