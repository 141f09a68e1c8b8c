import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import { createPayloadCipher } from '../../platform/payload-codec/cipher.ts';
import { createBearer } from '../auth/bearer.ts';
import { createApp, drain, listen, urlOf } from '../listener.ts';
import { notFound, problemHandler, requestIdOf } from '../problem.ts';
import { describeError } from '../request-log.ts';
import { allowOrigin } from './allowed-origin.ts';
import { createCodecRoutes } from './codec-routes.ts';
import { onlyOperators } from './only-operators.ts';
import { createOperatorCookies } from './operator-cookie.ts';
import { createSignIn } from './sign-in.ts';

const DRAIN_MS = 2000;

/** What the codec server needs of the configuration. */
export type CodecConfig = Pick<Config, 'env' | 'auth' | 'keys' | 'codec' | 'temporal'>;

export interface RunningCodec {
  readonly url: string;
  /** Idempotent. */
  close(): Promise<void>;
}

function originOf(config: CodecConfig): string | null {
  if (config.codec.allowedOrigin !== null) return config.codec.allowedOrigin;
  return config.temporal.uiUrl === null ? null : new URL(config.temporal.uiUrl).origin;
}

/**
 * Shows Temporal UI and the CLI the payloads in clear, to operators, on a listener of its own. It stands on keys
 * alone: it works while PostgreSQL and Temporal are away.
 *
 * @throws when the port is taken, naming CODEC_PORT.
 */
export async function startCodec(
  config: CodecConfig,
  log: Logger,
  clock: Clock = systemClock,
): Promise<RunningCodec> {
  const inDevelopment = config.env === 'development';
  const verify = createBearer(config.auth, { clock });
  const cookies = createOperatorCookies(config.keys.cookie, !inDevelopment);
  const origin = originOf(config);
  let stopping = false;
  const app = createApp({
    log,
    listener: 'codec',
    strictTransport: !inDevelopment,
    isStopping: () => stopping,
  });
  const guards = { origin: allowOrigin(origin), operator: onlyOperators({ verify, cookies, clock }) };
  app.use(createCodecRoutes(createPayloadCipher(config.keys.payload), guards));
  app.use(createSignIn({ verify, cookies, clock, uiOrigin: origin }));
  app.use(
    notFound,
    problemHandler((error, req) =>
      log.error({ requestId: requestIdOf(req), err: describeError(error) }, 'request failed'),
    ),
  );
  const server: Server = await listen(app, config.codec.port, config.codec.host, 'CODEC_PORT');
  let closing: Promise<void> | undefined;
  return {
    url: urlOf(server),
    close() {
      stopping = true;
      return (closing ??= drain(server, DRAIN_MS));
    },
  };
}
