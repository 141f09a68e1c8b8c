import type { KeyRing } from '../../platform/keys.ts';
import { type BenchChild, startBenchChild } from './child.ts';
import type { Polled, PollerTasks } from './pollers.ts';
import { gatewayHeaders } from './question.ts';
import { type BenchSession, cookieOf } from './rows.ts';
import type { GateTasks, Revoked } from './servers/gate.ts';
import { percentile, rounded } from './statistics.ts';

export interface RevocationResult {
  readonly revocations: number;
  readonly replicas: number;
  /** Milliseconds from the call to its acknowledgement. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Acknowledged without every replica's word. */
  readonly unconfirmed: number;
  /** Requests that were sent after an acknowledgement … */
  readonly requestsAfter: number;
  /** … and let pass all the same, by any replica. */
  readonly allowedAfter: number;
}

/** One revocation as everybody saw it. */
export interface Witnessed {
  readonly revoked: Revoked;
  readonly polled: readonly Polled[];
}

/**
 * What the revocations come to.
 *
 * @throws when a replica let nobody pass before its revocation, or was not asked after it: then nothing was shown.
 */
export function revocationSummary(all: readonly Witnessed[], replicas: number): RevocationResult {
  let requestsAfter = 0;
  let allowedAfter = 0;
  for (const { revoked, polled } of all) {
    for (let replica = 0; replica < replicas; replica += 1) {
      const own = polled.filter((one) => one.replica === replica);
      const after = own.filter((one) => one.sentAt > revoked.acknowledgedAt);
      if (!own.some((one) => one.status === 200 && one.sentAt < revoked.acknowledgedAt))
        throw new Error(`replica ${replica + 1} let nobody pass before the revocation`);
      if (after.length === 0)
        throw new Error(`replica ${replica + 1} was not asked after the acknowledgement`);
      requestsAfter += after.length;
      allowedAfter += after.filter((one) => one.status === 200).length;
    }
  }
  const times = all.map(({ revoked }) => revoked.milliseconds);
  return {
    revocations: all.length,
    replicas,
    p50: rounded(percentile(times, 0.5), 2),
    p99: rounded(percentile(times, 0.99), 2),
    max: rounded(percentile(times, 1), 2),
    unconfirmed: all.filter(({ revoked }) => revoked.state !== 'confirmed').length,
    requestsAfter,
    allowedAfter,
  };
}

/** Revokes session after session, by access and by link in turn, through each replica in turn, while all are asked. */
export async function measureRevocation(deps: {
  readonly replicas: readonly { readonly child: BenchChild<GateTasks>; readonly url: string }[];
  readonly gatewaySecret: string;
  readonly cookieRing: KeyRing;
  readonly sessions: readonly BenchSession[];
  readonly progress: (line: string) => void;
}): Promise<RevocationResult> {
  const { replicas, progress } = deps;
  const pollers = startBenchChild<PollerTasks>('./pollers.js');
  try {
    const all: Witnessed[] = [];
    for (const [index, session] of deps.sessions.entries()) {
      const headers = gatewayHeaders({
        gatewaySecret: deps.gatewaySecret,
        slug: session.slug,
        cookie: await cookieOf(deps.cookieRing, session),
      });
      await pollers.ask(
        'start',
        replicas.map(({ url }) => ({ url, headers })),
      );
      const through = replicas[index % replicas.length];
      if (through === undefined) throw new Error('no replica');
      const revoked = await through.child.ask('revoke', {
        session,
        kind: index % 2 === 0 ? 'access' : 'link',
      });
      all.push({ revoked, polled: await pollers.ask('stop') });
      if ((index + 1) % 50 === 0) progress(`${index + 1} of ${deps.sessions.length} revocations`);
    }
    return revocationSummary(all, replicas.length);
  } finally {
    await pollers.stop();
  }
}
