import { setTimeout as sleep } from 'node:timers/promises';
import type {
  GatewayBootstrap,
  GatewayControl,
  GatewayDifference,
} from '../../integrations/apisix/contract.ts';
import { CodedFailure, type FailureCode } from '../../platform/failures.ts';
import { identityHeaders } from '../gate/identity.ts';
import { describeError } from '../request-log.ts';

/** What of the configuration the gateway is told. */
export type GatewaySettings = Omit<GatewayBootstrap, 'identityHeaders'>;

/** The settings with every header that forward-auth sets on a 200. */
export function gatewayBootstrapOf(settings: GatewaySettings): GatewayBootstrap {
  const { forwardAuthUrl, upstreamUrl, gatewaySecret, upstreamSecret, adminAllow, traceparent } = settings;
  return {
    forwardAuthUrl,
    upstreamUrl,
    gatewaySecret,
    upstreamSecret,
    identityHeaders,
    ...(adminAllow === undefined ? {} : { adminAllow }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

export type GatewayState =
  /** Not yet; `code` is why the last attempt failed, null while the first is under way. */
  | { readonly kind: 'pending'; readonly attempts: number; readonly code: FailureCode | null }
  | { readonly kind: 'ready'; readonly changed: readonly GatewayDifference[] }
  /** A setting that no repeat mends; the log says which. */
  | { readonly kind: 'failed'; readonly code: FailureCode }
  | { readonly kind: 'stopped' };

export interface GatewayBootstrapping {
  state(): GatewayState;
  /** Settles with the last state: `ready`, `failed` or `stopped`. Never rejects. */
  readonly ended: Promise<GatewayState>;
  /** Gives up waiting; an attempt under way is let finish. Idempotent. */
  stop(): Promise<void>;
}

/** Ids and codes only. */
export interface GatewayLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export interface GatewayBootstrapDependencies {
  readonly control: GatewayControl;
  readonly settings: GatewayBootstrap;
  readonly log: GatewayLog;
  /** Waits this many milliseconds; rejects when the signal says so. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

const waitFor = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal });

/**
 * Brings the gateway to what the configuration says, in the background and for as long as it takes: the API takes
 * payments in while APISIX is away, and a gateway that was set up before goes on as it is. An outcome is logged when
 * it is a new one.
 */
export function startGatewayBootstrap(deps: GatewayBootstrapDependencies): GatewayBootstrapping {
  const { control, settings, log } = deps;
  const wait = deps.wait ?? waitFor;
  const stopping = new AbortController();
  let state: GatewayState = { kind: 'pending', attempts: 0, code: null };

  async function attempt(attempts: number, before: FailureCode | null): Promise<GatewayState> {
    try {
      const changed = await control.bootstrap(settings);
      log.info({ attempts, changed }, changed.length === 0 ? 'gateway was set up' : 'gateway set up');
      return { kind: 'ready', changed };
    } catch (error) {
      const code = error instanceof CodedFailure ? error.code : 'internal';
      if (code === 'not-configured') {
        log.error({ code }, error instanceof Error ? error.message : 'gateway cannot be set up');
        return { kind: 'failed', code };
      }
      if (code !== before) {
        if (error instanceof CodedFailure && error.retryable) log.warn({ code }, 'gateway not set up yet');
        else log.error({ code, err: describeError(error) }, 'gateway not set up; tried again until it is');
      }
      return { kind: 'pending', attempts, code };
    }
  }

  async function run(): Promise<GatewayState> {
    let waitMs = FIRST_WAIT_MS;
    for (let attempts = 1; !stopping.signal.aborted; attempts += 1) {
      state = await attempt(attempts, state.kind === 'pending' ? state.code : null);
      if (state.kind !== 'pending') return state;
      try {
        await wait(waitMs, stopping.signal);
      } catch {
        break;
      }
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
    state = { kind: 'stopped' };
    return state;
  }

  // Whoever starts it goes on at once, even where the control fails without waiting for anything.
  const ended = Promise.resolve().then(run);
  return {
    state: () => state,
    ended,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
