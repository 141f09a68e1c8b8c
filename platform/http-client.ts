import { randomUUID } from 'node:crypto';
import type { ZodType } from 'zod';
import { CodedFailure, type FailureCode } from './failures.ts';

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
  readonly onCall?: (call: VendorCall) => void;
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
  readonly vendorBody: unknown;

  constructor(
    code: FailureCode,
    request: { vendor: string; method: string; path: string },
    details: { status: number | null; requestId: string; retryAfterMs?: number | null; vendorBody?: unknown },
  ) {
    super(
      code,
      `${request.vendor} ${request.method} ${request.path}: ${code} (${details.status ?? 'no answer'}, request ${details.requestId})`,
    );
    this.vendor = request.vendor;
    this.status = details.status;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs ?? null;
    Object.defineProperty(this, 'vendorBody', { value: details.vendorBody, enumerable: false });
  }
}

export interface HttpClient {
  /** @throws {VendorFailure} for every answer that is not accepted, and for none. */
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

/**
 * The one HTTP client for all vendors: a timeout per request, failures sorted into retryable and final ones, a
 * request id on each call. It never retries by itself: the durable activity around it does.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const base = options.baseUrl.replace(/\/+$/, '');
  const send: Fetch = options.fetch ?? ((url, init) => fetch(url, init));
  const retryAfter = options.retryAfter ?? ((headers) => retryAfterHeader(headers, Date.now()));

  return {
    async request<T>(request: HttpRequest<T>): Promise<HttpResponse<T>> {
      const requestId = randomUUID();
      const started = performance.now();
      const at = { vendor: options.vendor, method: request.method, path: request.path };
      const report = (status: number | null, code: FailureCode | null) =>
        options.onCall?.({ ...at, status, code, ms: performance.now() - started, requestId });
      const fail = (
        code: FailureCode,
        status: number | null,
        more?: { retryAfterMs?: number | null; vendorBody?: unknown },
      ): VendorFailure => {
        report(status, code);
        return new VendorFailure(code, at, { status, requestId, ...more });
      };

      const url = new URL(base + request.path);
      for (const [name, value] of Object.entries(request.query ?? {}))
        url.searchParams.set(name, String(value));

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
        throw fail(timedOut ? 'vendor-timeout' : 'vendor-unreachable', null);
      }

      const parsed = parseJson(text);
      const accepted = request.accept?.includes(response.status) ?? response.ok;
      if (!accepted) {
        const body = parsed.ok ? parsed.value : text;
        throw fail(
          options.classify?.(response.status, body) ?? codeOfStatus(response.status),
          response.status,
          {
            retryAfterMs: retryAfter(response.headers),
            vendorBody: body,
          },
        );
      }
      const refusal = parsed.ok ? options.refused?.(parsed.value) : undefined;
      if (refusal) throw fail(refusal, response.status, { vendorBody: parsed.ok ? parsed.value : text });
      const checked = parsed.ok ? request.schema.safeParse(parsed.value) : null;
      if (!checked?.success)
        throw fail('vendor-malformed', response.status, { vendorBody: parsed.ok ? parsed.value : text });
      report(response.status, null);
      return { status: response.status, headers: response.headers, body: checked.data };
    },
  };
}
