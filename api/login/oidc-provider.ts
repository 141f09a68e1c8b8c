import * as oidc from 'openid-client';
import { CodedFailure } from '../../platform/failures.ts';
import type { Clock } from '../../platform/clock.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { isTrustedTransport } from '../auth/issuer-address.ts';
import { type ProviderRefusal, refusalOfProvider, wordOf } from './oidc-failures.ts';
import { createLoginStateSeal, type LoginState } from './oidc-state.ts';

export interface OidcProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the provider sends a browser back to, as it is registered there. */
  readonly redirectUri: string;
  readonly scope: string;
  /** Keeps the states of one kind of login apart from those of another. */
  readonly audience: string;
  readonly cookieKeys: KeyRing;
  readonly clock: Clock;
  /** Is told in a word why a login failed; never anything of the person. */
  readonly report?: (step: 'discovery' | 'callback', word: string) => void;
  /** Per request to the provider, in seconds. Default 5. */
  readonly timeoutSeconds?: number;
}

/** What the provider gave for the code that a browser came back with. */
export interface Redeemed {
  readonly provider: oidc.Configuration;
  readonly tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers;
  readonly back: string | null;
}

export interface OidcProvider {
  /**
   * Where to send the browser, and a sealed text for a cookie that it must bring back.
   *
   * @throws {CodedFailure} `vendor-unavailable`: the provider cannot be reached.
   */
  begin(back: string | null): Promise<{ readonly location: string; readonly state: string }>;
  /**
   * Redeems what the browser came back with. Never throws.
   *
   * @param callback the URL that was asked for, with its query.
   * @param state the cookie's text, or undefined when there was none.
   * @param read makes of it what is wanted; what it throws is the provider's fault.
   */
  finish<T>(
    callback: URL,
    state: string | undefined,
    read: (redeemed: Redeemed) => Promise<T>,
  ): Promise<T | { readonly ok: false; readonly reason: ProviderRefusal | 'no-state' }>;
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

/**
 * An OpenID Connect provider that people log in at: authorization code with PKCE, state and nonce. It is looked up with
 * the first login, and again after a failure.
 *
 * @throws {RangeError} for an issuer on plain HTTP that is not this machine.
 */
export function createOidcProvider(options: OidcProviderOptions): OidcProvider {
  const issuer = new URL(options.issuer);
  if (!isTrustedTransport(issuer))
    throw new RangeError('the issuer that people log in with must be on https://, or on this machine');
  const seal = createLoginStateSeal(options.cookieKeys, options.clock, options.audience);
  let known: Promise<oidc.Configuration> | undefined;

  function discover(): Promise<oidc.Configuration> {
    return oidc.discovery(issuer, options.clientId, undefined, clientSecretAuth(options.clientSecret), {
      timeout: options.timeoutSeconds ?? 5,
      execute: [
        // The ID token's own signature too: the connection alone would do, but it is somebody's whole identity.
        oidc.enableNonRepudiationChecks,
        ...(issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
      ],
    });
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

  async function redeem(callback: URL, begun: LoginState): Promise<Redeemed> {
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
    return { provider: from, tokens, back: begun.back };
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
        scope: options.scope,
        state: begun.state,
        nonce: begun.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(begun.verifier),
        code_challenge_method: 'S256',
      });
      return { location: location.href, state: await seal.seal(begun) };
    },

    async finish(callback, state, read) {
      const begun = await seal.open(state);
      if (begun === undefined) return { ok: false, reason: 'no-state' };
      try {
        return await read(await redeem(callback, begun));
      } catch (error) {
        options.report?.('callback', wordOf(error));
        return { ok: false, reason: refusalOfProvider(error) };
      }
    },
  };
}
