import { apisixChecks } from '../../integrations/apisix/doctor.ts';
import { calcomChecks } from '../../integrations/calcom/doctor.ts';
import { calendlyChecks } from '../../integrations/calendly/doctor.ts';
import { mailChecks } from '../../integrations/mail/doctor.ts';
import { createMailSender } from '../../integrations/mail/sender.ts';
import { saleorChecks } from '../../integrations/saleor/doctor.ts';
import { defaultPolicy } from '../../integrations/saleor/policy.ts';
import type { Check } from '../../integrations/setup/check.ts';
import { zammadChecks } from '../../integrations/zammad/doctor.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Systems } from '../setup/systems.ts';
import { clockCheck } from './clock.ts';
import type { Area } from './areas.ts';
import { postgresChecks } from './postgres.ts';
import { keyChecks, processChecks } from './process.ts';
import { publicUrlChecks } from './public-url.ts';
import { temporalChecks } from './temporal.ts';

/** Every check, by area, in the order in which findings are told. */
export function checksOf(systems: Systems, clock: Clock): Readonly<Record<Area, readonly Check[]>> {
  const { config, calendly, calcom, requestMs: timeoutMs } = systems;
  const { localKeys } = config.auth;
  return {
    process: [
      ...processChecks(clock),
      ...keyChecks(
        {
          LINK_SIGNING_KEYS: config.keys.link,
          COOKIE_KEYS: config.keys.cookie,
          PAYLOAD_KEYS: config.keys.payload,
          CREDENTIAL_KEYS: config.keys.credential,
          ...(localKeys === null ? {} : { AUTH_KEYS: localKeys }),
        },
        clock,
        config.env === 'development',
      ),
      ...publicUrlChecks(config.http.publicUrl, config.env, timeoutMs),
      clockCheck({
        databaseUrl: config.database.url,
        vendors: {
          Saleor: config.saleor.shops[0].apiUrl,
          Zammad: config.zammad.url,
          APISIX: config.apisix.gatewayUrl,
          ...(config.calendly === null ? {} : { Calendly: config.calendly.apiUrl }),
          ...(config.calcom === null ? {} : { 'Cal.com': config.calcom.apiUrl }),
        },
        clock,
        timeoutMs,
      }),
    ],
    postgres: postgresChecks(systems.database, config.database.url),
    temporal: temporalChecks(systems.temporal),
    saleor: saleorChecks({ shops: systems.shops, timeoutMs }),
    zammad: zammadChecks(systems.zammad),
    apisix: apisixChecks(systems.apisix),
    calendly: calendly === null ? [] : calendlyChecks(calendly.client, calendly.url),
    calcom:
      calcom === null ? [] : calcomChecks({ ...calcom, webhook: calcom, cutoffMs: defaultPolicy.cutoffMs }),
    mail: mailChecks(
      config.mail &&
        createMailSender({
          smtpUrl: config.mail.smtpUrl,
          from: config.mail.from,
          to: config.mail.attentionTo,
          timeoutMs,
          requireTls: config.env !== 'development',
        }),
    ),
  };
}
