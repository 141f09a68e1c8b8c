// A replica's forward-auth as the API composes it, without its other rooms.
import type { RevocationOrder, RevocationReceipt } from '../../../api/gate/revocations.ts';
import { startApi } from '../../../api/server.ts';
import { createLogger } from '../../../platform/log.ts';
import { answerParent, cpuMicros, machineTime } from '../child.ts';
import type { BenchSession } from '../rows.ts';
import { type BenchGate, type GateSettings, openBenchGate } from './open-gate.ts';

export interface Revoked {
  readonly state: RevocationReceipt['state'];
  readonly milliseconds: number;
  /** On the machine's monotonic clock. */
  readonly acknowledgedAt: bigint;
}

const log = createLogger({ level: 'info', pretty: false, name: 'bench' });
let running: { readonly gate: BenchGate; close(): Promise<void> } | undefined;

function gateOrThrow(): BenchGate {
  if (running === undefined) throw new Error('the replica was not started');
  return running.gate;
}

async function start(settings: GateSettings): Promise<string> {
  const gate = await openBenchGate(settings, log);
  const api = await startApi({
    http: { port: 0, host: '127.0.0.1', internalPort: 0, internalHost: '127.0.0.1' },
    log,
    publicRouters: [],
    internalRouters: [gate.forwardAuth.router],
    internalFirst: gate.forwardAuth.answerAtOnce,
    readiness: [],
    stopInOrder: [{ name: 'gate', stop: () => gate.close() }],
    drainMs: 500,
  });
  running = { gate, close: () => api.close() };
  return `${api.internalUrl}/forward-auth`;
}

async function revoke(order: {
  readonly session: BenchSession;
  readonly kind: 'access' | 'link';
}): Promise<Revoked> {
  const { sessionKey, linkId } = order.session;
  const what: RevocationOrder =
    order.kind === 'access'
      ? { kind: 'access', sessionKey }
      : { kind: 'link', linkId, sessionKey, keepUntil: null };
  const { revocations } = gateOrThrow().held;
  const calledAt = machineTime();
  const { state } = await revocations.revoke(what, 'bench');
  const acknowledgedAt = machineTime();
  return { state, milliseconds: Number(acknowledgedAt - calledAt) / 1e6, acknowledgedAt };
}

const tasks = {
  start,
  revoke,
  cpuMicros,
  close: async () => {
    await running?.close();
  },
};
export type GateTasks = typeof tasks;

answerParent(tasks);
