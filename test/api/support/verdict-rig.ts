import type { IncomingMessage, ServerResponse } from 'node:http';
import { pino } from 'pino';
import { createForwardAuth, type ForwardAuth } from '../../../api/gate/forward-auth.ts';
import type { Look } from '../../../api/gate/memory.ts';
import { type RunningApi, startApi } from '../../../api/server.ts';
import type { AuditEntry } from '../../../db/queries/audit.ts';
import type { KeyRing } from '../../../platform/keys.ts';
import { mintAccessCookie, mintLoginCookie, mintSessionToken } from '../../../platform/tokens.ts';
import type { Instant, LinkId, SessionKey } from '../../../workflows/contract/values.ts';
import { type Answer, ask } from './ask.ts';
import { type FakeMemory, fakeMemory } from './fake-memory.ts';
import { ringOf } from './keys.ts';
import { after, HOUR, KEY, LOGIN_ID, linkId, NOW } from './values.ts';

export const SECRET = 'gateway-secret-of-the-tests';

/** Whose the session of the tests is. */
export const OWNER = { tenantId: 1, clientId: 7 } as const;

/** The gate alone on one listener: no database, and a memory that is told what it knows. */
export interface GateRig {
  readonly api: RunningApi;
  readonly forwardAuth: ForwardAuth;
  readonly memory: FakeMemory;
  readonly keys: { link: KeyRing; cookie: KeyRing };
  readonly audited: AuditEntry[];
  readonly reported: unknown[];
  now: Instant;
  /** Monotonic milliseconds that pass with each look at the watch. */
  passing: number;
  /** What the audit's store does. */
  writeAudit: (entries: readonly AuditEntry[]) => Promise<void>;
  look: (slug: string, ids: readonly string[]) => Promise<Look>;
  token(link?: LinkId, key?: SessionKey, clientId?: number): Promise<string>;
  cookie(link?: LinkId, key?: SessionKey, clientId?: number, seconds?: number): Promise<string>;
  login(clientIds?: readonly number[], loginId?: string): Promise<string>;
  /** What APISIX asks, by the listener. */
  auth(uri: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<Answer>;
  close(): Promise<void>;
}

/** @param options.quick false: without the quick answer before the router. */
export async function startGateRig(options: { readonly quick?: boolean } = {}): Promise<GateRig> {
  const keys = { link: ringOf('link-1'), cookie: ringOf('cookie-1') };
  const audited: AuditEntry[] = [];
  const reported: unknown[] = [];
  const memory = fakeMemory((slug, ids) => rig.look(slug, ids));
  let watch = 0;
  const forwardAuth = createForwardAuth({
    // At once, so that a test sees the answer when it has asked.
    later: (work) => work(),
    gatewaySecret: SECRET,
    keys,
    secureCookies: true,
    clock: () => rig.now,
    memory,
    writeAudit: (entries) => rig.writeAudit(entries),
    report: (error) => void reported.push(error),
    monotonic: () => (watch += rig.passing),
  });
  const api = await startApi({
    http: { port: 0, host: '127.0.0.1', internalPort: 0, internalHost: '127.0.0.1' },
    log: pino({ level: 'silent' }),
    publicRouters: [],
    internalRouters: [forwardAuth.router],
    ...(options.quick === false ? {} : { internalFirst: forwardAuth.answerAtOnce }),
    readiness: [],
    stopInOrder: [],
  });
  const rig: GateRig = {
    api,
    forwardAuth,
    memory,
    keys,
    audited,
    reported,
    now: NOW,
    passing: 0,
    writeAudit: async (entries) => void audited.push(...entries),
    look: async () => ({ kind: 'unavailable' }),
    token: (link = linkId(1), key = KEY, clientId = OWNER.clientId) =>
      mintSessionToken(keys.link, {
        sessionKey: key,
        linkId: link,
        tenantId: OWNER.tenantId,
        userId: 5,
        calendarId: 1,
        templateId: 1,
        clientId,
        purpose: 'permanent-booking-link',
        issuedAt: NOW,
        expiresAt: null,
      }),
    async cookie(link = linkId(1), key = KEY, clientId = OWNER.clientId, seconds = 7200) {
      const who = { sessionKey: key, linkId: link, tenantId: OWNER.tenantId, clientId };
      return `latchkey_s=${await mintAccessCookie(keys.cookie, who, NOW, seconds)}`;
    },
    async login(clientIds = [OWNER.clientId], loginId = LOGIN_ID) {
      const clients = clientIds.map((clientId) => ({ tenantId: OWNER.tenantId, clientId }));
      const claims = { loginId, clients, expiresAt: after(12 * HOUR) };
      return `latchkey_c=${await mintLoginCookie(keys.cookie, claims, NOW)}`;
    },
    auth: (uri, headers = {}, method = 'GET') =>
      ask(`${api.internalUrl}/forward-auth`, {
        headers: {
          'x-gateway-auth': SECRET,
          'x-forwarded-method': method,
          'x-original-uri': uri,
          ...headers,
        },
      }),
    close: () => api.close(),
  };
  return rig;
}

/** What the quick answer alone says: its headers, or undefined where it leaves the request to the router. */
export function askAtOnce(
  forwardAuth: ForwardAuth,
  headers: Readonly<Record<string, string>>,
  more: { readonly method?: string; readonly url?: string } = {},
): Headers | undefined {
  const calls: unknown[] = [];
  const answer = new Headers();
  const request = { method: 'GET', url: '/forward-auth', headers, ...more };
  const response = {
    removeHeader: () => undefined,
    writeHead(status: number, pairs: readonly string[]) {
      calls.push(status);
      for (let at = 0; at < pairs.length; at += 2) answer.append(pairs[at] ?? '', pairs[at + 1] ?? '');
    },
    end: () => void calls.push('end'),
  };
  const answered = forwardAuth.answerAtOnce(
    request as unknown as IncomingMessage,
    response as unknown as ServerResponse,
  );
  const expected = answered ? [200, 'end'] : [];
  if (calls.join() !== expected.join()) throw new Error(`said ${answered}, but did ${calls.join()}`);
  return answered ? answer : undefined;
}
