import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { createForwardAuth, type ForwardAuth } from '../../../api/gate/forward-auth.ts';
import { createGatewayEvents, type GatewayEvents } from '../../../api/gateway/events.ts';
import { createReadGate, type GateReport } from '../../../api/gate/read-gate.ts';
import { createBackground } from '../../../api/login/background.ts';
import { createLoginRoutes } from '../../../api/login/routes.ts';
import { createSessionChanges, type SessionChanges } from '../../../api/gate/session-changes.ts';
import { createCustomerPages } from '../../../api/pages/customer.ts';
import {
  createSessionStreams,
  type SessionStreams,
  type StreamSettings,
} from '../../../api/pages/session-events.ts';
import { type RunningApi, startApi } from '../../../api/server.ts';
import { writeAudit } from '../../../db/queries/audit.ts';
import { mintAccessCookie, mintLoginCookie, mintSessionToken } from '../../../platform/tokens.ts';
import type { Instant, LinkId, SessionKey } from '../../../workflows/contract/values.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { type Answer, ask, type Question } from './ask.ts';
import { type FakeMemory, fakeMemory } from './fake-memory.ts';
import { ringOf } from './keys.ts';
import { lookInRows } from './look-in-rows.ts';
import { type Rows, writeRows } from './rows.ts';
import { type StubEngine, stubEngine } from './stub-engine.ts';
import { after, gateOf, HOUR, KEY, linkId, LOGIN_ID, NOW, SLUG } from './values.ts';

export const GATEWAY_SECRET = 'gateway-secret-of-the-tests';
export const UPSTREAM_SECRET = 'upstream-secret-of-the-tests';
export const GATEWAY_ORIGIN = 'https://gateway.example';

/** Both listeners on free ports, a real database with two sessions, and Temporal told what to answer. */
export interface ApiRig {
  readonly api: RunningApi;
  readonly engine: StubEngine;
  readonly rows: Rows;
  readonly db: Awaited<ReturnType<typeof createTestDatabase>>['connection']['db'];
  readonly databaseUrl: string;
  readonly reports: GateReport[];
  /** Empty unless a test fills it: without a hit, the rows and Temporal are asked. */
  readonly memory: FakeMemory;
  readonly forwardAuth: ForwardAuth;
  /** What the listening connection would tell. */
  readonly changes: SessionChanges;
  readonly streams: SessionStreams;
  readonly events: GatewayEvents;
  now: Instant;
  /** All that was logged, as text. */
  logged(): string;
  token(link?: LinkId, key?: SessionKey, clientId?: number): Promise<string>;
  cookie(link?: LinkId, key?: SessionKey, clientId?: number): Promise<string>;
  /** The cookie of a login, good for twelve hours. */
  login(clientIds?: readonly number[], loginId?: string): Promise<string>;
  /** What APISIX asks for a client's request. */
  auth(uri: string, headers?: Record<string, string>, method?: string): Promise<Answer>;
  /** What APISIX hands on after a 200. */
  upstream(path: string, question?: Question): Promise<Answer>;
  close(): Promise<void>;
}

export async function startApiRig(
  options: { readonly secureCookies?: boolean; readonly streams?: Partial<StreamSettings> } = {},
): Promise<ApiRig> {
  const database = await createTestDatabase();
  const { db } = database.connection;
  const rows = await writeRows(db);
  const engine = stubEngine(gateOf());
  const reports: GateReport[] = [];
  const keys = { link: ringOf('link-2', 'link-1'), cookie: ringOf('cookie-1') };
  const lines: string[] = [];
  const sink = new PassThrough();
  sink.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  const log = pino({ level: 'trace' }, sink);
  const clock = (): Instant => rig.now;
  const readGate = createReadGate({ db, engine, report: (report) => void reports.push(report) });

  const memory = fakeMemory(lookInRows(db, readGate));
  const forwardAuth = createForwardAuth({
    gatewaySecret: GATEWAY_SECRET,
    keys,
    secureCookies: options.secureCookies ?? true,
    clock,
    memory,
    writeAudit: (entries) => writeAudit(db, entries),
    report: (error) => log.error({ type: error instanceof Error ? error.name : 'unknown' }, 'forward-auth'),
  });

  const changes = createSessionChanges();
  const streams = createSessionStreams({
    changes,
    stillPasses: (given) => forwardAuth.stillPasses(given),
    ...(options.streams && { settings: options.streams }),
  });
  const events = createGatewayEvents({ db, gatewaySecret: GATEWAY_SECRET, clock, log });

  const api = await startApi({
    http: { port: 0, host: '127.0.0.1', internalPort: 0, internalHost: '127.0.0.1' },
    log,
    publicRouters: [
      createLoginRoutes({
        db,
        clock,
        log,
        upstreamSecret: UPSTREAM_SECRET,
        origins: [GATEWAY_ORIGIN],
        gatewayOrigin: GATEWAY_ORIGIN,
        keys: keys.cookie,
        secureCookies: options.secureCookies ?? true,
        limits: {
          charge: async () => ({ allowed: true, limit: 1000, remaining: 999, resetSeconds: 60 }),
        },
        clientAddress: () => '127.0.0.1',
        revocations: { revoke: async () => ({ fresh: true, state: 'confirmed' }) },
        oidc: null,
        background: createBackground(() => {}),
        sendCode: async () => {},
        resendLinks: async () => {},
        onCodeUsed: () => {},
      }),
      createCustomerPages({
        db,
        engine,
        readGate,
        streams,
        upstreamSecret: UPSTREAM_SECRET,
        origins: [GATEWAY_ORIGIN],
        gatewayOrigin: GATEWAY_ORIGIN,
        bookingOrigins: { calendly: 'https://calendly.com', calcom: 'https://cal.com' },
        clock,
      }),
    ],
    endStreams: () => streams.close(),
    internalRouters: [forwardAuth.router, events.router],
    internalFirst: forwardAuth.answerAtOnce,
    readiness: [],
    stopInOrder: [
      { name: 'refusals', stop: () => forwardAuth.settled() },
      { name: 'database', stop: () => database.drop() },
    ],
  });

  const rig: ApiRig = {
    api,
    engine,
    rows,
    db,
    databaseUrl: database.url,
    reports,
    memory,
    forwardAuth,
    changes,
    streams,
    events,
    now: NOW,
    logged: () => lines.join(''),
    token: (link = linkId(1), key = KEY, clientId = rows.clientId) =>
      mintSessionToken(keys.link, {
        sessionKey: key,
        linkId: link,
        tenantId: rows.tenantId,
        userId: 5,
        calendarId: rows.calendarId,
        templateId: rows.templateId,
        clientId,
        purpose: 'permanent-booking-link',
        issuedAt: NOW,
        expiresAt: null,
      }),
    async cookie(link = linkId(1), key = KEY, clientId = rows.clientId) {
      const who = { sessionKey: key, linkId: link, tenantId: rows.tenantId, clientId };
      return `latchkey_s=${await mintAccessCookie(keys.cookie, who, rig.now, 7200)}`;
    },
    async login(clientIds = [rows.clientId], loginId = LOGIN_ID) {
      const clients = clientIds.map((clientId) => ({ tenantId: rows.tenantId, clientId }));
      const claims = { loginId, clients, expiresAt: after(12 * HOUR, rig.now) };
      return `latchkey_c=${await mintLoginCookie(keys.cookie, claims, rig.now)}`;
    },
    auth: (uri, headers = {}, method = 'GET') =>
      ask(`${api.internalUrl}/forward-auth`, {
        headers: {
          'x-gateway-auth': GATEWAY_SECRET,
          'x-forwarded-method': method,
          'x-forwarded-uri': uri,
          'x-original-uri': uri,
          ...headers,
        },
      }),
    upstream: (path, question = {}) =>
      ask(`${api.publicUrl}${path}`, {
        ...question,
        headers: {
          'x-upstream-auth': UPSTREAM_SECRET,
          'x-session-id': KEY,
          'x-client-id': String(rows.clientId),
          'x-tenant-id': String(rows.tenantId),
          'x-access': path === `/customer/s/${SLUG}/join` ? 'join' : 'page',
          ...question.headers,
        },
      }),
    close: () => api.close(),
  };
  return rig;
}
