import { Agent, request } from 'node:http';

/** What the gateway asks about one request of a client. */
export interface GatewayRequest {
  readonly slug: string;
  readonly cookie?: string;
  /** Of a URL that was mailed. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GatewayAnswer {
  readonly status: number;
  readonly setCookie: readonly string[];
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Puts APISIX's question to one replica, over one kept connection, and gives up when APISIX would. */
export interface GatewayClient {
  ask(question: GatewayRequest): Promise<GatewayAnswer>;
  close(): void;
}

/** The time-out of the forward-auth plugin as we set it. */
const APISIX_TIMEOUT_MS = 2000;

/** @param patienceMs longer only for a replica that stands still. */
export function createGatewayClient(
  internalUrl: string,
  gatewaySecret: string,
  patienceMs: number = APISIX_TIMEOUT_MS,
): GatewayClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    ask({ slug, cookie, token, headers }) {
      const uri = `/customer/s/${slug}${token === undefined ? '' : `?token=${token}`}`;
      return new Promise((resolve, reject) => {
        const sent = request(
          `${internalUrl}/forward-auth`,
          {
            agent,
            signal: AbortSignal.timeout(patienceMs),
            headers: {
              'x-gateway-auth': gatewaySecret,
              'x-forwarded-proto': 'https',
              'x-forwarded-method': 'GET',
              'x-forwarded-host': 'sessions.example.com',
              'x-forwarded-uri': uri,
              'x-original-uri': uri,
              accept: 'application/json',
              ...(cookie === undefined ? {} : { cookie }),
              ...headers,
            },
          },
          (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (part: string) => {
              text += part;
            });
            response.on('error', reject);
            response.on('end', () =>
              resolve({
                status: response.statusCode ?? 0,
                setCookie: response.headers['set-cookie'] ?? [],
                headers: response.headers,
                text,
              }),
            );
          },
        );
        sent.on('error', reject);
        sent.end();
      });
    },
    close: () => agent.destroy(),
  };
}

/** One answer of a watched replica; -1 where the gateway gave up, which it answers with 503. */
export interface Watched {
  /** On this process's monotonic clock, before the request was written. */
  readonly sentAt: number;
  readonly status: number;
}

export interface Watch {
  readonly seen: readonly Watched[];
  /** Resolves once this many more requests were answered. */
  more(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** Asks the same again and again, one request at a time. */
export function watch(client: GatewayClient, question: GatewayRequest): Watch {
  const seen: Watched[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let asked = true;
  const loop = (async () => {
    while (asked) {
      const sentAt = performance.now();
      const status = await client.ask(question).then(
        (answer) => answer.status,
        () => -1,
      );
      seen.push({ sentAt, status });
      for (const one of waiting) if (seen.length >= one.count) one.resolve();
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
  })();
  return {
    seen,
    more: (count) =>
      new Promise((resolve) => {
        waiting.push({ count: seen.length + count, resolve });
      }),
    async stop() {
      asked = false;
      await loop;
    },
  };
}
