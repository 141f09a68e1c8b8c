import { calls, type Operations } from './operations.generated.ts';

/** How one operation is sent. */
export interface Call {
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  /** Those that the document knows. */
  readonly statuses: readonly number[];
}

export type OperationId = keyof Operations;

/** What an operation can answer; its status decides what the body is. */
export type AnswerOf<Id extends OperationId> = Operations[Id]['answer'] & { readonly headers: Headers };

interface CallOptions {
  readonly signal?: AbortSignal;
}

type ArgumentsOf<Request> =
  Readonly<Record<string, never>> extends Request
    ? [request?: Request, options?: CallOptions]
    : [request: Request, options?: CallOptions];

/** One method by operation. Each resolves with any answer of the document, refusals included. */
export type LatchkeyClient = {
  readonly [Id in OperationId]: (...asked: ArgumentsOf<Operations[Id]['request']>) => Promise<AnswerOf<Id>>;
};

export interface LatchkeyClientOptions {
  /** Origin of the API, such as `https://sessions.example.com`. */
  readonly baseUrl: string;
  /** A bearer token; without one the client is anybody. */
  readonly token?: string;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** For one call, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
}

/** An answer with a status that the operation does not have: something else than the API answered. */
export class UnexpectedAnswer extends Error {
  override readonly name: string = 'UnexpectedAnswer';
  readonly operation: OperationId;
  readonly status: number;

  constructor(operation: OperationId, status: number) {
    super(`${operation} was answered ${status}, which it never answers`);
    this.operation = operation;
    this.status = status;
  }
}

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

/** Any operation's request, as far as sending it goes. */
interface Sendable {
  readonly path?: Values;
  readonly query?: Values;
  readonly headers?: Values;
  readonly body?: unknown;
  readonly accept?: string;
}

function given(values: Values | undefined): readonly (readonly [string, string])[] {
  return Object.entries(values ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
}

function addressOf(baseUrl: string, { path }: Call, request: Sendable): URL {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_braces, name: string) =>
    encodeURIComponent(String(request.path?.[name] ?? '')),
  );
  const url = new URL(filled, baseUrl);
  for (const [name, value] of given(request.query)) url.searchParams.set(name, value);
  return url;
}

/** @returns JSON as what it says, other text as it is, nothing as undefined. */
async function bodyOf(response: Response, type: string | null): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  return type?.endsWith('json') === true ? (JSON.parse(text) as unknown) : text;
}

/**
 * A client of the whole REST API, typed by its OpenAPI document. A call rejects only with `UnexpectedAnswer`, with
 * what `fetch` rejects with, or when the time is up.
 */
export function createLatchkeyClient(options: LatchkeyClientOptions): LatchkeyClient {
  const { baseUrl, token, timeoutMs = 30_000 } = options;
  const send = options.fetch ?? fetch;

  async function call(
    id: OperationId,
    request: Sendable = {},
    { signal }: CallOptions = {},
  ): Promise<unknown> {
    const timeout = AbortSignal.timeout(timeoutMs);
    // A body that is text already is sent as it is: its signature is over those very bytes.
    const body = typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
    const response = await send(addressOf(baseUrl, calls[id], request), {
      method: calls[id].method,
      headers: {
        accept: request.accept ?? 'application/json, application/problem+json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...Object.fromEntries(given(request.headers)),
      },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const { status, headers } = response;
    const statuses: readonly number[] = calls[id].statuses;
    if (!statuses.includes(status)) throw new UnexpectedAnswer(id, status);
    const type = headers.get('content-type')?.split(';', 1)[0]?.trim() ?? null;
    return { status, type, body: await bodyOf(response, type), headers };
  }

  const methods = Object.keys(calls).map((id) => [
    id,
    (request?: Sendable, more?: CallOptions) => call(id as OperationId, request, more),
  ]);
  // Each method answers what its operation's own types say: both are made from one document.
  return Object.fromEntries(methods) as LatchkeyClient;
}
