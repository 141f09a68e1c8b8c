import { type BenchChild, startBenchChild } from '../child.ts';
import type { PostResult, PostTasks } from '../posts.ts';
import type { BareIntakeTasks } from '../servers/bare-intake.ts';
import type { IntakeTasks } from '../servers/intake.ts';
import { median, ratios, rotated, rounded } from '../statistics.ts';

const CONNECTIONS = 16;
const POOL = 10;
const SECRET = 'bench-webhook-signing-key';

export interface IntakeRound {
  readonly bare: PostResult;
  readonly intake: PostResult;
}

export interface IntakeResult {
  /** Webhooks taken per second over those of the bare server, the median of the rounds' ratios. */
  readonly ratioToBare: number;
  readonly perSecond: number;
  readonly barePerSecond: number;
  /** Milliseconds, the median of the rounds. */
  readonly p99: number;
  readonly rounds: readonly IntakeRound[];
}

/** Takes signed webhooks in, beside a server that writes down whatever it is sent, in turn. */
export async function measureIntake(
  deps: { readonly databaseUrl: string; readonly progress: (line: string) => void },
  options: { readonly rounds: number; readonly perRound: number },
): Promise<IntakeResult> {
  const { databaseUrl, progress } = deps;
  const bare = startBenchChild<BareIntakeTasks>('./servers/bare-intake.js');
  const intake = startBenchChild<IntakeTasks>('./servers/intake.js');
  const sender: BenchChild<PostTasks> = startBenchChild('./posts.js');
  try {
    const servers = [
      { name: 'bare', url: await bare.ask('start', { databaseUrl, poolMax: POOL }) },
      {
        name: 'intake',
        url: await intake.ask('start', { databaseUrl, calendlySecret: SECRET, poolMax: POOL }),
      },
    ] as const;
    const post = (url: string) =>
      sender.ask('post', { url, count: options.perRound, connections: CONNECTIONS, secret: SECRET });
    for (const { url } of servers) await post(url);
    const rounds: IntakeRound[] = [];
    while (rounds.length < options.rounds) {
      const measured = new Map<string, PostResult>();
      for (const { name, url } of rotated(servers, rounds.length)) measured.set(name, await post(url));
      const round = Object.fromEntries(measured) as unknown as IntakeRound;
      rounds.push(round);
      progress(
        `intake, round ${rounds.length} of ${options.rounds}: ` +
          [...measured].map(([name, { perSecond }]) => `${name} ${rounded(perSecond, 0)}/s`).join(', '),
      );
    }
    const speed = (name: keyof IntakeRound) => (round: IntakeRound) => round[name].perSecond;
    return {
      ratioToBare: rounded(median(ratios(rounds, speed('intake'), speed('bare'))), 3),
      perSecond: rounded(median(rounds.map(speed('intake'))), 0),
      barePerSecond: rounded(median(rounds.map(speed('bare'))), 0),
      p99: rounded(median(rounds.map((round) => round.intake.p99)), 2),
      rounds,
    };
  } finally {
    await Promise.all([bare.stop(), intake.stop(), sender.stop()]);
  }
}
