import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestInClear } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { FailureCode } from '../../platform/failures.ts';
import { retryAfterHeader } from '../../platform/http-client.ts';
import { mayReach } from './addresses.ts';
import { hostOf, targetProblem } from './target.ts';

export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

export type WebhookAnswer =
  /** `retryAfterMs`: what the receiver asked for, or null. */
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs: number | null }
  | {
      readonly kind: 'failed';
      readonly code: Extract<
        FailureCode,
        'receiver-unreachable' | 'receiver-timeout' | 'receiver-not-public'
      >;
    };

/** Posts one webhook. Never throws. */
export type SendWebhook = (request: WebhookRequest) => Promise<WebhookAnswer>;

export interface SenderOptions {
  /** Networks of ours that may be reached all the same, as CIDRs. */
  readonly ownNetworks: readonly string[];
  /** Every address of a name. @default the system's resolver */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** For one request, name look-up included. @default 10 000 */
  readonly timeoutMs?: number;
}

/** An answer's body is read so far, and thrown away. */
const MOST_OF_A_BODY = 64 * 1024;

async function systemAddresses(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** Whatever a name means by now: the connection goes to what was checked. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, done) => {
    const [first] = all;
    if (options.all) done(null, all);
    else if (first) done(null, first.address, first.family);
    else done(new Error('no address'), '');
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('too late')), { once: true });
  });
}

function post(
  url: URL,
  { headers, body }: WebhookRequest,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? requestSecurely : requestInClear;
  return new Promise((resolve, reject) => {
    const sent = send(
      url,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'Latchkey-Webhooks',
          ...headers,
        },
        // A connection that was kept leads to where its name pointed then.
        agent: false,
        lookup: pinnedTo(addresses),
        signal,
      },
      resolve,
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What was answered is known by its status; how its body ends does not matter. */
async function discard(response: IncomingMessage): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MOST_OF_A_BODY) break;
    }
  } catch {
    response.destroy();
  }
}

/**
 * Sends to receivers that tenants named. Each name is resolved once, all of its addresses must be public (or in
 * `ownNetworks`), and the connection goes to one of those. Redirects are not followed.
 */
export function createWebhookSender(options: SenderOptions): SendWebhook {
  const { ownNetworks, resolve = systemAddresses, timeoutMs = 10_000 } = options;

  return async (request) => {
    // The configuration may have become stricter since the URL was written down.
    if (targetProblem(request.url, ownNetworks) !== null)
      return { kind: 'failed', code: 'receiver-not-public' };
    const url = new URL(request.url);
    const host = hostOf(url);
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const addresses = isIP(host) === 0 ? await Promise.race([resolve(host), aborted(signal)]) : [host];
      if (addresses.length === 0) return { kind: 'failed', code: 'receiver-unreachable' };
      const secure = url.protocol === 'https:';
      if (!addresses.every((address) => mayReach(address, secure, ownNetworks)))
        return { kind: 'failed', code: 'receiver-not-public' };
      const response = await post(url, request, addresses, signal);
      await discard(response);
      const headers = new Headers({ 'retry-after': response.headers['retry-after'] ?? '' });
      return {
        kind: 'answered',
        status: response.statusCode ?? 0,
        retryAfterMs: retryAfterHeader(headers, Date.now()),
      };
    } catch {
      return { kind: 'failed', code: signal.aborted ? 'receiver-timeout' : 'receiver-unreachable' };
    }
  };
}
