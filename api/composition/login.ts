import type { Router } from 'express';
import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import { createZammadClient } from '../../integrations/zammad/client.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import type { Admission } from '../../platform/vendor-pace/admission.ts';
import type { Revocations } from '../gate/revocations.ts';
import { type Background, createBackground } from '../login/background.ts';
import { createOidcLogin } from '../login/oidc.ts';
import { createResendLinks } from '../login/resend-links.ts';
import { createLoginRoutes } from '../login/routes.ts';
import { createSendCode } from '../login/send-code.ts';
import { createLoginSweep, type LoginSweep } from '../login/sweep.ts';
import type { ObserveLogin } from '../metrics/observers.ts';
import { describeError } from '../request-log.ts';
import type { SessionStarter } from '../sessions/starter.ts';
import type { Callers } from './callers.ts';

const ZAMMAD_TIMEOUT_MS = 5000;

export interface Login {
  readonly routes: Router;
  readonly sweep: LoginSweep;
  readonly background: Background;
}

export function composeLogin(
  config: Pick<Config, 'env' | 'apisix' | 'keys' | 'zammad' | 'login'>,
  deps: {
    readonly db: Database;
    readonly clock: Clock;
    readonly log: Logger;
    readonly callers: Callers;
    readonly revocations: Revocations;
    /** Origins whose forms are ours: the gateway's, and the public one. */
    readonly origins: readonly string[];
    readonly starter: SessionStarter;
    readonly zammadAdmission: Admission;
    readonly observe: ObserveLogin;
  },
): Login {
  const { db, clock, log } = deps;
  const gatewayOrigin = new URL(config.apisix.gatewayUrl).origin;
  const zammad = createZammadClient({
    baseUrl: config.zammad.url,
    token: config.zammad.token,
    group: config.zammad.group,
    timeoutMs: ZAMMAD_TIMEOUT_MS,
    admission: deps.zammadAdmission,
  });
  const background = createBackground((job, error) =>
    log.warn({ job, err: describeError(error) }, 'work behind an answer failed'),
  );
  const sweep = createLoginSweep({ db, clock, log, zammad });
  const oidc =
    config.login.oidc === null
      ? null
      : createOidcLogin({
          ...config.login.oidc,
          redirectUri: `${gatewayOrigin}/customer/login/oidc/callback`,
          cookieKeys: config.keys.cookie,
          clock,
          report: (step, word) => log.warn({ step, word }, 'a login at the provider came to nothing'),
        });
  const routes = createLoginRoutes({
    db,
    clock,
    log,
    upstreamSecret: config.apisix.upstreamSecret,
    origins: deps.origins,
    gatewayOrigin,
    keys: config.keys.cookie,
    secureCookies: config.env !== 'development',
    limits: deps.callers.limits,
    clientAddress: deps.callers.addressOf,
    revocations: deps.revocations,
    oidc,
    background,
    sendCode: createSendCode({ db, zammad, keys: config.keys.cookie, clock, log }),
    resendLinks: createResendLinks({ db, starter: deps.starter, clock, log }),
    observe: deps.observe,
    onCodeUsed: () => sweep.kick(),
  });
  return { routes, sweep, background };
}
