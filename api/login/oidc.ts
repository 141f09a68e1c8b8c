import * as oidc from 'openid-client';
import { isTrustedTransport } from '../auth/issuer-address.ts';
import { CodedFailure } from '../../platform/failures.ts';
import type { Clock } from '../../platform/clock.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { OidcLogin, OidcOutcome } from './oidc-contract.ts';
import { refusalOfProvider, wordOf } from './oidc-failures.ts';
import { createLoginStateSeal, type LoginState } from './oidc-state.ts';

export interface OidcLoginOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the provider sends the client back to, as it is registered there. */
  readonly redirectUri: string;
  readonly cookieKeys: KeyRing;
  readonly clock: Clock;
  /** Is told in a word why a login failed; never anything of the person. */
  readonly report?: (step: 'discovery' | 'callback', word: string) => void;
  /** Per request to the provider, in seconds. Default 5. */
  readonly timeoutSeconds?: number;
}

interface Identity {
  readonly email: unknown;
  readonly verified: unknown;
}

/**
 * By post only where the provider does not take the header, which is what every provider takes by default (OpenID
 * Connect Discovery 1.0, `token_endpoint_auth_methods_supported`).
 */
function clientSecretAuth(secret: string): oidc.ClientAuth {
  const [post, basic] = [oidc.ClientSecretPost(secret), oidc.ClientSecretBasic(secret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const auth = methods.includes('client_secret_basic') ? basic : post;
    return auth(server, client, body, headers);
  };
}

/** From the ID token, or from where a provider that keeps it small tells it (OpenID Connect Core 1.0, 5.4). */
async function identityOf(
  provider: oidc.Configuration,
  tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
): Promise<Identity> {
  const claims = tokens.claims();
  if (claims === undefined) return { email: undefined, verified: undefined };
  if (claims['email'] !== undefined) return { email: claims['email'], verified: claims['email_verified'] };
  if (provider.serverMetadata().userinfo_endpoint === undefined)
    return { email: undefined, verified: undefined };
  const told = await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub);
  return { email: told.email, verified: told.email_verified };
}

/**
 * Logs clients in with their account at an OpenID Connect provider: authorization code with PKCE, state and nonce.
 * The provider is looked up with the first login, and again after a failure.
 *
 * @throws {RangeError} for an issuer on plain HTTP that is not this machine.
 */
export function createOidcLogin(options: OidcLoginOptions): OidcLogin {
  const issuer = new URL(options.issuer);
  if (!isTrustedTransport(issuer))
    throw new RangeError('the issuer that clients log in with must be on https://, or on this machine');
  const seal = createLoginStateSeal(options.cookieKeys, options.clock);
  let known: Promise<oidc.Configuration> | undefined;

  async function discover(): Promise<oidc.Configuration> {
    const provider = await oidc.discovery(
      issuer,
      options.clientId,
      undefined,
      clientSecretAuth(options.clientSecret),
      {
        timeout: options.timeoutSeconds ?? 5,
        execute: [
          // The ID token's own signature too: the connection alone would do, but it is somebody's whole identity.
          oidc.enableNonRepudiationChecks,
          ...(issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
        ],
      },
    );
    return provider;
  }

  async function provider(): Promise<oidc.Configuration> {
    known ??= discover();
    const asked = known;
    try {
      return await asked;
    } catch (error) {
      if (known === asked) {
        known = undefined;
        options.report?.('discovery', wordOf(error));
      }
      throw error;
    }
  }

  async function redeem(callback: URL, begun: LoginState): Promise<OidcOutcome> {
    // What the provider compares is the address that it was given, not the one by which the gateway reached us.
    const answer = new URL(options.redirectUri);
    answer.search = callback.search;
    const from = await provider();
    const tokens = await oidc.authorizationCodeGrant(from, answer, {
      expectedState: begun.state,
      expectedNonce: begun.nonce,
      pkceCodeVerifier: begun.verifier,
      idTokenExpected: true,
    });
    const { email, verified } = await identityOf(from, tokens);
    if (typeof email !== 'string' || email === '' || verified !== true)
      return { ok: false, reason: 'unverified-email' };
    return { ok: true, email, back: begun.back };
  }

  return {
    async begin(back) {
      let at: oidc.Configuration;
      try {
        at = await provider();
      } catch (cause) {
        throw new CodedFailure('vendor-unavailable', 'the login provider cannot be reached', { cause });
      }
      const begun: LoginState = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
        back,
      };
      const location = oidc.buildAuthorizationUrl(at, {
        redirect_uri: options.redirectUri,
        response_type: 'code',
        scope: 'openid email',
        state: begun.state,
        nonce: begun.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(begun.verifier),
        code_challenge_method: 'S256',
      });
      return { location: location.href, state: await seal.seal(begun) };
    },

    async finish(callback, state) {
      const begun = await seal.open(state);
      if (begun === undefined) return { ok: false, reason: 'no-state' };
      try {
        return await redeem(callback, begun);
      } catch (error) {
        options.report?.('callback', wordOf(error));
        return { ok: false, reason: refusalOfProvider(error) };
      }
    },
  };
}
