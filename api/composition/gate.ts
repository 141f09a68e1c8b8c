import { hostname } from 'node:os';
import type { Router } from 'express';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import type { DatabaseConnection } from '../../db/connect.ts';
import { writeAudit } from '../../db/queries/audit.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import { histogram } from '../../platform/metrics/register.ts';
import type { SessionEngine } from '../gate/engine.ts';
import { createForwardAuth, type ForwardAuth } from '../gate/forward-auth.ts';
import { type OpenGateMemory, openGateMemory } from '../gate/open-gate-memory.ts';
import type { GateReport } from '../gate/read-gate.ts';
import { logGateEvents, reportGates } from '../gate/report.ts';
import { createGatewayEvents } from '../gateway/events.ts';
import { registerGatewayEvents, registerMemory, registerVerdicts } from '../metrics/gate.ts';
import { describeError } from '../request-log.ts';

/** The gate of one process: what it answers from, and the answering. */
export interface Gate {
  readonly held: OpenGateMemory;
  readonly forwardAuth: ForwardAuth;
  /** What the gateway tells of sessions' URLs. */
  readonly events: Router;
  readonly metrics: Registry;
  /** Logs a session whose workflow did not answer, seldom. */
  readonly report: (report: GateReport) => void;
}

export async function composeGate(
  config: Pick<Config, 'env' | 'database' | 'apisix' | 'keys'>,
  deps: {
    readonly database: DatabaseConnection;
    readonly engine: SessionEngine;
    readonly clock: Clock;
    readonly log: Logger;
  },
): Promise<Gate> {
  const { clock, log, engine } = deps;
  const { db } = deps.database;
  const report = reportGates(log, clock);
  const metrics = new Registry();
  const revocations = histogram(metrics, 'latchkey_gate_revocation_duration_seconds');
  for (const outcome of ['confirmed', 'unconfirmed']) revocations.zero({ outcome });
  const held = await openGateMemory({
    databaseUrl: config.database.url,
    db,
    engine,
    clock,
    replicaName: `${hostname()}:${process.pid}`,
    report,
    onEvent: logGateEvents(log),
    onRevoked: (outcome, ms) => revocations.observe({ outcome }, ms / 1000),
    // A clock that was handed in is not this machine's, and may be any time apart from PostgreSQL's.
    ...(clock === systemClock ? {} : { settings: { skewLimitMs: Number.POSITIVE_INFINITY } }),
  });
  const forwardAuth = createForwardAuth({
    gatewaySecret: config.apisix.gatewaySecret,
    keys: config.keys,
    secureCookies: config.env !== 'development',
    clock,
    memory: held.memory,
    writeAudit: (entries) => writeAudit(db, entries),
    report: (error) => log.error({ err: describeError(error) }, 'forward-auth could not tell'),
  });
  const events = createGatewayEvents({ db, gatewaySecret: config.apisix.gatewaySecret, clock, log });
  registerGatewayEvents(metrics, () => events.counts());
  registerVerdicts(metrics, () => forwardAuth.counts());
  registerMemory(metrics, () => held.stats());
  return { held, forwardAuth, events: events.router, metrics, report };
}
