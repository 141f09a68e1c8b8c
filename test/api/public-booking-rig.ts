import { pino } from 'pino';
import type { Caller } from '../../api/auth/caller.ts';
import { createFormCors } from '../../api/booking-requests/cors.ts';
import { addPublicBookingRoutes } from '../../api/booking-requests/routes.ts';
import { createBookingSweep } from '../../api/booking/book-sweep.ts';
import type { BookingAnswer } from '../../api/booking/starts.ts';
import { createReferred } from '../../api/intake/referred.ts';
import type { LimitName, LimitStanding } from '../../api/limits/limits.ts';
import { showStanding } from '../../api/limits/rate-limited.ts';
import type { Database } from '../../db/connect.ts';
import type { ProviderAppointment } from '../../integrations/scheduling/provider.ts';
import { signCalendlyWebhook } from '../../integrations/calendly/webhook.ts';
import type { BookingKey, Instant } from '../../workflows/contract/values.ts';
import { linkKeys } from '../support/booking-rows.ts';
import { FakeRuns } from './book-rig.ts';
import { type Answer, ask } from './support/ask.ts';
import { keepersOf, serveRoutes } from './support/serve-routes.ts';

export const DEFAULT_LINK_PAGE = 'https://calendar.example/host/intro?month=2026-12';
export const FORM_ORIGIN = 'https://www.example.com';
export const TENANT = 7;
export const API = 'https://api.calendar.example';
const SECRET = 'the-subscription-key';

/** What the given document posts. */
export const visitor = {
  firstName: 'John',
  lastName: 'Doe',
  companyName: 'Acme Corp',
  companyWebsite: 'https://acme.com',
  position: 'CEO',
  isDecisionMaker: true,
  email: 'john@acme.com',
  businessPhone: { code: '+1', number: '5551234567' },
};

export interface Shown {
  readonly _id: BookingKey;
  readonly calendlyLink: string;
  readonly status: string;
  readonly [field: string]: unknown;
}

/** @throws when the answer has none. */
export function shownIn({ json, text }: Answer): Shown {
  const results = json?.['results'] as { readonly booking?: Shown } | null | undefined;
  if (!results?.booking) throw new Error(`no booking in ${text}`);
  return results.booking;
}

const callers: Readonly<Record<string, Pick<Caller, 'role' | 'tenantId'>>> = {
  service: { role: 'service', tenantId: TENANT },
  admin: { role: 'admin', tenantId: TENANT },
  tenant: { role: 'tenant', tenantId: TENANT },
  other: { role: 'service', tenantId: TENANT + 1 },
};

/** Runs that answer Updates as they are told, and write the record that would follow. */
class ToldRuns extends FakeRuns {
  answer: BookingAnswer = { kind: 'answer', verdict: { accepted: true, next: 'none' } };
  readonly updates: { readonly name: string; readonly argument: unknown; readonly id: string }[] = [];
  /** What happens between an Update and its answer. */
  meanwhile: () => Promise<void> = async () => undefined;

  override async update(
    _workflowId?: string,
    name?: string,
    argument?: unknown,
    id?: string,
  ): Promise<BookingAnswer> {
    this.updates.push({ name: name ?? '', argument, id: id ?? '' });
    await this.meanwhile();
    return this.answer;
  }
}

export type PublicBookingRig = Awaited<ReturnType<typeof startPublicBooking>>;

/** The public booking API over real HTTP and PostgreSQL, with fake runs and a fake calendar. */
export async function startPublicBooking(options: { readonly db: Database; readonly at: Instant }) {
  const { db } = options;
  const runs = new ToldRuns(db);
  const state = { now: options.at, owed: 0, calendarFails: null as Error | null };
  const appointments = new Map<string, ProviderAppointment>();
  const charged: [LimitName, string][] = [];
  const standings = new Map<LimitName, LimitStanding>();
  const charge = async (name: LimitName, key: string): Promise<LimitStanding> => {
    charged.push([name, key]);
    return standings.get(name) ?? { allowed: true, limit: 100, remaining: 99, resetSeconds: 60 };
  };
  const clock = (): Instant => state.now;
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const keepers = keepersOf(async (authorization) => {
    const caller = callers[authorization?.replace(/^Bearer /, '') ?? ''];
    if (authorization === undefined) return { ok: false, reason: 'no-token' };
    return caller
      ? { ok: true, caller: { ...caller, userId: null, subject: 'robot' } }
      : { ok: false, reason: 'malformed' };
  });
  const sweep = createBookingSweep({ db, runs, clock, log, intervalMs: 0 });
  const served = await serveRoutes({
    keepers: {
      ...keepers,
      limit: (name, refuse) => async (req, res, next) => {
        const standing = await charge(name, 'address');
        showStanding(res, standing);
        if (standing.allowed) next();
        else refuse(req, res, standing);
      },
    },
    routers: [createFormCors([FORM_ORIGIN])],
    add: (routes) =>
      addPublicBookingRoutes(routes, {
        db,
        clock,
        log,
        runs,
        linkKeys,
        linkWaitMs: 200,
        onOwed: () => void (state.owed += 1),
        defaultLink: DEFAULT_LINK_PAGE,
        limits: { charge },
        tenant: { id: TENANT, name: 'Default', timeZone: 'Europe/Berlin' },
        provider: 'calendly',
        eventType: 'et-1',
        referred: createReferred(linkKeys),
        calendlySecret: SECRET,
        calendlyApiUrl: API,
        calendly: {
          async getAppointment(uri) {
            if (state.calendarFails) throw state.calendarFails;
            return appointments.get(uri);
          },
        },
      }),
  });
  const url = `${served.origin}/api/v1/public/booking`;
  const json = { 'content-type': 'application/json' };
  const send = (
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> =>
    ask(url + path, {
      method,
      headers: { ...json, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    ...served,
    url,
    runs,
    sweep,
    state,
    appointments,
    charged,
    standings,
    logged: () => [...lines, ...served.lines].join(''),
    post: (body: unknown, headers: Readonly<Record<string, string>> = {}) => send('POST', '', body, headers),
    get: (id: string, headers: Readonly<Record<string, string>> = {}) => ask(`${url}/${id}`, { headers }),
    patch: (id: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
      send('PATCH', `/${id}/status`, body, headers),
    /** As Calendly would sign these bytes. */
    signed: (body: unknown, at: number = state.now) => ({
      'calendly-webhook-signature': signCalendlyWebhook(
        Buffer.from(JSON.stringify(body)),
        SECRET,
        Math.floor(at / 1000),
      ),
    }),
    async close() {
      await sweep.stop();
      await served.close();
    },
  };
}
