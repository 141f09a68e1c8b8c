import { randomUUID } from 'node:crypto';
import type { ZodType } from 'zod';
import { CodedFailure, type FailureCode } from './failures.ts';
import { inSpan } from './tracing/in-span.ts';
import { pathTemplate } from './tracing/path-template.ts';
import type { Admission } from './vendor-pace/admission.ts';

export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

/** One line per call, for logs and metrics. Path templates only: no query, no secret. */
export interface VendorCall {
  readonly vendor: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly code: FailureCode | null;
  readonly ms: number;
  readonly requestId: string;
}

export interface HttpClientOptions {
  /** The vendor's name, for errors and logs. */
  readonly vendor: string;
  readonly baseUrl: string;
  /** Sent with each request, credentials included; never part of an error or a log line. */
  readonly headers: Readonly<Record<string, string>>;
  /** Per request, in milliseconds. */
  readonly timeoutMs: number;
  /** Is told of each call, but for those whose failure belongs to an outage that was told of already. */
  readonly onCall?: (call: VendorCall) => void;
  /** Stands before each call, where a rate or an outage is to be kept to. */
  readonly admission?: Admission;
  /** Lets a vendor say what its own error bodies mean; undefined falls back to the status. */
  readonly classify?: (status: number, body: unknown) => FailureCode | undefined;
  /** Lets a vendor that answers failures with 2xx (GraphQL) say so; undefined is a good answer. */
  readonly refused?: (body: unknown) => FailureCode | undefined;
  /** Milliseconds to wait after a 429 or 503, from the vendor's own headers. Default: `Retry-After`. */
  readonly retryAfter?: (headers: Headers) => number | null;
  readonly fetch?: Fetch;
}

export interface HttpRequest<T> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base URL, beginning with `/`; already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are answers, not failures. Default: every 2xx. */
  readonly accept?: readonly number[];
  /** Checks the body of an accepted answer; parse leniently. */
  readonly schema: ZodType<T>;
}

export interface HttpResponse<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/**
 * A vendor's failure. `message` is vendor, method, path and code; the vendor's own words, which may echo personal
 * data, are in `vendorBody` and are neither logged nor thrown into a workflow.
 */
export class VendorFailure extends CodedFailure {
  override readonly name = 'VendorFailure';
  readonly vendor: string;
  readonly status: number | null;
  readonly requestId: string;
  /** Milliseconds the vendor asked us to wait, or null. */
  readonly retryAfterMs: number | null;
  /** It belongs to an outage or a rate that is known: one line of the log tells of all such calls. */
  readonly told: boolean;
  /** The request was on its way and no answer came: the vendor may have done it, or be doing it still. */
  readonly outcomeUnknown: boolean;
  readonly vendorBody: unknown;

  constructor(
    code: FailureCode,
    request: { vendor: string; method: string; path: string },
    details: {
      status: number | null;
      requestId: string;
      retryAfterMs?: number | null;
      told?: boolean;
      outcomeUnknown?: boolean;
      vendorBody?: unknown;
    },
  ) {
    super(
      code,
      `${request.vendor} ${request.method} ${request.path}: ${code} (${details.status ?? 'no answer'}, request ${details.requestId})`,
    );
    this.vendor = request.vendor;
    this.status = details.status;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.told = details.told ?? false;
    this.outcomeUnknown = details.outcomeUnknown ?? false;
    Object.defineProperty(this, 'vendorBody', { value: details.vendorBody, enumerable: false });
  }
}

export interface HttpClient {
  /** @throws {VendorFailure} for every answer that is not accepted, for none, and for a call that may not be made now. */
  request<T>(request: HttpRequest<T>): Promise<HttpResponse<T>>;
}

/** `Retry-After` (RFC 9110, section 10.2.3): seconds or an HTTP date. Milliseconds from now, or null. */
export function retryAfterHeader(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after')?.trim();
  if (!value) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function codeOfStatus(status: number): FailureCode {
  if (status === 401) return 'vendor-unauthorized';
  if (status === 403) return 'vendor-forbidden';
  if (status === 404) return 'vendor-not-found';
  if (status === 408) return 'vendor-timeout';
  if (status === 409) return 'vendor-conflict';
  if (status === 429) return 'vendor-rate-limited';
  if (status >= 500) return 'vendor-unavailable';
  return 'vendor-rejected';
}

function parseJson(text: string): { ok: true; value: unknown } | { ok: false } {
  if (text === '') return { ok: true, value: null };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

/** An answer that was accepted, or what went wrong. */
type Outcome<T> =
  | { readonly ok: true; readonly response: HttpResponse<T> }
  | {
      readonly ok: false;
      readonly code: FailureCode;
      readonly status: number | null;
      readonly retryAfterMs: number | null;
      readonly outcomeUnknown?: boolean;
      readonly vendorBody: unknown;
    };

const NO_CONNECTION = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Nothing was sent. `fetch` names the reason in its error's cause, and for a host of several addresses in theirs. */
function failedToConnect(error: unknown): boolean {
  const cause = fieldOf(error, 'cause');
  const errors = fieldOf(cause, 'errors');
  const reasons: readonly unknown[] = Array.isArray(errors) ? errors : [cause];
  return reasons.every((reason) => NO_CONNECTION.has(String(fieldOf(reason, 'code'))));
}

/** Sends one request and sorts what comes back, or does not. */
async function exchange<T>(
  options: HttpClientOptions,
  request: HttpRequest<T>,
  requestId: string,
): Promise<Outcome<T>> {
  const send: Fetch = options.fetch ?? ((url, init) => fetch(url, init));
  const retryAfter = options.retryAfter ?? ((headers: Headers) => retryAfterHeader(headers, Date.now()));
  const url = new URL(options.baseUrl.replace(/\/+$/, '') + request.path);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, String(value));

  let response: Response;
  let text: string;
  try {
    response = await send(url, {
      method: request.method,
      headers: {
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        'x-request-id': requestId,
        ...options.headers,
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    text = await response.text();
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
    const code = timedOut ? 'vendor-timeout' : 'vendor-unreachable';
    const outcomeUnknown = !failedToConnect(error);
    return { ok: false, code, status: null, retryAfterMs: null, outcomeUnknown, vendorBody: undefined };
  }

  const { status, headers } = response;
  const parsed = parseJson(text);
  const vendorBody = parsed.ok ? parsed.value : text;
  const failed = (code: FailureCode, retryAfterMs: number | null = null): Outcome<T> => ({
    ok: false,
    code,
    status,
    retryAfterMs,
    vendorBody,
  });
  if (!(request.accept?.includes(status) ?? response.ok))
    return failed(options.classify?.(status, vendorBody) ?? codeOfStatus(status), retryAfter(headers));
  const refusal = parsed.ok ? options.refused?.(parsed.value) : undefined;
  if (refusal) return failed(refusal);
  const checked = parsed.ok ? request.schema.safeParse(parsed.value) : null;
  if (!checked?.success) return failed('vendor-malformed');
  return { ok: true, response: { status, headers, body: checked.data } };
}

/** A vendor is told nothing of our traces: no `traceparent` goes out. */
async function tracedExchange<T>(
  options: HttpClientOptions,
  request: HttpRequest<T>,
  requestId: string,
): Promise<Outcome<T>> {
  const template = pathTemplate(new URL(options.baseUrl).pathname.replace(/\/+$/, '') + request.path);
  const attributes = {
    'peer.service': options.vendor,
    'http.request.method': request.method,
    'url.template': template,
    'latchkey.request_id': requestId,
  };
  const name = `${options.vendor} ${request.method} ${template}`;
  return inSpan('vendor', name, attributes, { kind: 'current' }, async (span) => {
    const outcome = await exchange(options, request, requestId);
    const status = outcome.ok ? outcome.response.status : outcome.status;
    span.set({
      ...(status === null ? {} : { 'http.response.status_code': status }),
      'latchkey.vendor.outcome': outcome.ok ? 'ok' : outcome.code,
    });
    // A look-up that finds nothing is an answer.
    if (!outcome.ok && outcome.code !== 'vendor-not-found') span.failed(outcome.code);
    return outcome;
  });
}

/**
 * The one HTTP client for all vendors: a timeout per request, failures sorted into retryable and final ones, a
 * request id on each call. It never retries by itself: the durable activity around it does.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  return {
    async request<T>(request: HttpRequest<T>): Promise<HttpResponse<T>> {
      const requestId = randomUUID();
      const at = { vendor: options.vendor, method: request.method, path: request.path };
      const passage = await options.admission?.enter();
      if (passage?.kind === 'park') {
        const { code, afterMs: retryAfterMs } = passage;
        options.admission?.observer?.parked(at);
        throw new VendorFailure(code, at, { status: null, requestId, retryAfterMs, told: true });
      }
      const started = performance.now();
      const report = (status: number | null, code: FailureCode | null, told = false) => {
        const call = { ...at, status, code, ms: performance.now() - started, requestId };
        options.admission?.observer?.called(call);
        if (!told) options.onCall?.(call);
      };
      try {
        const outcome = await tracedExchange(options, request, requestId);
        if (outcome.ok) {
          report(outcome.response.status, null);
          return outcome.response;
        }
        const told = passage?.end(outcome) ?? false;
        report(outcome.status, outcome.code, told);
        throw new VendorFailure(outcome.code, at, { ...outcome, requestId, told });
      } finally {
        passage?.end({ code: null, retryAfterMs: null });
      }
    },
  };
}
