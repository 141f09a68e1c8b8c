// Posts bodies that are all different, from a process of its own, on a few kept connections.
import { Agent, request } from 'node:http';
import { signCalendlyWebhook } from '../../integrations/calendly/webhook.ts';
import { answerParent, machineTime } from './child.ts';
import { calendlyBody } from './sessions/calendly-body.ts';
import { percentile } from './statistics.ts';

export interface PostOrder {
  readonly url: string;
  readonly count: number;
  readonly connections: number;
  readonly secret: string;
}

export interface PostResult {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

interface Signed {
  readonly body: Buffer;
  readonly signature: string;
}

let made = 0;

function sign(secret: string): Signed {
  const body = Buffer.from(calendlyBody(++made));
  return { body, signature: signCalendlyWebhook(body, secret, Math.floor(Date.now() / 1000)) };
}

/** @throws when it is answered anything but 200: what is refused is not kept. */
function send(agent: Agent, url: string, { body, signature }: Signed): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      'calendly-webhook-signature': signature,
    };
    const sent = request(url, { agent, method: 'POST', headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function post({ url, count, connections, secret }: PostOrder): Promise<PostResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  // Signed before the clock runs: the sender's work is not what is measured.
  const left = Array.from({ length: count }, () => sign(secret)).values();
  const latencies: number[] = [];
  const began = machineTime();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (const one of left) {
        const sentAt = machineTime();
        await send(agent, url, one);
        latencies.push(Number(machineTime() - sentAt) / 1e6);
      }
    }),
  );
  const seconds = Number(machineTime() - began) / 1e9;
  agent.destroy();
  return { perSecond: count / seconds, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

const tasks = { post };
export type PostTasks = typeof tasks;

answerParent(tasks);
