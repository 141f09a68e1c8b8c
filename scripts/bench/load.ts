// Load from a process of its own, so that it takes nothing from the server that it measures.
import autocannon from 'autocannon';
import { answerParent } from './child.ts';
import { percentile } from './statistics.ts';

export interface LoadOrder {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
  /** Requests per second of all connections together; without it as many as the server answers. */
  readonly rate?: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Milliseconds from a request's sending to its answer. */
  readonly p50: number;
  readonly p99: number;
}

/** @throws when anything but 2xx came: a server that refuses is fast, and proves nothing. */
async function load(order: LoadOrder): Promise<LoadResult> {
  // Its own histogram counts in whole milliseconds; here most answers take less than two.
  const latencies: number[] = [];
  const refused = new Map<number, number>();
  const began = performance.now();
  const { errors } = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(
      {
        url: order.url,
        headers: { ...order.headers },
        connections: order.connections,
        duration: order.seconds,
        timeout: 5,
        ...(order.rate === undefined ? {} : { overallRate: order.rate }),
      },
      (error: unknown, result) => {
        if (error instanceof Error) reject(error);
        else resolve(result);
      },
    );
    instance.on('response', (_client, status, _bytes, milliseconds) => {
      latencies.push(milliseconds);
      if (status < 200 || status > 299) refused.set(status, (refused.get(status) ?? 0) + 1);
    });
  });
  const seconds = (performance.now() - began) / 1000;
  if (refused.size > 0 || errors > 0) {
    const told = [...refused].map(([status, count]) => `${status} ${count} times`);
    throw new Error(`${order.url} answered ${[...told, `not at all ${errors} times`].join(', ')}`);
  }
  return {
    requests: latencies.length,
    requestsPerSecond: latencies.length / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}

const tasks = { load };
export type LoadTasks = typeof tasks;

answerParent(tasks);
