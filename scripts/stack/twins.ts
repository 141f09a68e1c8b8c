import { ACCESS_LOG_FORMAT } from '../../integrations/apisix/access-log.ts';
import { type ApisixTwin, startApisixTwin } from '../../integrations/apisix/twin.ts';
import { type CalcomTwin, startCalcomTwin } from '../../integrations/calcom/twin.ts';
import { type CalendlyTwin, startCalendlyTwin } from '../../integrations/calendly/twin.ts';
import { type SaleorTwin, startSaleorTwin } from '../../integrations/saleor/twin.ts';
import type { Neighbour } from '../../integrations/sandbox/page.ts';
import type { TwinLog } from '../../integrations/sandbox/twin.ts';
import { startZammadTwin, type ZammadTwin } from '../../integrations/zammad/twin.ts';
import type { LocalConfig, Vendor } from '../../platform/config.ts';
import { portFor } from '../servers/free-port.ts';
import { DEMO_CALCOM_EVENT_TYPE, DEMO_DURATION_MS, DEMO_EVENT_TYPE } from './demo-event-type.ts';
import type { DevelopmentSecrets } from './development-secrets.ts';

const EVENT_TYPE = 'a1b2c3d4-0000-4000-8000-000000000010';
const CALCOM_EVENT_TYPE = 7;
const GROUP = 'Sessions';

/** The twins by vendor, as whoever plays the vendor's side holds them. */
interface Twins {
  readonly saleor: SaleorTwin;
  readonly zammad: ZammadTwin;
  readonly apisix: ApisixTwin;
  readonly calendly: CalendlyTwin;
  readonly calcom: CalcomTwin;
}

/** A running twin: the settings by which the product finds it, and its page. */
export interface StartedTwin<V extends Vendor = Vendor> {
  readonly vendor: V;
  readonly twin: Twins[V];
  readonly settings: Readonly<Record<string, string>>;
  readonly pageUrl: string;
  close(): Promise<void>;
}

export interface TwinContext {
  readonly local: LocalConfig;
  readonly secrets: DevelopmentSecrets;
  readonly log: TwinLog;
  /** Where each twin's page leads besides. */
  readonly neighbours?: () => readonly Neighbour[];
  /** Where our webhooks are received. */
  readonly publicUrl: string;
  /** Scales the waits between a webhook's attempts. Default 1, the vendors' own. */
  readonly webhookRetryScale?: number;
  /** Calendly's event types beside those that are always there. */
  readonly eventTypes?: readonly {
    readonly uuid: string;
    readonly name: string;
    readonly durationMs: number;
  }[];
}

/** A twin binds 0 by itself; a port that was chosen is looked at first, so that the error names its variable. */
const twinPort = async (wanted: number, variable: string): Promise<number> =>
  wanted === 0 ? 0 : portFor(wanted, variable);

const retries = (scale: number | undefined) => (scale === undefined ? {} : { retryScale: scale });

async function saleor({
  local,
  secrets,
  log,
  publicUrl,
  webhookRetryScale,
  neighbours,
}: TwinContext): Promise<StartedTwin<'saleor'>> {
  const port = await twinPort(local.twinPorts.saleor, 'SALEOR_TWIN_PORT');
  const twin = await startSaleorTwin({
    port,
    log,
    ...(neighbours ? { neighbours } : {}),
    ...retries(webhookRetryScale),
    appToken: secrets.saleorAppToken,
    webhookUrl: `${publicUrl}/webhooks/saleor`,
  });
  return {
    vendor: 'saleor',
    twin,
    settings: { SALEOR_API_URL: twin.apiUrl, SALEOR_APP_TOKEN: secrets.saleorAppToken },
    pageUrl: `${twin.url}/__sandbox`,
    close: () => twin.close(),
  };
}

async function zammad({
  local,
  secrets,
  log,
  publicUrl,
  webhookRetryScale,
  neighbours,
}: TwinContext): Promise<StartedTwin<'zammad'>> {
  const port = await twinPort(local.twinPorts.zammad, 'ZAMMAD_TWIN_PORT');
  const twin = await startZammadTwin({
    port,
    log,
    ...(neighbours ? { neighbours } : {}),
    ...retries(webhookRetryScale),
    token: secrets.zammadToken,
    group: GROUP,
    webhook: { url: `${publicUrl}/webhooks/zammad`, secret: secrets.zammadWebhookSecret },
  });
  return {
    vendor: 'zammad',
    twin,
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

async function apisix({ local, secrets, log, neighbours }: TwinContext): Promise<StartedTwin<'apisix'>> {
  const twin = await startApisixTwin({
    adminPort: await twinPort(local.twinPorts.apisixAdmin, 'APISIX_TWIN_ADMIN_PORT'),
    gatewayPort: await twinPort(local.twinPorts.apisixGateway, 'APISIX_TWIN_GATEWAY_PORT'),
    adminKey: secrets.apisixAdminKey,
    accessLogFormat: ACCESS_LOG_FORMAT,
    log,
    ...(neighbours ? { neighbours } : {}),
  });
  return {
    vendor: 'apisix',
    twin,
    settings: {
      APISIX_ADMIN_URL: twin.adminUrl,
      APISIX_ADMIN_KEY: secrets.apisixAdminKey,
      GATEWAY_URL: twin.gatewayUrl,
    },
    pageUrl: `${twin.adminUrl}/__sandbox`,
    close: () => twin.close(),
  };
}

async function calendly({
  local,
  secrets,
  log,
  publicUrl,
  webhookRetryScale,
  eventTypes = [],
  neighbours,
}: TwinContext): Promise<StartedTwin<'calendly'>> {
  const port = await twinPort(local.twinPorts.calendly, 'CALENDLY_TWIN_PORT');
  const twin = await startCalendlyTwin({
    port,
    log,
    ...(neighbours ? { neighbours } : {}),
    ...retries(webhookRetryScale),
    token: secrets.calendlyToken,
    eventTypeUuid: EVENT_TYPE,
    eventTypes: [{ uuid: DEMO_EVENT_TYPE, name: 'Seconds', durationMs: DEMO_DURATION_MS }, ...eventTypes],
    webhook: {
      url: `${publicUrl}/api/v1/public/calendly/webhook`,
      signingKey: secrets.calendlyWebhookSecret,
    },
  });
  return {
    vendor: 'calendly',
    twin,
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

async function calcom({
  local,
  secrets,
  log,
  publicUrl,
  neighbours,
}: TwinContext): Promise<StartedTwin<'calcom'>> {
  const port = await twinPort(local.twinPorts.calcom, 'CALCOM_TWIN_PORT');
  const twin = await startCalcomTwin({
    port,
    log,
    ...(neighbours ? { neighbours } : {}),
    apiKey: secrets.calcomApiKey,
    eventTypes: [
      { id: CALCOM_EVENT_TYPE },
      { id: DEMO_CALCOM_EVENT_TYPE, title: 'Seconds', durationMs: DEMO_DURATION_MS },
    ],
    webhook: { url: `${publicUrl}/webhooks/calcom`, secret: secrets.calcomWebhookSecret },
  });
  return {
    vendor: 'calcom',
    twin,
    settings: {
      CALCOM_API_URL: twin.url,
      CALCOM_WEB_URL: twin.url,
      CALCOM_DEFAULT_LINK: twin.hostPage,
      CALCOM_API_KEY: secrets.calcomApiKey,
      CALCOM_EVENT_TYPE_ID: String(CALCOM_EVENT_TYPE),
      CALCOM_WEBHOOK_SECRET: secrets.calcomWebhookSecret,
    },
    pageUrl: `${twin.url}/__sandbox`,
    close: () => twin.close(),
  };
}

const starters: { readonly [V in Vendor]: (context: TwinContext) => Promise<StartedTwin<V>> } = {
  saleor,
  zammad,
  apisix,
  calendly,
  calcom,
};

/** Starts the twin of one vendor that is not configured. */
export function startTwinOf<V extends Vendor>(vendor: V, context: TwinContext): Promise<StartedTwin<V>> {
  return starters[vendor](context);
}
