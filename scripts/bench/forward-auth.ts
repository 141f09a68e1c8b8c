import { ACCESS_COOKIE } from '../../api/gate/credentials.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type BenchChild, startBenchChild } from './child.ts';
import type { LoadResult, LoadTasks } from './load.ts';
import { gatewayHeaders } from './question.ts';
import { type BenchSession, cookieOf } from './rows.ts';
import type { BareTasks } from './servers/bare.ts';
import type { ExpressJoseTasks } from './servers/express-jose.ts';
import type { GateTasks } from './servers/gate.ts';
import { hasOauth2Proxy, startOauth2Proxy } from './servers/oauth2-proxy.ts';
import { median, ratios, rotated, rounded } from './statistics.ts';

const CONNECTIONS = 32;
const WARM_UP_SECONDS = 1;

export type ContestantName = 'bare' | 'forwardAuth' | 'expressJose' | 'oauth2Proxy';

interface Contestant {
  readonly name: ContestantName;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Microseconds of processor time that the server has used; null where it cannot be asked. */
  readonly cpuMicros: (() => Promise<number>) | null;
}

export interface Measured {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the server's processor time per request; null where it cannot be asked. */
  readonly cpuPerRequest: number | null;
}

/** Every contestant once, in this round's order. */
export type Round = Readonly<Partial<Record<ContestantName, Measured>>> & {
  readonly bare: Measured;
  readonly forwardAuth: Measured;
  readonly expressJose: Measured;
};

export interface ForwardAuthResult {
  /** Requests per second of forward-auth over those of the other, the median of the rounds' ratios. */
  readonly ratioToBare: number;
  readonly ratioToExpressJose: number;
  readonly ratioToOauth2Proxy?: number;
  /** Milliseconds, the medians of the rounds. */
  readonly p50: number;
  readonly p99: number;
  readonly p99ToBare: number;
  /**
   * Processor time per request, forward-auth's over bare's. Where the load takes as much of a processor as the server,
   * it keeps both from going faster, and requests per second look more alike than they are; this does not.
   */
  readonly cpuToBare: number;
  readonly connections: number;
  readonly rounds: readonly Round[];
}

const measuredOf = (result: LoadResult, cpuMicros: number | null): Measured => ({
  requestsPerSecond: Math.round(result.requestsPerSecond),
  p50: rounded(result.p50, 3),
  p99: rounded(result.p99, 3),
  cpuPerRequest: cpuMicros === null ? null : rounded(cpuMicros / result.requests, 1),
});

async function measure(
  load: BenchChild<LoadTasks>,
  contestant: Contestant,
  seconds: number,
): Promise<Measured> {
  const before = (await contestant.cpuMicros?.()) ?? 0;
  const result = await load.ask('load', {
    url: contestant.url,
    headers: contestant.headers,
    connections: CONNECTIONS,
    seconds,
  });
  const after = (await contestant.cpuMicros?.()) ?? 0;
  return measuredOf(result, contestant.cpuMicros === null ? null : after - before);
}

/** What the rounds come to. */
export function summaryOf(rounds: readonly Round[]): ForwardAuthResult {
  const speed = (name: ContestantName) => (round: Round) => round[name]?.requestsPerSecond ?? Number.NaN;
  const ratioTo = (name: ContestantName): number =>
    rounded(median(ratios(rounds, speed('forwardAuth'), speed(name))), 3);
  const p99 = (name: 'bare' | 'forwardAuth') => (round: Round) => round[name].p99;
  const cpu = (name: 'bare' | 'forwardAuth') => (round: Round) => round[name].cpuPerRequest ?? Number.NaN;
  return {
    ratioToBare: ratioTo('bare'),
    ratioToExpressJose: ratioTo('expressJose'),
    ...(rounds.every((round) => round.oauth2Proxy !== undefined)
      ? { ratioToOauth2Proxy: ratioTo('oauth2Proxy') }
      : {}),
    p50: rounded(median(rounds.map((round) => round.forwardAuth.p50)), 3),
    p99: rounded(median(rounds.map(p99('forwardAuth'))), 3),
    p99ToBare: rounded(median(ratios(rounds, p99('forwardAuth'), p99('bare'))), 3),
    cpuToBare: rounded(median(ratios(rounds, cpu('forwardAuth'), cpu('bare'))), 3),
    connections: CONNECTIONS,
    rounds,
  };
}

/**
 * Forward-auth answering from memory, beside what else could answer: each in a process of its own, one after the
 * other under the same load with the same headers, in interleaved rounds.
 */
export async function measureForwardAuth(deps: {
  readonly gate: BenchChild<GateTasks>;
  readonly gateUrl: string;
  readonly gatewaySecret: string;
  readonly cookieRing: KeyRing;
  readonly session: BenchSession;
  readonly rounds: number;
  readonly seconds: number;
  readonly progress: (line: string) => void;
}): Promise<ForwardAuthResult> {
  const { gate, progress } = deps;
  const bare = startBenchChild<BareTasks>('./servers/bare.js');
  const expressJose = startBenchChild<ExpressJoseTasks>('./servers/express-jose.js');
  const load = startBenchChild<LoadTasks>('./load.js');
  const oauth2Proxy = hasOauth2Proxy() ? await startOauth2Proxy() : undefined;
  if (oauth2Proxy === undefined)
    progress('oauth2-proxy is left out: there is no program of that name on PATH');
  try {
    const cookie = await cookieOf(deps.cookieRing, deps.session);
    const headers = gatewayHeaders({
      gatewaySecret: deps.gatewaySecret,
      slug: deps.session.slug,
      cookie,
    });
    const contestants: Contestant[] = [
      {
        name: 'bare',
        url: `${await bare.ask('start')}/forward-auth`,
        headers,
        cpuMicros: () => bare.ask('cpuMicros'),
      },
      {
        name: 'forwardAuth',
        url: deps.gateUrl,
        headers,
        cpuMicros: () => gate.ask('cpuMicros'),
      },
      {
        name: 'expressJose',
        url: `${await expressJose.ask('start', {
          secret: deps.cookieRing.newest.secret,
          cookieName: ACCESS_COOKIE,
        })}/forward-auth`,
        headers,
        cpuMicros: () => expressJose.ask('cpuMicros'),
      },
      ...(oauth2Proxy === undefined
        ? []
        : [
            {
              name: 'oauth2Proxy',
              url: oauth2Proxy.url,
              headers: { ...headers, Cookie: oauth2Proxy.cookie },
              cpuMicros: null,
            } as const,
          ]),
    ];
    for (const contestant of contestants) await measure(load, contestant, WARM_UP_SECONDS);
    const rounds: Round[] = [];
    for (let round = 0; round < deps.rounds; round += 1) {
      const measured = new Map<ContestantName, Measured>();
      for (const contestant of rotated(contestants, round))
        measured.set(contestant.name, await measure(load, contestant, deps.seconds));
      const done = Object.fromEntries(measured) as unknown as Round;
      rounds.push(done);
      progress(
        `round ${round + 1} of ${deps.rounds}: ` +
          [...measured].map(([name, { requestsPerSecond }]) => `${name} ${requestsPerSecond}/s`).join(', '),
      );
    }
    return summaryOf(rounds);
  } finally {
    await Promise.all([bare.stop(), expressJose.stop(), load.stop(), oauth2Proxy?.close()]);
  }
}
