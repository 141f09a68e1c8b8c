import type { Logger } from 'pino';
import type { Database } from '../../db/connect.ts';
import { createMailSender } from '../../integrations/mail/sender.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import type { SessionPlaces } from '../../platform/session-places.ts';
import { createAttentionSweep } from '../attention/sweep.ts';

const MAIL_TIMEOUT_MS = 10_000;

/** What needs attention is brought to people. */
export function composeAttention(
  { mail, tenant, env }: Pick<Config, 'mail' | 'tenant' | 'env'>,
  deps: {
    readonly db: Database;
    readonly clock: Clock;
    readonly log: Logger;
    readonly places: SessionPlaces;
    readonly onOwed: () => void;
  },
): { stop(): Promise<void> } {
  const sender =
    mail === null
      ? null
      : createMailSender({
          smtpUrl: mail.smtpUrl,
          from: mail.from,
          to: mail.attentionTo,
          timeoutMs: MAIL_TIMEOUT_MS,
          requireTls: env !== 'development',
        });
  const sweep = createAttentionSweep({ ...deps, sender, tenantId: tenant.defaultId });
  return {
    async stop() {
      await sweep.stop();
      sender?.close();
    },
  };
}
