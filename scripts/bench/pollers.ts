// One client per replica, each on one kept connection, asking without pause until told otherwise.
import { Agent, request } from 'node:http';
import { answerParent, machineTime } from './child.ts';

export interface PollTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What one replica answered to one request. */
export interface Polled {
  readonly replica: number;
  /** On the machine's monotonic clock, before the first byte was written. */
  readonly sentAt: bigint;
  readonly status: number;
}

interface Polling {
  stop(): Promise<void>;
  readonly seen: Polled[];
}

/** A closed loop as fast as it goes would only measure how three replicas share two cores. */
const PAUSE_MS = 1;

function ask(agent: Agent, { url, headers }: PollTarget): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers: { ...headers } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

const agents: Agent[] = [];
const agentOf = (replica: number): Agent =>
  (agents[replica] ??= new Agent({ keepAlive: true, maxSockets: 1, keepAliveMsecs: 60_000 }));

function poll(targets: readonly PollTarget[]): Polling {
  const seen: Polled[] = [];
  let asked = true;
  const loops = targets.map(async (target, replica) => {
    while (asked) {
      const sentAt = machineTime();
      const status = await ask(agentOf(replica), target);
      seen.push({ replica, sentAt, status });
      await new Promise((resolve) => {
        setTimeout(resolve, PAUSE_MS);
      });
    }
  });
  const ended = Promise.all(loops);
  // A failure is told to whoever waits for the end.
  ended.catch(() => undefined);
  return {
    seen,
    async stop() {
      asked = false;
      await ended;
    },
  };
}

let polling: Polling | undefined;

const counted = (seen: readonly Polled[], replicas: number): number =>
  Math.min(
    ...Array.from({ length: replicas }, (_, replica) => seen.filter((one) => one.replica === replica).length),
  );

/** Resolves once every replica has answered this many more requests. */
async function after(count: number, replicas: number, mine: Polling): Promise<void> {
  const before = mine.seen.length;
  while (counted(mine.seen.slice(before), replicas) < count)
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE_MS);
    });
}

let replicas = 0;
const tasks = {
  /** Polls until `stop`; answers once every replica has answered a few times. */
  async start(targets: readonly PollTarget[]): Promise<void> {
    replicas = targets.length;
    polling = poll(targets);
    await after(3, replicas, polling);
  },
  /** Lets every replica answer a few requests more, then tells all that was seen. */
  async stop(): Promise<readonly Polled[]> {
    if (polling === undefined) return [];
    await after(5, replicas, polling);
    await polling.stop();
    return polling.seen;
  },
};
export type PollerTasks = typeof tasks;

answerParent(tasks);
