import { createAdminApi } from '../../../integrations/apisix/admin-api.ts';
import { createGatewayControl } from '../../../integrations/apisix/control.ts';
import { type ApisixTwin, startApisixTwin } from '../../../integrations/apisix/twin.ts';
import { type CalcomTwin, startCalcomTwin } from '../../../integrations/calcom/twin.ts';
import { createCalendlyClient } from '../../../integrations/calendly/client.ts';
import { type CalendlyTwin, startCalendlyTwin } from '../../../integrations/calendly/twin.ts';
import { type SaleorTwin, startSaleorTwin } from '../../../integrations/saleor/twin.ts';
import { startZammadTwin, type ZammadTwin } from '../../../integrations/zammad/twin.ts';
import { gatewayBootstrapOf } from '../../../api/gateway/bootstrap.ts';
import { type RecordingServer, startRecordingServer } from '../../integrations/apisix-support.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

/** Everything around Latchkey, set up as it should be, and the environment that names it. */
export interface TestSystem {
  readonly saleor: SaleorTwin;
  readonly zammad: ZammadTwin;
  readonly apisix: ApisixTwin;
  readonly calendly: CalendlyTwin;
  readonly calcom: CalcomTwin;
  /** Answers as the API does that nobody is logged in at. */
  readonly api: RecordingServer;
  readonly database: TestDatabase;
  readonly env: Readonly<Record<string, string>>;
  /** A call of the gateway's Admin API, below `/apisix/admin/`. */
  admin(method: string, path: string, body?: unknown): Promise<void>;
  /** Puts the gateway right, as the API does when it starts, with other settings where they are given. */
  setUpGateway(changed?: Readonly<Record<string, string>>): Promise<void>;
  /** Makes Calendly's subscription anew where it is not well. */
  subscribe(): Promise<void>;
  close(): Promise<void>;
}

const SECRET = 'hidden-secret-of-the-tests-with-32-bytes';
export const CALCOM_KEY = 'cal_hidden';
export const ADMIN_KEY = 'hidden-admin-key';
const key = (id: string, fill: number): string => `${id}:${Buffer.alloc(32, fill).toString('base64')}`;

/** @param options.bare nothing is set up at the vendors yet. */
export async function startSystem(
  temporal: { readonly address: string; readonly namespace: string },
  { bare = false }: { readonly bare?: boolean } = {},
): Promise<TestSystem> {
  const api = await startRecordingServer((seen, response) => {
    if (seen.url === '/openapi.json')
      response.setHeader('content-type', 'application/json').end('{"openapi":"3.1.0"}');
    else response.writeHead(401, { 'content-type': 'application/json' }).end('{}');
  });
  const [saleor, zammad, apisix, calendly, calcom, database] = await Promise.all([
    startSaleorTwin({ port: 0, appToken: 'hidden-saleor-token' }),
    startZammadTwin({
      port: 0,
      token: 'hidden-zammad-token',
      group: 'Sessions',
      bare,
      ...(bare ? {} : { webhook: { url: `${api.url}/webhooks/zammad`, secret: SECRET } }),
    }),
    startApisixTwin({ adminPort: 0, gatewayPort: 0, adminKey: ADMIN_KEY }),
    startCalendlyTwin({
      port: 0,
      token: 'hidden-calendly-token',
      ...(bare ? {} : { webhook: { url: `${api.url}/api/v1/public/calendly/webhook`, signingKey: SECRET } }),
    }),
    startCalcomTwin({
      port: 0,
      apiKey: CALCOM_KEY,
      meetingsEveryMs: 0,
      eventTypes: [
        { id: 7, rescheduleNoticeMinutes: 24 * 60 },
        { id: 8 },
        { id: 9, rescheduleNoticeMinutes: 24 * 60, requiresConfirmation: true },
        { id: 10, rescheduleNoticeMinutes: 24 * 60, disableCancelling: true },
      ],
      ...(bare ? {} : { webhook: { url: `${api.url}/webhooks/calcom`, secret: SECRET } }),
    }),
    createTestDatabase(),
  ]);
  const env = {
    LATCHKEY_ENV: 'development',
    PUBLIC_URL: api.url,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_CONFIG_FILE: '',
    SALEOR_API_URL: saleor.apiUrl,
    SALEOR_APP_TOKEN: saleor.appToken,
    ZAMMAD_URL: zammad.url,
    ZAMMAD_TOKEN: zammad.token,
    ZAMMAD_GROUP: 'Sessions',
    ZAMMAD_WEBHOOK_SECRET: SECRET,
    APISIX_ADMIN_URL: apisix.adminUrl,
    APISIX_ADMIN_KEY: ADMIN_KEY,
    GATEWAY_URL: apisix.gatewayUrl,
    FORWARD_AUTH_URL: `${api.url}/forward-auth`,
    UPSTREAM_URL: api.url,
    GATEWAY_SECRET: SECRET,
    UPSTREAM_SECRET: SECRET,
    CALENDLY_API_URL: calendly.url,
    CALENDLY_API_TOKEN: 'hidden-calendly-token',
    CALENDLY_EVENT_TYPE_UUID: 'a1b2c3d4-0000-4000-8000-000000000010',
    CALENDLY_WEBHOOK_SECRET: SECRET,
    CALENDLY_DEFAULT_LINK: `${calendly.url}/host/60-min-paid-session`,
    CALCOM_API_URL: calcom.url,
    CALCOM_API_KEY: CALCOM_KEY,
    CALCOM_EVENT_TYPE_ID: '7',
    CALCOM_WEBHOOK_SECRET: SECRET,
    CALCOM_WEB_URL: calcom.url,
    LINK_SIGNING_KEYS: key('2026-11', 1),
    COOKIE_KEYS: key('2026-11', 2),
    PAYLOAD_KEYS: key('2026-11', 3),
    CREDENTIAL_KEYS: key('2026-11', 5),
    AUTH_KEYS: key('2026-11', 4),
  };

  async function setUpGateway(changed: Readonly<Record<string, string>> = {}): Promise<void> {
    const settings = { ...env, ...changed };
    const admin = createAdminApi({
      adminUrl: apisix.adminUrl,
      adminKey: ADMIN_KEY,
      timeoutMs: 2000,
    });
    await createGatewayControl(admin).bootstrap(
      gatewayBootstrapOf({
        forwardAuthUrl: settings.FORWARD_AUTH_URL,
        upstreamUrl: settings.UPSTREAM_URL,
        gatewaySecret: SECRET,
        upstreamSecret: SECRET,
      }),
    );
  }

  return {
    saleor,
    zammad,
    apisix,
    calendly,
    calcom,
    api,
    database,
    env,
    async admin(method, path, body) {
      const response = await fetch(`${apisix.adminUrl}/apisix/admin/${path}`, {
        method,
        headers: { 'x-api-key': ADMIN_KEY },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    },
    setUpGateway,
    async subscribe() {
      const { url } = calendly;
      const client = createCalendlyClient({ baseUrl: url, token: env.CALENDLY_API_TOKEN, timeoutMs: 2000 });
      await client.ensureWebhook({ url: `${api.url}/api/v1/public/calendly/webhook`, signingKey: SECRET });
    },
    async close() {
      await Promise.all([saleor, zammad, apisix, calendly, calcom, api].map((one) => one.close()));
      await database.drop();
    },
  };
}
