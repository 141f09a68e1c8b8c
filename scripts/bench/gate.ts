import { randomBytes } from 'node:crypto';
import { keyRing } from '../../platform/keys.ts';
import { type BenchChild, startBenchChild } from './child.ts';
import { type ContestantName, type Measured, measureForwardAuth } from './forward-auth.ts';
import { gateLines, goalsOf, type GateResult } from './gate-goals.ts';
import { keptItsPromises } from './goals.ts';
import { measureMemory } from './memory.ts';
import { onOwnPostgres } from './own-postgres.ts';
import { measureRevocation } from './revocation.ts';
import { writeSessions } from './rows.ts';
import type { GateTasks } from './servers/gate.ts';
import { median, rounded } from './statistics.ts';

const REPLICAS = 3;
const REVOCATIONS = 200;
const SNAPSHOTS = 20_000;

export interface GateBenchOptions {
  readonly rounds: number;
  /** Of load per contestant and round. */
  readonly seconds: number;
  readonly path: string | undefined;
  readonly progress: (line: string) => void;
}

export interface GateBench {
  readonly result: GateResult;
  readonly lines: readonly string[];
  /** Every promise was kept; a goal that was missed is only told. */
  readonly ok: boolean;
}

function medianOf({ forwardAuth }: GateResult) {
  return (name: ContestantName, measure: keyof Measured): string => {
    const values = forwardAuth.rounds.map((round) => round[name]?.[measure] ?? null);
    const known = values.filter((value) => value !== null);
    return known.length < values.length ? '' : String(rounded(median(known), 3));
  };
}

/** Measures the gate on a PostgreSQL of its own, with each replica a process of its own. */
export function benchGate(options: GateBenchOptions): Promise<GateBench> {
  const { progress } = options;
  return onOwnPostgres(options, async ({ url: databaseUrl, db, closeLater }) => {
    const sessions = await writeSessions(db, 1 + REVOCATIONS + SNAPSHOTS);
    progress(`wrote ${sessions.length} sessions`);
    const [first] = sessions;
    if (first === undefined) throw new Error('no session was written');

    const cookieRing = keyRing([{ id: 'bench', secret: new Uint8Array(randomBytes(32)) }]);
    const gatewaySecret = randomBytes(24).toString('base64url');
    const settings = { databaseUrl, gatewaySecret, cookieKey: cookieRing.newest };
    const startReplica = async (): Promise<{ child: BenchChild<GateTasks>; url: string }> => {
      const child = startBenchChild<GateTasks>('./servers/gate.js');
      closeLater(async () => {
        await child.ask('close').catch(() => undefined);
        await child.stop();
      });
      const url = await child.ask('start', settings);
      return { child, url };
    };

    const one = await startReplica();
    const forwardAuth = await measureForwardAuth({
      gate: one.child,
      gateUrl: one.url,
      gatewaySecret,
      cookieRing,
      session: first,
      rounds: options.rounds,
      seconds: options.seconds,
      progress,
    });
    const replicas = [one];
    while (replicas.length < REPLICAS) replicas.push(await startReplica());
    const revocation = await measureRevocation({
      replicas,
      gatewaySecret,
      cookieRing,
      sessions: sessions.slice(1, 1 + REVOCATIONS),
      progress,
    });
    progress(`filling a memory with ${SNAPSHOTS} sessions`);
    const memory = await measureMemory({
      gate: settings,
      sessions: sessions.slice(1 + REVOCATIONS),
    });
    const result: GateResult = { forwardAuth, revocation, memory };
    return {
      result,
      lines: gateLines(result, medianOf(result)),
      ok: keptItsPromises(goalsOf(result)),
    };
  });
}
