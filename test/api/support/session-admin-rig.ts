import { type SessionDependencies, addSessionRoutes } from '../../../api/admin/sessions/routes.ts';
import { addAuditRoutes } from '../../../api/admin/audit.ts';
import type { Router } from 'express';
import type { Logger } from 'pino';
import type { Caller, VerifyBearer } from '../../../api/auth/caller.ts';
import type { RevocationOrder, RevocationReceipt } from '../../../api/gate/revocations.ts';
import type { Database } from '../../../db/connect.ts';
import type { Routes } from '../../../api/operations/routes.ts';
import { CodedFailure } from '../../../platform/failures.ts';
import { runUrlOf } from '../../../platform/run-url.ts';
import type { Instant, SessionKey } from '../../../workflows/contract/values.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { type Answer, ask } from './ask.ts';
import { type Rows, writeRows } from './rows.ts';
import { keepersOf, serveRoutes } from './serve-routes.ts';
import { type StubEngine, stubEngine } from './stub-engine.ts';
import { gateOf, NOW } from './values.ts';

/** The admin API of sessions behind real HTTP, on a real database, with Temporal told what to answer. */
export interface SessionAdminRig {
  readonly db: Database;
  readonly rows: Rows;
  readonly engine: StubEngine;
  readonly origin: string;
  readonly lines: readonly string[];
  readonly revoked: { readonly order: RevocationOrder; readonly actor: string }[];
  /** Which sessions Temporal was asked to start. */
  readonly started: SessionKey[];
  receipt: RevocationReceipt | Error;
  temporalIsAway: boolean;
  now: Instant;
  /** @param as `admin` unless told: the name of one of the callers. */
  get(path: string, headers?: Record<string, string>, as?: string): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export const runUrl = (key: string): string => `https://ui.example/namespaces/ns/workflows/session-${key}`;

/** @param behind routers that ask the API themselves. */
export async function startSessionAdmin(
  behind?: (made: {
    readonly db: Database;
    readonly deps: SessionDependencies;
    readonly routes: Routes;
    readonly log: Logger;
    readonly tenantId: number;
  }) => readonly Router[],
): Promise<SessionAdminRig> {
  const database = await createTestDatabase();
  const { db } = database.connection;
  const rows = await writeRows(db);
  const { tenantId } = rows;
  const callers: Readonly<Record<string, Caller>> = {
    admin: { role: 'admin', tenantId, userId: 7, subject: 'a-person' },
    software: { role: 'admin', tenantId, userId: null, subject: 'robot' },
    tenant: { role: 'tenant', tenantId, userId: null, subject: 'shop' },
    stranger: { role: 'admin', tenantId: tenantId + 1, userId: 70, subject: 'somebody-else' },
  };
  // Bearer tokens are names here.
  const verify: VerifyBearer = async (authorization) => {
    const caller = callers[authorization?.replace('Bearer ', '') ?? ''];
    return caller === undefined ? { ok: false, reason: 'no-token' } : { ok: true, caller };
  };
  const engine = stubEngine(gateOf());
  const deps: SessionDependencies = {
    db,
    providers: ['calendly', 'calcom'],
    engine,
    clock: () => rig.now,
    log: { info: () => undefined, warn: () => undefined },
    revocations: {
      async revoke(order, actor) {
        rig.revoked.push({ order, actor });
        if (rig.receipt instanceof Error) throw rig.receipt;
        return rig.receipt;
      },
    },
    starter: {
      async start(session) {
        if (rig.temporalIsAway) throw new CodedFailure('engine-unavailable', 'no server');
        rig.started.push(session.session_key);
        return 'started';
      },
      signal: async () => 'delivered',
      signalBooking: async () => 'delivered',
    },
    orders: {
      defaults: { provider: 'calendly', eventTypes: { calendly: 'usual' } },
      defaultTenant: { id: 999, name: 'Default', timeZone: 'UTC' },
      calendarOwnerId: 5,
    },
    places: {
      page: (slug) => `https://gateway.example/customer/s/${slug}`,
      ticket: (id) => `https://tickets.example/#ticket/zoom/${id}`,
      order: (domain, id) => `https://${domain}/dashboard/orders/${encodeURIComponent(id)}`,
    },
    runUrl: (workflowId) => runUrlOf('https://ui.example', 'ns', workflowId),
  };
  const served = await serveRoutes({
    keepers: keepersOf(verify),
    add(routes) {
      addAuditRoutes(routes, { db });
      addSessionRoutes(routes, deps);
    },
    ...(behind && { behind: (routes, log) => behind({ db, deps, routes, log, tenantId }) }),
  });
  const rig: SessionAdminRig = {
    db,
    rows,
    engine,
    origin: served.origin,
    lines: served.lines,
    revoked: [],
    started: [],
    receipt: { fresh: true, state: 'confirmed' },
    temporalIsAway: false,
    now: NOW,
    get: (path, headers = {}, as = 'admin') =>
      ask(served.origin + path, { headers: { authorization: `Bearer ${as}`, ...headers } }),
    post(path, body, headers = {}) {
      const text = body === undefined ? undefined : JSON.stringify(body);
      return ask(served.origin + path, {
        method: 'POST',
        headers: {
          authorization: 'Bearer admin',
          ...(text === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(text === undefined ? {} : { body: text }),
      });
    },
    async close() {
      await served.close();
      await database.drop();
    },
  };
  return rig;
}
