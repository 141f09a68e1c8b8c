import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type VendorCall, VendorFailure } from '../../platform/http-client.ts';
import type { Admission } from '../../platform/vendor-pace/admission.ts';

export interface LiveProbeOptions {
  /** Where clients reach the gateway. */
  readonly gatewayUrl: string;
  /** Per look, in milliseconds. */
  readonly timeoutMs: number;
  /** Is told of each wait once, however often it looked. */
  readonly onCall?: (call: VendorCall) => void;
  /** Stands before each wait. */
  readonly gatewayAdmission?: Admission;
}

/** Between two looks at a URL that is not live yet: a change is seen after about 4 ms, or 2 s after an etcd restart. */
const LOOK_EVERY_MS = 50;

/** What it is to clients: the gateway, not its Admin API. */
const GATEWAY_PROBE = { vendor: 'gateway', method: 'GET', path: '/customer/s/:slug' } as const;
const PROBE = { vendor: 'apisix', method: 'GET', path: '/customer/s/:slug' } as const;

/** The gateway's status for a URL that it serves; null while it has no such route, or does not answer. */
async function statusOnceLive(url: string, timeoutMs: number): Promise<number | null> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return response.status === 404 && text.includes('404 Route Not Found') ? null : response.status;
  } catch {
    return null;
  }
}

async function look(url: string, withinMs: number, timeoutMs: number): Promise<number | null> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const left = deadline - performance.now();
    if (left <= 0) return null;
    const status = await statusOnceLive(url, Math.ceil(Math.min(left, timeoutMs)));
    if (status !== null) return status;
    await sleep(Math.min(LOOK_EVERY_MS, Math.max(0, deadline - performance.now())));
  }
}

/**
 * GETs a session's URL at the gateway without a credential until it is live: anything but "no such route".
 *
 * @throws {VendorFailure} `vendor-timeout` when it is not within `withinMs`; a gateway that was not live for several
 * waits in a row is parked as any vendor that is away.
 */
export async function awaitLive(options: LiveProbeOptions, slug: string, withinMs: number): Promise<void> {
  const requestId = randomUUID();
  const passage = await options.gatewayAdmission?.enter();
  if (passage?.kind === 'park') {
    const { code, afterMs: retryAfterMs } = passage;
    options.gatewayAdmission?.observer?.parked(GATEWAY_PROBE);
    throw new VendorFailure(code, PROBE, { status: null, requestId, retryAfterMs, told: true });
  }
  const started = performance.now();
  const url = `${options.gatewayUrl.replace(/\/+$/, '')}/customer/s/${slug}`;
  const status = await look(url, withinMs, options.timeoutMs);
  const code = status === null ? 'vendor-timeout' : null;
  const told = passage?.end({ code, retryAfterMs: null }) ?? false;
  const facts = { status, ms: performance.now() - started, requestId };
  options.gatewayAdmission?.observer?.called({ ...GATEWAY_PROBE, ...facts, code });
  if (!told) options.onCall?.({ ...PROBE, ...facts, code });
  if (code !== null) throw new VendorFailure(code, PROBE, { status, requestId, told });
}
