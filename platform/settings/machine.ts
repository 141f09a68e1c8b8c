import { z } from 'zod';
import { port } from '../config-values.ts';
import { settingWords } from './words.ts';

const scriptPort = (fallback: number, meaning: string) =>
  port(fallback).register(settingWords, { meaning, readBy: 'scripts' });

/** What runs on this machine beside the two processes. */
export const machineSettings = () => ({
  LATCHKEY_DATA: z.string().optional().register(settingWords, {
    meaning: 'The data directory of `npm start`.',
    readBy: 'scripts',
    otherwise: '`.latchkey`',
  }),
  POSTGRES_PORT: scriptPort(5433, 'The embedded PostgreSQL.'),
  TEMPORAL_PORT: scriptPort(7233, 'The Temporal server that is started.'),
  TEMPORAL_UI_PORT: scriptPort(8233, 'Its UI.'),
  SALEOR_TWIN_PORT: scriptPort(3010, "Saleor's twin."),
  ZAMMAD_TWIN_PORT: scriptPort(3011, "Zammad's twin."),
  APISIX_TWIN_ADMIN_PORT: scriptPort(3012, "The Admin API of APISIX's twin."),
  APISIX_TWIN_GATEWAY_PORT: scriptPort(3013, "The gateway of APISIX's twin."),
  CALENDLY_TWIN_PORT: scriptPort(3014, "Calendly's twin."),
  CALCOM_TWIN_PORT: scriptPort(3015, "Cal.com's twin."),
  MAIL_TWIN_PORT: scriptPort(3016, 'The page of the sandbox mailbox.'),
  MAIL_TWIN_SMTP_PORT: scriptPort(3017, 'Where the sandbox mailbox takes mails.'),
});
