import pg from 'pg';
import type { Check, Look } from '../../integrations/setup/check.ts';
import type { Clock } from '../../platform/clock.ts';

/** How far this clock is ahead of another one, in milliseconds. */
export interface ClockSample {
  readonly source: string;
  readonly aheadMs: number;
}

/** The gate takes nothing from a memory whose clock is further off. */
const MOST_MS = 2000;

/** One wrong clock among the others does not count: the median does. */
export function lookAtClocks(samples: readonly ClockSample[]): Look {
  const sorted = samples.map(({ aheadMs }) => aheadMs).toSorted((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  const upper = sorted[Math.ceil((sorted.length - 1) / 2)];
  if (middle === undefined || upper === undefined)
    return { status: 'skipped', message: 'Nobody told the time' };
  const aheadMs = (middle + upper) / 2;
  const seconds = (Math.abs(aheadMs) / 1000).toFixed(1);
  const asked = samples.map(({ source }) => source).join(', ');
  if (Math.abs(aheadMs) <= MOST_MS)
    return { status: 'ok', message: `The clock agrees with ${asked} to ${seconds} s` };
  return {
    status: 'failed',
    message: `The clock is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} ${asked}`,
  };
}

/** A `Date` header has whole seconds, cut off. */
async function byDateHeader(url: string, clock: Clock, timeoutMs: number): Promise<number> {
  const sent = clock();
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
  const received = clock();
  await response.body?.cancel();
  const there = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(there)) throw new Error('no Date header');
  return (sent + received) / 2 - (there + 500);
}

async function byPostgres(url: string, clock: Clock, timeoutMs: number): Promise<number> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const sent = clock();
    const { rows } = await client.query<{ now: Date }>('select clock_timestamp() as now');
    const [row] = rows;
    if (row === undefined) throw new Error('no row');
    return (sent + clock()) / 2 - row.now.getTime();
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Compares the clock with PostgreSQL's and those of the vendors that answer. */
export function clockCheck(options: {
  readonly databaseUrl: string;
  /** An address of each vendor; what it answers does not matter. */
  readonly vendors: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly timeoutMs: number;
}): Check {
  const { clock, timeoutMs } = options;
  return {
    name: 'clock',
    subject: 'The clock of this machine is right, by the clocks of PostgreSQL and the vendors',
    remedy: 'Set the clock by NTP (`timedatectl set-ntp true`): cutoffs, tokens and signatures go by it.',
    after: [],
    async look() {
      const questions = [
        { source: 'PostgreSQL', ask: () => byPostgres(options.databaseUrl, clock, timeoutMs) },
        ...Object.entries(options.vendors).map(([source, url]) => ({
          source,
          ask: () => byDateHeader(url, clock, timeoutMs),
        })),
      ];
      const answers = await Promise.allSettled(questions.map(({ ask }) => ask()));
      return lookAtClocks(
        answers.flatMap((answer, at) =>
          answer.status === 'fulfilled'
            ? [{ source: questions[at]?.source ?? '', aheadMs: answer.value }]
            : [],
        ),
      );
    },
  };
}
