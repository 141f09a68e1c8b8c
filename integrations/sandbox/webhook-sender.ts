import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultSwitch } from './faults.ts';
import { postExactly } from './post.ts';
import type { TwinLog } from './twin.ts';

export interface Webhook {
  readonly url: string;
  readonly event: string;
  /** Called before each attempt, since some vendors sign or render anew. */
  readonly render: () => { readonly headers: Record<string, string>; readonly body: Buffer };
}

export interface WebhookSenderOptions {
  readonly vendor: string;
  readonly faults: FaultSwitch;
  /** Waits before the second, third … attempt, in milliseconds. */
  readonly retryAfterMs: readonly number[];
  readonly timeoutMs: number;
  /** Whether the vendor tries again after this status; null is no answer. */
  readonly retries: (status: number | null) => boolean;
  readonly log?: TwinLog;
}

export interface WebhookDelivery {
  readonly event: string;
  readonly url: string;
  readonly attempts: readonly (number | null)[];
  /** SHA-256 of each attempt's body, in hex. */
  readonly digests: readonly string[];
}

export interface WebhookSender {
  /** Sends in the background; a failing target never fails the twin. */
  send(webhook: Webhook): void;
  /** Everything sent so far, newest last. */
  deliveries(): readonly WebhookDelivery[];
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Gives up what is under way. */
  stop(): void;
}

/** Sends a twin's webhooks with the vendor's retry schedule, and the fault switch's duplicates, reordering and losses. */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const deliveries: { event: string; url: string; attempts: (number | null)[]; digests: string[] }[] = [];
  const running = new Set<Promise<void>>();
  const stopped = new AbortController();
  // Every delivery that waits for its next attempt listens.
  setMaxListeners(0, stopped.signal);
  let held: Webhook | undefined;

  async function attempt(webhook: Webhook, digests: string[]): Promise<number | null> {
    const message = webhook.render();
    digests.push(createHash('sha256').update(message.body).digest('hex'));
    return postExactly(webhook.url, message, {
      signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(options.timeoutMs)]),
    });
  }

  async function deliver(webhook: Webhook): Promise<void> {
    const { event, url } = webhook;
    const delivery = { event, url, attempts: [] as (number | null)[], digests: [] as string[] };
    deliveries.push(delivery);
    for (const wait of [0, ...options.retryAfterMs]) {
      if (wait > 0) await sleep(wait, undefined, { signal: stopped.signal });
      const status = await attempt(webhook, delivery.digests);
      delivery.attempts.push(status);
      options.log?.info({ sandbox: options.vendor, event: webhook.event, status }, 'sandbox webhook');
      if (stopped.signal.aborted || !options.retries(status)) return;
    }
  }

  function start(webhook: Webhook): void {
    const run = deliver(webhook)
      .catch(() => undefined)
      .finally(() => running.delete(run));
    running.add(run);
  }

  function release(webhook: Webhook): void {
    if (held !== webhook) return;
    held = undefined;
    start(webhook);
  }

  return {
    send(webhook) {
      const fault = options.faults.take('webhook', 'POST', webhook.event);
      if (fault?.kind === 'lose') return;
      if (fault?.kind === 'reorder' && !held) {
        held = webhook;
        if (fault.delayMs > 0) setTimeout(release, fault.delayMs, webhook).unref();
        return;
      }
      start(webhook);
      if (fault?.kind === 'duplicate') start(webhook);
      if (held) release(held);
    },
    deliveries: () => deliveries,
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
    stop() {
      stopped.abort();
    },
  };
}
