import type { Environment } from '../../platform/environment.ts';
import type { DevelopmentSecrets } from './development-secrets.ts';

/** Secrets and addresses that nobody set, for our own processes. What is set in the environment wins. */
export function ownSettings(
  secrets: DevelopmentSecrets,
  ports: { readonly public: number; readonly internal: number },
): Record<string, string> {
  return {
    LATCHKEY_ENV: 'development',
    PORT: String(ports.public),
    INTERNAL_PORT: String(ports.internal),
    WORKER_HEALTH_PORT: '0',
    WORKER_METRICS_PORT: '0',
    PUBLIC_URL: `http://127.0.0.1:${ports.public}`,
    UPSTREAM_URL: `http://127.0.0.1:${ports.public}`,
    FORWARD_AUTH_URL: `http://127.0.0.1:${ports.internal}/forward-auth`,
    GATEWAY_SECRET: secrets.gatewaySecret,
    UPSTREAM_SECRET: secrets.upstreamSecret,
    LINK_SIGNING_KEYS: `development:${secrets.linkKey}`,
    COOKIE_KEYS: `development:${secrets.cookieKey}`,
    AUTH_KEYS: `development:${secrets.authKey}`,
    PAYLOAD_KEYS: `development:${secrets.payloadKey}`,
    CREDENTIAL_KEYS: `development:${secrets.credentialKey}`,
  };
}

/** What is set in an environment: an empty variable counts as not set. */
export function setIn(env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
