import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import type { DeliveryDeps } from '../../api/intake/dependencies.ts';
import { createReferred } from '../../api/intake/referred.ts';
import { createSweep, type Sweep, type SweepDeps } from '../../api/intake/sweep.ts';
import type { Listener } from '../../api/listener.ts';
import { createRoutes } from '../../api/operations/routes.ts';
import { notFound, problemHandler } from '../../api/problem.ts';
import type { SessionStarter } from '../../api/sessions/starter.ts';
import { addVendorWebhookRoutes } from '../../api/webhooks/vendor-routes.ts';
import type { Database } from '../../db/connect.ts';
import type { Session } from '../../db/tables.ts';
import type { ProviderAppointment } from '../../integrations/scheduling/provider.ts';
import { signCalcomWebhook } from '../../integrations/calcom/webhook.ts';
import { signCalendlyWebhook } from '../../integrations/calendly/webhook.ts';
import { signZammadWebhook } from '../../integrations/zammad/webhook.ts';
import {
  createSaleorVerifier,
  type SaleorVerifier,
  typenameOfHeader,
} from '../../integrations/saleor/webhook.ts';
import { parseCalendlyWebhook } from '../../integrations/calendly/webhook-body.ts';
import { readSaleorEvent } from '../../integrations/saleor/wire.ts';
import { parseSaleorJson } from '../../integrations/saleor/wire-json.ts';
import type { OrderRefunds } from '../../integrations/saleor/contract.ts';
import type { Ticket } from '../../integrations/zammad/contract.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import { signBookingReference, signReference } from '../../platform/reference.ts';
import type { AppointmentEvent, OutsideEvent } from '../../workflows/contract/events.ts';
import type { BookingKey, Instant, SessionKey } from '../../workflows/contract/values.ts';
import { saleorKeys } from './intake-requests.ts';
import { keepersOf } from './support/serve-routes.ts';

export const DOMAIN = '127.0.0.1:58000';
export const CALENDLY_SECRET = 'calendly-signing-key-of-the-tests';
export const CALCOM_SECRET = 'calcom-webhook-secret-of-the-tests';
export const ZAMMAD_SECRET = 'zammad-signature-token-of-the-tests';

const key = { id: 'k1', secret: new Uint8Array(32).fill(7) };
const ring = { newest: key, all: [key], byId: (id: string) => (id === key.id ? key : undefined) };

export const referenceOf = (session: SessionKey): string => signReference(ring, session);
export const bookingReferenceOf = (booking: BookingKey): string => signBookingReference(ring, booking);

/** Temporal as far as intake sees it; it can be away, and runs can close. */
export class FakeTemporal implements SessionStarter {
  down = false;
  readonly starts: SessionKey[] = [];
  readonly attempts: SessionKey[] = [];
  readonly signals: { key: SessionKey; events: readonly OutsideEvent[] }[] = [];
  readonly bookingSignals: { workflowId: string; events: readonly AppointmentEvent[] }[] = [];
  /** Ids of the bookings' runs that are open. */
  readonly openBookings = new Set<string>();
  readonly #open = new Set<SessionKey>();
  readonly #closed = new Set<SessionKey>();

  #answer(): void {
    if (this.down) throw new CodedFailure('engine-unavailable', 'away');
  }

  async start(session: Session): Promise<'started' | 'already'> {
    this.attempts.push(session.session_key);
    this.#answer();
    if (this.#open.has(session.session_key) || this.#closed.has(session.session_key)) return 'already';
    this.#open.add(session.session_key);
    this.starts.push(session.session_key);
    return 'started';
  }

  async signal(session: SessionKey, events: readonly OutsideEvent[]): Promise<'delivered' | 'not-found'> {
    this.#answer();
    if (!this.#open.has(session)) return 'not-found';
    this.signals.push({ key: session, events });
    return 'delivered';
  }

  async signalBooking(
    workflowId: string,
    events: readonly AppointmentEvent[],
  ): Promise<'delivered' | 'not-found'> {
    this.#answer();
    if (!this.openBookings.has(workflowId)) return 'not-found';
    this.bookingSignals.push({ workflowId, events });
    return 'delivered';
  }

  closeRun(session: SessionKey): void {
    this.#open.delete(session);
    this.#closed.add(session);
  }

  /** The namespace's retention is over for every run that closed. */
  forget(): void {
    this.#open.clear();
    this.#closed.clear();
  }

  heardBy(session: SessionKey): readonly OutsideEvent[] {
    return this.signals.filter((signal) => signal.key === session).flatMap((signal) => signal.events);
  }
}

/** Calendly as far as intake asks it. */
export class FakeCalendly {
  readonly appointments = new Map<string, ProviderAppointment>();
  readonly asked: string[] = [];
  /** What each call fails with while it is set. */
  failure: Error | null = null;

  async getAppointment(uri: string): Promise<ProviderAppointment | undefined> {
    this.asked.push(uri);
    if (this.failure) throw this.failure;
    return this.appointments.get(uri);
  }

  /** From here on Calendly answers what this body says. */
  knows(body: Buffer, changes: Partial<ProviderAppointment> = {}): ProviderAppointment {
    const told = parseCalendlyWebhook(body)?.appointment;
    if (!told) throw new Error('the body tells too little');
    const appointment = { ...told, ...changes };
    this.appointments.set(appointment.uri, appointment);
    return appointment;
  }
}

/** Zammad as far as intake asks it. */
export class FakeZammad {
  readonly tickets = new Map<number, Ticket>();
  readonly asked: number[] = [];
  /** What each call fails with while it is set. */
  failure: Error | null = null;
  /** Done while a ticket is being read, after its fields were. */
  meanwhile: () => Promise<void> = async () => undefined;

  async getTicket(id: number): Promise<Ticket> {
    this.asked.push(id);
    if (this.failure) throw this.failure;
    const ticket = this.tickets.get(id);
    const request = { vendor: 'zammad', method: 'GET', path: '/' };
    if (!ticket) throw new VendorFailure('vendor-not-found', request, { status: 404, requestId: 'r' });
    await this.meanwhile();
    return ticket;
  }
}

/** The shop as far as intake asks it. */
export class FakeShop {
  refunds: OrderRefunds | undefined = { grants: [], besideGrants: true };
  readonly asked: string[] = [];
  /** What each call fails with while it is set. */
  failure: Error | null = null;

  async readRefunds(orderId: string): Promise<OrderRefunds | undefined> {
    this.asked.push(orderId);
    if (this.failure) throw this.failure;
    return this.refunds;
  }
}

/** Takes away every row that intake writes. */
export async function emptyIntake(db: Database): Promise<void> {
  for (const table of [
    'appointments',
    'sessions',
    'orders',
    'templates',
    'calendars',
    'clients',
    'tenants',
    'inbox',
  ] as const)
    await db.deleteFrom(table).execute();
}

/** A clock that stands still until it is moved. */
export class TestClock {
  now: Instant;
  constructor(at: number) {
    this.now = at as Instant;
  }
  advance(ms: number): void {
    this.now = (this.now + ms) as Instant;
  }
}

/** Takes every body for signed: for events that no real shop has sent us. */
export const trustingVerifier: SaleorVerifier = {
  async verify({ headers, body }) {
    const name = headers['saleor-event'] ?? '';
    const event = readSaleorEvent(parseSaleorJson(body.toString('utf8')), name);
    if (!event || typenameOfHeader(name) === '')
      return { ok: false, code: 'bad-signature', reason: 'no-event' };
    return { ok: true, domain: headers['saleor-domain'] ?? DOMAIN, event };
  },
};

/** The real verifier with the real shop's keys; `keys.away` makes the shop unreachable. */
export function realVerifier(keys: { away: boolean }, now: () => number = Date.now): SaleorVerifier {
  return createSaleorVerifier({
    shopOf: async (domain) =>
      domain === DOMAIN
        ? { jwksUrl: new URL(`http://${DOMAIN}/.well-known/jwks.json`), appId: null }
        : undefined,
    fetch: async () => {
      if (keys.away) throw new TypeError('fetch failed');
      return new Response(saleorKeys(), { headers: { 'content-type': 'application/json' } });
    },
    now,
  });
}

export interface LogLine {
  readonly level: 'info' | 'warn';
  readonly text: string;
}

export interface IntakeRig {
  readonly clock: TestClock;
  readonly temporal: FakeTemporal;
  readonly calendlyApi: FakeCalendly;
  readonly zammadApi: FakeZammad;
  readonly shopApi: FakeShop;
  readonly sweep: Sweep;
  readonly deps: SweepDeps;
  readonly log: readonly LogLine[];
  readonly kicks: () => number;
  get(path: string): Promise<Response>;
  post(path: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<Response>;
  saleor(request: { headers: Readonly<Record<string, string>>; body: Buffer }): Promise<Response>;
  /** Signed now, unless told when. */
  calendly(body: Buffer, signedAt?: number): Promise<Response>;
  /** Under a delivery id of its own, unless told which. */
  calcom(body: Buffer): Promise<Response>;
  zammad(body: Buffer, delivery?: string): Promise<Response>;
  close(): Promise<void>;
}

/** The webhook routes on a real listener, the inbox on a real PostgreSQL, and a Temporal that can go away. */
export async function startIntake(options: {
  db: Database;
  at: number;
  verifier: SaleorVerifier;
  sweep?: Partial<SweepDeps>;
  /** Puts each request into a span. Default: nothing is traced. */
  traced?: (listener: Listener) => Listener;
}): Promise<IntakeRig> {
  const clock = new TestClock(options.at);
  const temporal = new FakeTemporal();
  const calendlyApi = new FakeCalendly();
  const zammadApi = new FakeZammad();
  const shopApi = new FakeShop();
  const lines: LogLine[] = [];
  const write = (level: LogLine['level']) => (fields: Record<string, unknown>, message: string) => {
    lines.push({ level, text: `${message} ${JSON.stringify(fields)}` });
  };
  const log = { info: write('info'), warn: write('warn') };
  const referred = createReferred(ring);
  const delivery: DeliveryDeps = {
    db: options.db,
    starter: temporal,
    clock: () => clock.now,
    log,
    referred,
    scheduling: () => calendlyApi,
    zammad: zammadApi,
    saleor: () => shopApi,
    orders: {
      shops: new Map([[DOMAIN, { id: 1, name: 'Demo', timeZone: 'Europe/Berlin' }]]),
      productTypes: ['paid-session'],
      defaults: { provider: 'calendly', eventTypes: { calendly: 'event-type-1', calcom: '7' } },
      defaultTenant: { id: 1, name: 'Demo', timeZone: 'Europe/Berlin' },
      calendarOwnerId: 5,
    },
  };
  const deps: SweepDeps = { ...delivery, intervalMs: 0, random: () => 0, ...options.sweep };
  const sweep = createSweep(deps);
  let kicks = 0;
  const onStored = (): void => {
    kicks += 1;
  };

  const app = express();
  const shared = { db: options.db, clock: () => clock.now, log, onStored };
  const routes = createRoutes(
    keepersOf(async () => ({ ok: false, reason: 'no-token' })),
    pino({ level: 'silent' }),
  );
  addVendorWebhookRoutes(routes, {
    ...shared,
    saleorVerifier: options.verifier,
    calcomSecret: CALCOM_SECRET,
    calendlySecret: CALENDLY_SECRET,
    zammadSecret: ZAMMAD_SECRET,
    referred,
  });
  app.use(routes.router());
  app.use(notFound);
  app.use(problemHandler(() => undefined));
  const server = createServer(options.traced?.(app) ?? app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const post: IntakeRig['post'] = (path, headers, body) =>
    fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body: new Uint8Array(body) });
  return {
    clock,
    temporal,
    calendlyApi,
    zammadApi,
    shopApi,
    sweep,
    deps,
    log: lines,
    kicks: () => kicks,
    get: (path) => fetch(`http://127.0.0.1:${port}${path}`),
    post,
    saleor: ({ headers, body }) => post('/webhooks/saleor', headers, body),
    calendly: (body, signedAt = clock.now) =>
      post(
        '/api/v1/public/calendly/webhook',
        {
          'content-type': 'application/json',
          'calendly-webhook-signature': signCalendlyWebhook(
            body,
            CALENDLY_SECRET,
            Math.floor(signedAt / 1000),
          ),
        },
        body,
      ),
    calcom: (body) =>
      post(
        '/webhooks/calcom',
        {
          'content-type': 'application/json',
          'x-cal-signature-256': signCalcomWebhook(body, CALCOM_SECRET),
        },
        body,
      ),
    zammad: (body, delivery = randomUUID()) =>
      post(
        '/webhooks/zammad',
        {
          'content-type': 'application/json; charset=utf-8',
          'x-zammad-delivery': delivery,
          'x-hub-signature': signZammadWebhook(body, ZAMMAD_SECRET),
        },
        body,
      ),
    async close() {
      await sweep.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A Saleor event of this kind about the order in a real request; only with {@link trustingVerifier}. */
export function renamed(
  request: { headers: Readonly<Record<string, string>>; body: Buffer },
  event: string,
  change: (order: string) => string = (text) => text,
): { headers: Readonly<Record<string, string>>; body: Buffer } {
  const body = request.body
    .toString('utf8')
    .replace(/"__typename": "[A-Za-z]+"/, `"__typename": "${typenameOfHeader(event)}"`);
  return {
    headers: { ...request.headers, 'saleor-event': event, 'x-saleor-event': event },
    body: Buffer.from(change(body)),
  };
}
