import * as oidc from 'openid-client';
import type { OidcLogin, OidcOutcome } from './oidc-contract.ts';
import { createOidcProvider, type OidcProviderOptions, type Redeemed } from './oidc-provider.ts';

export type OidcLoginOptions = Omit<OidcProviderOptions, 'scope' | 'audience'>;

interface Identity {
  readonly email: unknown;
  readonly verified: unknown;
}

/** From the ID token, or from where a provider that keeps it small tells it (OpenID Connect Core 1.0, 5.4). */
async function identityOf({ provider, tokens }: Redeemed): Promise<Identity> {
  const claims = tokens.claims();
  if (claims === undefined) return { email: undefined, verified: undefined };
  if (claims['email'] !== undefined) return { email: claims['email'], verified: claims['email_verified'] };
  if (provider.serverMetadata().userinfo_endpoint === undefined)
    return { email: undefined, verified: undefined };
  const told = await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub);
  return { email: told.email, verified: told.email_verified };
}

/**
 * Logs clients in with their account at an OpenID Connect provider.
 *
 * @throws {RangeError} for an issuer on plain HTTP that is not this machine.
 */
export function createOidcLogin(options: OidcLoginOptions): OidcLogin {
  const provider = createOidcProvider({
    ...options,
    scope: 'openid email',
    audience: 'latchkey:login-state',
  });
  return {
    begin: (back) => provider.begin(back),
    finish: (callback, state) =>
      provider.finish<OidcOutcome>(callback, state, async (redeemed) => {
        const { email, verified } = await identityOf(redeemed);
        if (typeof email !== 'string' || email === '' || verified !== true)
          return { ok: false, reason: 'unverified-email' };
        return { ok: true, email, back: redeemed.back };
      }),
  };
}
