import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../db/connect.ts';
import type { KeyRing } from '../../../platform/keys.ts';
import type { Instant } from '../../../workflows/contract/values.ts';
import { type BenchChild, machineTime } from '../child.ts';
import type { LoadTasks } from '../load.ts';
import { gatewayHeaders } from '../question.ts';
import { cookieOf, writeSessions } from '../rows.ts';
import { rounded } from '../statistics.ts';
import { atOnce } from './at-once.ts';
import type { OpenDeps } from './open.ts';
import { startBenchSession } from './start.ts';

const AT_ONCE = 32;
const REQUESTS_PER_SECOND = 200;
const CONNECTIONS = 8;
const QUIET_SECONDS = 5;
const CUTOFF_MS = 60 * 60_000;
/** Time for everything to fall asleep before the cutoff comes. */
const CALM_MS = 3000;

export interface HerdResult {
  readonly sessions: number;
  /** Seconds from the cutoff until each gate was published and each client reminded. */
  readonly seconds: number;
  readonly perSecond: number;
  /** To the no-op workflows per second of the same run. */
  readonly ratioToNoop: number;
  readonly forwardAuth: {
    readonly requests: number;
    /** Milliseconds, under 200 requests a second. */
    readonly quietP99: number;
    readonly herdP99: number;
    readonly p99Ratio: number;
  };
}

export interface HerdDeps extends OpenDeps {
  /** The worker writes gates and links to it. */
  readonly db: Database;
  readonly load: BenchChild<LoadTasks>;
  readonly gateUrl: string;
  readonly gatewaySecret: string;
  readonly cookieRing: KeyRing;
}

/**
 * Lets one cutoff hit many sessions in the same millisecond, while a client of one of them asks at the gate. Every
 * answer must be yes: the page stays open at the cutoff.
 *
 * @param options.pace how many sessions a second may be opened beforehand, for the time that it takes.
 */
export async function measureHerd(
  deps: HerdDeps,
  options: { readonly sessions: number; readonly noopPerSecond: number; readonly pace: number },
): Promise<HerdResult> {
  const { client, worker, load, progress } = deps;
  const herd = await writeSessions(deps.db, options.sessions);
  const [first] = herd;
  if (first === undefined) throw new Error('no session was written');
  const question = {
    url: deps.gateUrl,
    headers: gatewayHeaders({
      gatewaySecret: deps.gatewaySecret,
      slug: first.slug,
      cookie: await cookieOf(deps.cookieRing, first),
    }),
    connections: CONNECTIONS,
    rate: REQUESTS_PER_SECOND,
  };
  await load.ask('load', { ...question, seconds: 1 });
  const quiet = await load.ask('load', { ...question, seconds: QUIET_SECONDS });

  const cutoffAt = Date.now() + (options.sessions / options.pace) * 1000 + CALM_MS;
  const startsAt = (cutoffAt + CUTOFF_MS) as Instant;
  const policy = { cutoffMs: CUTOFF_MS, remindersMs: [CUTOFF_MS] };
  await atOnce(herd, AT_ONCE, async ({ sessionKey }) => {
    await startBenchSession(client, sessionKey, { startsAt, policy });
    await worker.ask('when', { sessionKey, what: 'scheduled' });
  });
  const early = cutoffAt - Date.now();
  if (early < 0) throw new Error('the cutoff came before the herd was open; the machine is too busy');
  progress(`herd: ${herd.length} sessions wait for one cutoff in ${rounded(early / 1000, 1)} s`);
  await sleep(early);

  const began = machineTime();
  // As long as the herd may take at its goal.
  const seconds = Math.max(2, Math.ceil((2 * options.sessions) / options.noopPerSecond));
  const under = load.ask('load', { ...question, seconds });
  const done = await Promise.all(
    herd.flatMap(({ sessionKey }) =>
      ['locked', 'reminded'].map((what) => worker.ask('when', { sessionKey, what })),
    ),
  );
  const busy = await under;
  const last = done.reduce((latest, at) => (at > latest ? at : latest), began);
  const took = Number(last - began) / 1e9;
  return {
    sessions: herd.length,
    seconds: rounded(took, 2),
    perSecond: rounded(herd.length / took, 1),
    ratioToNoop: rounded(herd.length / took / options.noopPerSecond, 3),
    forwardAuth: {
      requests: busy.requests,
      quietP99: rounded(quiet.p99, 2),
      herdP99: rounded(busy.p99, 2),
      p99Ratio: rounded(busy.p99 / quiet.p99, 2),
    },
  };
}
