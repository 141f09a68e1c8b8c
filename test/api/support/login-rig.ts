import { PassThrough } from 'node:stream';
import type { Request } from 'express';
import { pino } from 'pino';
import type { RevocationOrder } from '../../../api/gate/revocations.ts';
import type { LimitName } from '../../../api/limits/limits.ts';
import { createBackground } from '../../../api/login/background.ts';
import type { OidcLogin } from '../../../api/login/oidc-contract.ts';
import { createResendLinks } from '../../../api/login/resend-links.ts';
import { createLoginRoutes } from '../../../api/login/routes.ts';
import { createSendCode } from '../../../api/login/send-code.ts';
import { createLoginSweep, type LoginSweep } from '../../../api/login/sweep.ts';
import { type RunningApi, startApi } from '../../../api/server.ts';
import type { Database } from '../../../db/connect.ts';
import { createZammadClient } from '../../../integrations/zammad/client.ts';
import { startZammadTwin, type ZammadTwin } from '../../../integrations/zammad/twin.ts';
import { CodedFailure } from '../../../platform/failures.ts';
import type { KeyRing } from '../../../platform/keys.ts';
import type { OutsideEvent } from '../../../workflows/contract/events.ts';
import type { Instant, SessionKey } from '../../../workflows/contract/values.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { type Answer, ask, browser } from './ask.ts';
import { ringOf } from './keys.ts';
import { type Rows, writeRows } from './rows.ts';
import { KEY, NOW, OTHER_KEY } from './values.ts';

export const UPSTREAM_SECRET = 'upstream-secret-of-the-tests';
export const GATEWAY_ORIGIN = 'https://gateway.example';

export const program = { accept: 'application/json', 'sec-fetch-mode': 'cors' } as const;

/** The login's routes on a real server, with a real database and a Zammad twin that share the rig's clock. */
export interface LoginRig {
  readonly db: Database;
  readonly rows: Rows;
  readonly zammad: ZammadTwin;
  readonly keys: KeyRing;
  readonly sweep: LoginSweep;
  /** Another replica's, with no failure to remember. */
  newSweep(): LoginSweep;
  /** Articles that Zammad was asked to delete. */
  readonly deletions: string[];
  readonly signals: { readonly key: SessionKey; readonly events: readonly OutsideEvent[] }[];
  readonly revoked: RevocationOrder[];
  readonly charged: { readonly name: LimitName; readonly key: string }[];
  now: Instant;
  /** Keys of the counters that are used up. */
  exhausted: (name: LimitName, key: string) => boolean;
  /** What Temporal answers to a signal. */
  engine: 'delivered' | 'not-found' | 'unavailable';
  storeAway: boolean;
  oidc: OidcLogin;
  /** How often the routes said that a code was used. */
  used: number;
  logged(): string;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** A form of ours, as a browser sends it. */
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  /** As it is told, but for what the gateway adds. */
  raw(method: string, path: string, headers?: Record<string, string>, body?: string): Promise<Answer>;
  /** JSON, as a program sends it. */
  send(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** All that goes on behind the answers is done. */
  settled(): Promise<void>;
  /** Asks for a code. @returns its challenge, and the code when a mail with one arrived. */
  askForCode(email?: string): Promise<{ readonly challenge: string; readonly code: string }>;
  close(): Promise<void>;
}

export const challengeIn = (text: string): string => /name="challenge" value="([^"]+)"/.exec(text)?.[1] ?? '';
export const codeIn = (mail: string | undefined): string =>
  /<strong>(\d+)<\/strong>/.exec(mail ?? '')?.[1] ?? '';

export const noOidc: OidcLogin = {
  begin: async () => {
    throw new CodedFailure('keys-unavailable', 'no provider in this test');
  },
  finish: async () => ({ ok: false, reason: 'provider-unavailable' }),
};

export async function startLoginRig(options: { readonly withOidc?: boolean } = {}): Promise<LoginRig> {
  // Apart from the rig: the twin looks at the clock while the rig is not there yet.
  const time = { now: NOW };
  const database = await createTestDatabase();
  const { db } = database.connection;
  const rows = await writeRows(db);
  const zammad = await startZammadTwin({ port: 0, now: () => time.now });
  const deletions: string[] = [];
  const client = createZammadClient({
    baseUrl: zammad.url,
    token: zammad.token,
    group: zammad.group,
    timeoutMs: 2000,
    onCall: ({ method, path }) => {
      if (method === 'DELETE') deletions.push(path);
    },
  });
  for (const [key, number] of [
    [KEY, '53000000000000000001'],
    [OTHER_KEY, '53000000000000000002'],
  ] as const) {
    const ticket = await client.openTicket({
      title: 'Session',
      number,
      customerId: 3,
      sessionId: key,
      sessionStatus: 'opening',
      sessionRev: 1,
      tags: [],
      article: { subject: 'Paid', body: '<p>Paid.</p>', mailTo: null, internal: true },
    });
    await db
      .updateTable('sessions')
      .set({ ticket_id: ticket.id, ticket_number: ticket.number })
      .where('session_key', '=', key)
      .execute();
  }

  const lines: string[] = [];
  const sink = new PassThrough();
  sink.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  const log = pino({ level: 'trace' }, sink);
  const clock = (): Instant => time.now;
  const keys = ringOf('cookie-2', 'cookie-1');
  const background = createBackground((name, error) =>
    log.warn({ job: name, code: error instanceof CodedFailure ? error.code : typeof error }, 'job failed'),
  );
  const signals: LoginRig['signals'] = [];
  const revoked: RevocationOrder[] = [];
  const charged: LoginRig['charged'] = [];
  const sweepDeps = { db, clock, log, zammad: client, intervalMs: 0, random: () => 0 } as const;
  const sweep = createLoginSweep(sweepDeps);

  const routes = createLoginRoutes({
    db,
    clock,
    log,
    upstreamSecret: UPSTREAM_SECRET,
    origins: [GATEWAY_ORIGIN],
    gatewayOrigin: GATEWAY_ORIGIN,
    keys,
    secureCookies: true,
    limits: {
      async charge(name, key) {
        charged.push({ name, key });
        const allowed = !rig.exhausted(name, key);
        const remaining = name === 'logins-per-email' ? 3 : 4;
        return { allowed, limit: 5, remaining: allowed ? remaining : 0, resetSeconds: 90 };
      },
    },
    clientAddress: (req: Request) => req.get('x-real-ip') ?? 'unknown',
    revocations: {
      async revoke(order) {
        if (rig.storeAway) throw new Error('connect ECONNREFUSED');
        revoked.push(order);
        if (order.kind === 'login')
          await db
            .insertInto('revocations')
            .values({
              kind: 'login',
              subject: order.loginId,
              session_key: null,
              actor: 'client',
              revoked_at: new Date(time.now),
              keep_until: new Date(order.keepUntil),
              delivered_at: null,
              next_attempt_at: new Date(time.now),
            })
            .execute();
        return { fresh: true, state: 'confirmed' };
      },
    },
    oidc: options.withOidc
      ? { begin: (back) => rig.oidc.begin(back), finish: (url, state) => rig.oidc.finish(url, state) }
      : null,
    background,
    sendCode: createSendCode({ db, zammad: client, keys, clock, log }),
    resendLinks: createResendLinks({
      db,
      clock,
      log,
      starter: {
        async signal(key, events) {
          if (rig.engine === 'unavailable') throw new CodedFailure('engine-unavailable', 'away');
          signals.push({ key, events });
          return rig.engine;
        },
      },
    }),
    onCodeUsed: () => {
      rig.used += 1;
    },
  });
  const api: RunningApi = await startApi({
    http: { port: 0, host: '127.0.0.1', internalPort: 0, internalHost: '127.0.0.1' },
    log,
    publicRouters: [routes],
    internalRouters: [],
    readiness: [],
    stopInOrder: [
      { name: 'login', stop: () => background.settled() },
      { name: 'sweep', stop: () => sweep.stop() },
      { name: 'zammad', stop: () => zammad.close() },
      { name: 'database', stop: () => database.drop() },
    ],
  });

  const gateway = { 'x-upstream-auth': UPSTREAM_SECRET, 'x-real-ip': '192.0.2.7' } as const;
  const rig: LoginRig = {
    db,
    rows,
    zammad,
    keys,
    sweep,
    newSweep: () => createLoginSweep(sweepDeps),
    deletions,
    signals,
    revoked,
    charged,
    get now() {
      return time.now;
    },
    set now(instant) {
      time.now = instant;
    },
    exhausted: () => false,
    engine: 'delivered',
    storeAway: false,
    oidc: noOidc,
    used: 0,
    logged: () => lines.join(''),
    get: (path, headers = {}) =>
      ask(`${api.publicUrl}${path}`, { headers: { ...gateway, ...browser, ...headers } }),
    post: (path, fields, headers = {}) =>
      ask(`${api.publicUrl}${path}`, {
        method: 'POST',
        body: new URLSearchParams(fields).toString(),
        headers: {
          ...gateway,
          ...browser,
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'same-origin',
          ...headers,
        },
      }),
    raw: (method, path, headers = {}, body = '') =>
      ask(`${api.publicUrl}${path}`, { method, body, headers: { ...gateway, ...headers } }),
    send: (path, body, headers = {}) =>
      ask(`${api.publicUrl}${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: {
          ...gateway,
          ...program,
          'content-type': 'application/json',
          origin: GATEWAY_ORIGIN,
          ...headers,
        },
      }),
    settled: () => background.settled(),
    async askForCode(email = 'ada@example.com') {
      const before = zammad.mails().length;
      const answer = await rig.post('/customer/login', { email });
      await background.settled();
      return { challenge: challengeIn(answer.text), code: codeIn(zammad.mails()[before]?.body) };
    },
    close: () => api.close(),
  };
  return rig;
}

/** Back to how it was at the start, but for rows of sessions and clients. */
export async function resetRig(rig: LoginRig): Promise<void> {
  await rig.settled();
  await rig.db.deleteFrom('login_codes').execute();
  rig.zammad.faults.clear();
  rig.now = NOW;
  rig.exhausted = () => false;
  rig.engine = 'delivered';
  rig.storeAway = false;
  rig.oidc = noOidc;
  rig.used = 0;
  for (const list of [rig.deletions, rig.signals, rig.revoked, rig.charged]) list.length = 0;
}
