import { randomId } from '../../platform/random-id.ts';
import { addAdminBookingRoutes } from '../../api/admin-booking/routes.ts';
import { BOOKING_POLICY } from '../../api/booking/policy.ts';
import type { BookingAnswer, BookingRuns } from '../../api/booking/starts.ts';
import type { Database } from '../../db/connect.ts';
import { insertBookingRequest } from '../../db/queries/booking-requests.ts';
import type { BookingsTable } from '../../db/tables.ts';
import type { CalendlyClient } from '../../integrations/calendly/contract.ts';
import { CodedFailure } from '../../platform/failures.ts';
import type { BookingKey, Instant } from '../../workflows/contract/values.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { type Answer, ask } from './support/ask.ts';
import { ringOf } from './support/keys.ts';
import { verifyNamed } from './support/named-callers.ts';
import { keepersOf, serveRoutes } from './support/serve-routes.ts';

export const ADMIN = '/api/v1/admin/booking';
export const AT = Date.UTC(2026, 0, 15, 10) as Instant;

/** What a test says of a booking; the rest is John Doe of Acme. */
export type Given = Partial<{
  readonly [Column in keyof BookingsTable]: unknown;
}>;

let made = 0;

/** A visitor's booking as it is once its run was started, and then what the test says of it. */
export async function writeBooking(
  db: Database,
  given: Given = {},
  at: Instant = (AT + made * 1000) as Instant,
): Promise<BookingKey> {
  const bookingKey = randomId() as BookingKey;
  made += 1;
  await insertBookingRequest(db, {
    visitor: {
      firstName: 'John',
      lastName: 'Doe',
      companyName: 'Acme Corp',
      companyWebsite: 'https://acme.example',
      position: 'CEO',
      isDecisionMaker: true,
      email: 'john@acme.example',
      businessPhone: { code: '+1', number: '5551234567' },
    },
    workflowId: `booking-${bookingKey}`,
    eventType: 'et-1',
    input: {
      rulesVersion: 1,
      bookingKey,
      tenantId: typeof given.tenant_id === 'number' ? given.tenant_id : 1,
      provider: 'calendly',
      requestedAt: at,
      policy: BOOKING_POLICY,
    },
  });
  await db
    .updateTable('bookings')
    .set({ start_state: 'started', ...(given as object) })
    .where('booking_key', '=', bookingKey)
    .execute();
  return bookingKey;
}

/** Two tenants. */
export async function writeTenants(db: Database): Promise<void> {
  for (const name of ['Demo', 'Other'])
    await db
      .insertInto('tenants')
      .values({ name, time_zone: 'Europe/Berlin', saleor_domain: null })
      .execute();
}

type Asked = {
  readonly name: string;
  readonly argument: unknown;
  readonly updateId: string;
  readonly ms: number;
};

/** Runs that answer as a test says; what they are asked is kept. */
export interface ScriptedRuns extends Pick<BookingRuns, 'start' | 'update'> {
  onUpdate: (workflowId: string, name: string, argument: unknown) => Promise<BookingAnswer>;
  away: boolean;
  readonly asked: Asked[];
  readonly starts: BookingKey[];
}

export const accepted: BookingAnswer = { kind: 'answer', verdict: { accepted: true, next: 'none' } };

export function refusedFor(
  reason: 'impossible-transition' | 'provider-failed',
  more: object = {},
): BookingAnswer {
  return { kind: 'answer', verdict: { accepted: false, reason, at: null, ...more } };
}

function scriptedRuns(): ScriptedRuns {
  const runs: ScriptedRuns = {
    onUpdate: async () => accepted,
    away: false,
    asked: [],
    starts: [],
    async start({ booking_key: key }) {
      if (runs.away) throw new CodedFailure('engine-unavailable', 'away');
      runs.starts.push(key);
      return 'started';
    },
    async update(workflowId, name, argument, updateId, ms) {
      runs.asked.push({ name, argument, updateId, ms });
      return runs.away ? { kind: 'unavailable' } : runs.onUpdate(workflowId, name, argument);
    },
  };
  return runs;
}

type Reads = Pick<CalendlyClient, 'readEvent' | 'readInvitee' | 'readAccount'>;

export interface AdminBookingRig {
  readonly db: Database;
  readonly runs: ScriptedRuns;
  calendly: Reads;
  readonly lines: readonly string[];
  /** As the tenant's admin unless told otherwise. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  send(
    method: 'PUT' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  close(): Promise<void>;
}

/** The routes on real HTTP and a real PostgreSQL, with runs and a Calendly that answer as a test says. */
export async function startAdminBookingRig(): Promise<AdminBookingRig> {
  const database = await createTestDatabase();
  const { db } = database.connection;
  await writeTenants(db);
  const runs = scriptedRuns();
  const calendly: Reads = {
    readEvent: (uri) => rig.calendly.readEvent(uri),
    readInvitee: (uri) => rig.calendly.readInvitee(uri),
    readAccount: () => rig.calendly.readAccount(),
  };
  const logged: string[] = [];
  const write = (fields: object, message: string): void =>
    void logged.push(JSON.stringify({ ...fields, message }));
  const served = await serveRoutes({
    keepers: keepersOf(verifyNamed),
    add: (routes) =>
      addAdminBookingRoutes(routes, {
        db,
        clock: () => (AT + 3_600_000) as Instant,
        log: { info: write, warn: write },
        runs,
        calendly,
        shown: {
          provider: 'calendly',
          defaultLink: 'https://calendly.example/host/hour',
          linkKeys: ringOf('link-1'),
          uiUrl: 'http://ui.example',
          namespace: 'default',
        },
      }),
  });
  const rig: AdminBookingRig = {
    db,
    runs,
    calendly: {
      readEvent: async () => undefined,
      readInvitee: async () => undefined,
      readAccount: async () => ({}),
    },
    get lines() {
      return [...served.lines, ...logged];
    },
    get: (path, headers = {}) =>
      ask(served.origin + path, { headers: { authorization: 'Bearer admin', ...headers } }),
    send: (method, path, body, headers = {}) =>
      ask(served.origin + path, {
        method,
        headers: {
          authorization: 'Bearer admin',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    async close() {
      await served.close();
      await database.drop();
    },
  };
  return rig;
}

/** One of an answer's `results`. @throws where the answer has none. */
export function resultOf(answer: Answer, name: string): unknown {
  const results = answer.json?.['results'];
  if (typeof results !== 'object' || results === null || !(name in results)) throw new Error(answer.text);
  return (results as Record<string, unknown>)[name];
}

export const bookingOf = (answer: Answer): Record<string, unknown> =>
  resultOf(answer, 'booking') as Record<string, unknown>;
