import { sql } from 'kysely';
import type { EngineAnswer, SessionEngine, UpdateAnswer } from '../../../api/gate/engine.ts';
import {
  type GateSettings,
  type OpenGateMemory,
  openGateMemory,
} from '../../../api/gate/open-gate-memory.ts';
import type { GateReport } from '../../../api/gate/read-gate.ts';
import type { GateEvent } from '../../../api/gate/report.ts';
import type { Database } from '../../../db/connect.ts';
import { writePublication } from '../../../db/queries/publication.ts';
import { systemClock } from '../../../platform/clock.ts';
import type { Gate } from '../../../workflows/contract/session.ts';
import type { Instant, LinkId, SessionKey } from '../../../workflows/contract/values.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { type Rows, writeRows } from './rows.ts';
import { gateOf, NOW } from './values.ts';

/** Temporal, answering what a test lets it. */
export interface ScriptedEngine extends SessionEngine {
  onGate: (key: SessionKey) => EngineAnswer<Gate> | Promise<EngineAnswer<Gate>>;
  onUpdate: (asked: {
    readonly key: SessionKey;
    readonly name: string;
    readonly argument: unknown;
    readonly updateId: string;
  }) => UpdateAnswer | Promise<UpdateAnswer>;
  readonly gates: SessionKey[];
  readonly updates: { readonly name: string; readonly argument: unknown; readonly updateId: string }[];
}

export function scriptedEngine(gate: Gate = gateOf()): ScriptedEngine {
  const engine: ScriptedEngine = {
    onGate: (key) => ({ kind: 'answer', value: { ...gate, sessionKey: key } }),
    onUpdate: () => ({ kind: 'answer', verdict: { accepted: true, next: 'none' } }),
    gates: [],
    updates: [],
    async gate(key) {
      engine.gates.push(key);
      return engine.onGate(key);
    },
    view: async () => ({ kind: 'unavailable', why: 'scripted' }),
    async update(key, name, argument, updateId) {
      engine.updates.push({ name, argument, updateId });
      return engine.onUpdate({ key, name, argument, updateId });
    },
    reachable: async () => true,
    async settled() {},
  };
  return engine;
}

/** Nothing by itself: no re-check, no delivery; everything else as it is in production. */
export const quiet: Partial<GateSettings> = { recheckEveryMs: 0, deliverEveryMs: 0 };

export interface GateRig {
  readonly database: TestDatabase;
  readonly db: Database;
  rows: Rows;
  readonly reports: GateReport[];
  readonly events: GateEvent[];
  /** One more replica on the same database, closed with the rig. */
  open(options?: {
    readonly url?: string;
    readonly name?: string;
    readonly engine?: SessionEngine;
    readonly settings?: Partial<GateSettings>;
    readonly monotonic?: () => number;
    readonly clock?: () => Instant;
  }): Promise<OpenGateMemory>;
  /** Closes all replicas and puts the rows back as they were at first. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function startGateRig(): Promise<GateRig> {
  const database = await createTestDatabase();
  const { db } = database.connection;
  const rows = await writeRows(db);
  const reports: GateReport[] = [];
  const events: GateEvent[] = [];
  const opened: OpenGateMemory[] = [];
  const closeAll = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((gate) => gate.close()));
  };
  const rig: GateRig = {
    database,
    db,
    rows,
    reports,
    events,
    async open(options = {}) {
      const gate = await openGateMemory({
        databaseUrl: options.url ?? database.url,
        db,
        engine: options.engine ?? scriptedEngine(),
        clock: options.clock ?? systemClock,
        replicaName: options.name ?? 'test',
        report: (report) => void reports.push(report),
        onEvent: (event) => void events.push(event),
        settings: { ...quiet, ...options.settings },
        ...(options.monotonic === undefined ? {} : { monotonic: options.monotonic }),
      });
      opened.push(gate);
      return gate;
    },
    async reset() {
      await closeAll();
      await sql`truncate tenants, revocations, replicas restart identity cascade`.execute(db);
      rig.rows = await writeRows(db);
      reports.length = 0;
      events.length = 0;
    },
    async close() {
      await closeAll();
      await database.drop();
    },
  };
  return rig;
}

/** As a workflow publishes: row and notification in one transaction. */
export async function publish(db: Database, gate: Gate): Promise<void> {
  await writePublication(db, {
    sessionKey: gate.sessionKey,
    gate,
    record: {
      phase: gate.state === 'over' ? 'ended' : 'awaiting-booking',
      outcome: gate.state === 'over' ? 'completed' : null,
      startsAt: null,
      endsAt: null,
      cutoffAt: null,
      needsAttention: false,
    },
    entries: [],
    at: NOW,
  });
}

/** Looks again and again until it holds; the test's own time-out is the limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds()))
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
}

export function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

export const linkOrder = (linkId: LinkId, sessionKey: SessionKey | null) =>
  ({ kind: 'link', linkId, sessionKey, keepUntil: null }) as const;
