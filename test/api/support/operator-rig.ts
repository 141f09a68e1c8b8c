import { createBearer } from '../../../api/auth/bearer.ts';
import { mintCallerToken } from '../../../api/auth/local-tokens.ts';
import type { Caller, Role } from '../../../api/auth/caller.ts';
import type { LimitStanding } from '../../../api/limits/limits.ts';
import { composeOperator } from '../../../api/composition/operator.ts';
import { requireCaller } from '../../../api/auth/guard.ts';
import type { Config } from '../../../platform/config.ts';
import type { Instant } from '../../../workflows/contract/values.ts';
import { type Answer, ask } from './ask.ts';
import { ringOf } from './keys.ts';
import { addPlacesApi } from './places-api.ts';
import { type SessionAdminRig, startSessionAdmin } from './session-admin-rig.ts';
import { HOUR } from './values.ts';

/** The operators' pages behind real HTTP, over the admin API of sessions, on a real database. */
export interface OperatorRig {
  readonly api: SessionAdminRig;
  /** What a sign-in finds of its limit. */
  standing: LimitStanding;
  tokenOf(caller?: Partial<Caller>, endsAt?: Instant): Promise<string>;
  /** Signs in. @returns the `Cookie` header of the browser. */
  signIn(caller?: Partial<Caller>, endsAt?: Instant): Promise<string>;
  get(path: string, cookie?: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** From a page of ours, unless the headers say otherwise. */
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    cookie?: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  close(): Promise<void>;
}

/** What a browser keeps of the answers that it got. */
export function cookiesOf(answer: Answer, before = ''): string {
  const kept = new Map(
    before
      .split('; ')
      .filter(Boolean)
      .map((pair) => pair.split(/=(.*)/s, 2) as [string, string]),
  );
  for (const line of answer.headers.getSetCookie()) {
    const [name = '', value = ''] = line.split(';', 1).join().split(/=(.*)/s);
    if (value === '') kept.delete(name);
    else kept.set(name, value);
  }
  return [...kept].map((pair) => pair.join('=')).join('; ');
}

/** The value of a hidden field in a page's last form that has one. */
export function hiddenIn(page: Answer, name: string): string {
  return [...page.text.matchAll(new RegExp(`name="${name}" value="([^"]*)"`, 'g'))].at(-1)?.[1] ?? '';
}

type OperatorSettings = Pick<Config, 'env' | 'auth' | 'http'>;

/** Production without accounts: operators sign in with tokens. */
export const withTokens: OperatorSettings = {
  env: 'production',
  auth: { oidc: null, localKeys: null, signIn: null },
  http: {
    port: 0,
    internalPort: 0,
    internalHost: '127.0.0.1',
    publicUrl: 'https://ours.example',
    formOrigins: [],
  },
};

export async function startOperatorRig(config: OperatorSettings): Promise<OperatorRig> {
  const authKeys = ringOf('auth');
  const api = await startSessionAdmin(({ db, deps, routes, log, tenantId }) => {
    const verify = createBearer({ ...config.auth, localKeys: authKeys }, { clock: deps.clock });
    const callers = {
      verify,
      limits: { charge: async () => rig.standing },
      addressOf: () => 'address',
      guard: (roles: readonly Role[], answer: Parameters<typeof requireCaller>[2]) =>
        requireCaller(verify, roles, answer),
      limit: () => (_req: unknown, _res: unknown, next: () => void) => next(),
    };
    addPlacesApi(routes, { db, clock: deps.clock, revocations: deps.revocations, tenantId });
    return [
      composeOperator(
        {
          ...config,
          keys: {
            cookie: ringOf('cookie'),
            link: ringOf('link'),
            payload: ringOf('payload'),
            credential: ringOf('credential'),
          },
        },
        {
          db,
          routes,
          log,
          callers,
          clock: deps.clock,
          revocations: deps.revocations,
          origins: [config.http.publicUrl],
        },
      ),
    ];
  });
  const ours = { 'sec-fetch-site': 'same-origin' } as const;
  const rig: OperatorRig = {
    api,
    standing: { allowed: true, limit: 30, remaining: 29, resetSeconds: 60 },
    tokenOf: (caller = {}, endsAt = (api.now + HOUR * 24) as Instant) =>
      mintCallerToken(
        authKeys,
        { role: 'admin', tenantId: api.rows.tenantId, userId: 7, subject: 'a-person', ...caller },
        api.now,
        endsAt,
      ),
    async signIn(caller, endsAt) {
      const answer = await rig.post('/admin/sign-in', { token: await rig.tokenOf(caller, endsAt) });
      if (answer.status !== 303) throw new Error(`not signed in: ${answer.status}`);
      return cookiesOf(answer);
    },
    get: (path, cookie = '', headers = {}) => ask(api.origin + path, { headers: { cookie, ...headers } }),
    post: (path, fields, cookie = '', headers = ours) =>
      ask(api.origin + path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', cookie, ...headers },
        body: new URLSearchParams(fields).toString(),
      }),
    close: () => api.close(),
  };
  return rig;
}
