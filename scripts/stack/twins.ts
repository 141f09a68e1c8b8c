import { ACCESS_LOG_FORMAT } from '../../integrations/apisix/access-log.ts';
import { startApisixTwin } from '../../integrations/apisix/twin.ts';
import { startCalendlyTwin } from '../../integrations/calendly/twin.ts';
import { startSaleorTwin } from '../../integrations/saleor/twin.ts';
import type { TwinLog } from '../../integrations/sandbox/twin.ts';
import { startZammadTwin } from '../../integrations/zammad/twin.ts';
import type { LocalConfig, Vendor } from '../../platform/config.ts';
import { portFor } from '../servers/free-port.ts';
import { DEMO_DURATION_MS, DEMO_EVENT_TYPE } from './demo-event-type.ts';
import type { DevelopmentSecrets } from './development-secrets.ts';

const EVENT_TYPE = 'a1b2c3d4-0000-4000-8000-000000000010';
const GROUP = 'Sessions';

/** A running twin: the settings by which the product finds it, and its page. */
export interface StartedTwin {
  readonly vendor: Vendor;
  readonly settings: Readonly<Record<string, string>>;
  readonly pageUrl: string;
  close(): Promise<void>;
}

interface Context {
  readonly local: LocalConfig;
  readonly secrets: DevelopmentSecrets;
  readonly log: TwinLog;
  /** Where our webhooks are received. */
  readonly publicUrl: string;
}

/** A twin binds 0 by itself; a port that was chosen is looked at first, so that the error names its variable. */
const twinPort = async (wanted: number, variable: string): Promise<number> =>
  wanted === 0 ? 0 : portFor(wanted, variable);

async function saleor({ local, secrets, log, publicUrl }: Context): Promise<StartedTwin> {
  const port = await twinPort(local.twinPorts.saleor, 'SALEOR_TWIN_PORT');
  const twin = await startSaleorTwin({
    port,
    log,
    appToken: secrets.saleorAppToken,
    webhookUrl: `${publicUrl}/webhooks/saleor`,
  });
  return {
    vendor: 'saleor',
    settings: { SALEOR_API_URL: twin.apiUrl, SALEOR_APP_TOKEN: secrets.saleorAppToken },
    pageUrl: `${twin.url}/__sandbox`,
    close: () => twin.close(),
  };
}

async function zammad({ local, secrets, log, publicUrl }: Context): Promise<StartedTwin> {
  const port = await twinPort(local.twinPorts.zammad, 'ZAMMAD_TWIN_PORT');
  const twin = await startZammadTwin({
    port,
    log,
    token: secrets.zammadToken,
    group: GROUP,
    webhook: { url: `${publicUrl}/webhooks/zammad`, secret: secrets.zammadWebhookSecret },
  });
  return {
    vendor: 'zammad',
    settings: {
      ZAMMAD_URL: twin.url,
      ZAMMAD_TOKEN: secrets.zammadToken,
      ZAMMAD_GROUP: GROUP,
      ZAMMAD_WEBHOOK_SECRET: secrets.zammadWebhookSecret,
    },
    pageUrl: `${twin.url}/__sandbox`,
    close: () => twin.close(),
  };
}

async function apisix({ local, secrets, log }: Context): Promise<StartedTwin> {
  const twin = await startApisixTwin({
    adminPort: await twinPort(local.twinPorts.apisixAdmin, 'APISIX_TWIN_ADMIN_PORT'),
    gatewayPort: await twinPort(local.twinPorts.apisixGateway, 'APISIX_TWIN_GATEWAY_PORT'),
    adminKey: secrets.apisixAdminKey,
    accessLogFormat: ACCESS_LOG_FORMAT,
    log,
  });
  return {
    vendor: 'apisix',
    settings: {
      APISIX_ADMIN_URL: twin.adminUrl,
      APISIX_ADMIN_KEY: secrets.apisixAdminKey,
      GATEWAY_URL: twin.gatewayUrl,
    },
    pageUrl: `${twin.adminUrl}/__sandbox`,
    close: () => twin.close(),
  };
}

async function calendly({ local, secrets, log, publicUrl }: Context): Promise<StartedTwin> {
  const port = await twinPort(local.twinPorts.calendly, 'CALENDLY_TWIN_PORT');
  const twin = await startCalendlyTwin({
    port,
    log,
    token: secrets.calendlyToken,
    eventTypeUuid: EVENT_TYPE,
    eventTypes: [{ uuid: DEMO_EVENT_TYPE, name: 'Seconds', durationMs: DEMO_DURATION_MS }],
    webhook: {
      url: `${publicUrl}/api/v1/public/calendly/webhook`,
      signingKey: secrets.calendlyWebhookSecret,
    },
  });
  return {
    vendor: 'calendly',
    settings: {
      CALENDLY_API_URL: twin.url,
      CALENDLY_API_TOKEN: secrets.calendlyToken,
      CALENDLY_EVENT_TYPE_UUID: EVENT_TYPE,
      CALENDLY_WEBHOOK_SECRET: secrets.calendlyWebhookSecret,
      CALENDLY_DEFAULT_LINK: `${twin.url}/host/60-min-paid-session`,
    },
    pageUrl: `${twin.url}/__sandbox`,
    close: () => twin.close(),
  };
}

const starters: Readonly<Record<Vendor, (context: Context) => Promise<StartedTwin>>> = {
  saleor,
  zammad,
  apisix,
  calendly,
};

/** Starts the twin of one vendor that is not configured. */
export function startTwinOf(vendor: Vendor, context: Context): Promise<StartedTwin> {
  return starters[vendor](context);
}
