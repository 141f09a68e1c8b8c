import { request } from 'node:http';

export interface Visit {
  readonly status: number;
  readonly location: string | null;
  readonly html: string;
}

/** A person with a browser at the gateway: keeps cookies, asks for HTML, follows nothing by itself. */
export interface Visitor {
  get(url: string): Promise<Visit>;
  /** Submits a form of the page at `pageUrl`; a repeat with the same key is the same request. */
  post(
    url: string,
    pageUrl: string,
    idempotencyKey: string,
    fields?: Readonly<Record<string, string>>,
  ): Promise<Visit>;
}

interface Received extends Visit {
  readonly setCookies: readonly string[];
}

/** `fetch` would name itself in `Sec-Fetch-Mode`, where a browser says that it navigates. */
function send(method: string, url: string, headers: Record<string, string>, body: string): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let html = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        html += text;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location ?? null,
          html,
          setCookies: response.headers['set-cookie'] ?? [],
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A visitor without cookies. */
export function createVisitor(): Visitor {
  const cookies = new Map<string, { value: string; path: string }>();

  function remember(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
      if (at > 0) cookies.set(pair.slice(0, at), { value: pair.slice(at + 1), path });
    }
  }

  async function visit(method: string, url: string, more: Record<string, string>, body = ''): Promise<Visit> {
    const { pathname } = new URL(url);
    const cookie = [...cookies]
      .filter(
        ([, { path }]) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`),
      )
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const { setCookies, ...seen } = await send(
      method,
      url,
      {
        accept: 'text/html,application/xhtml+xml',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        ...(cookie ? { cookie } : {}),
        ...more,
      },
      body,
    );
    remember(setCookies);
    return seen;
  }

  return {
    get: (url) => visit('GET', url, {}),
    post(url, pageUrl, idempotencyKey, fields = {}) {
      const body = new URLSearchParams(fields).toString();
      const headers = {
        origin: new URL(pageUrl).origin,
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(Buffer.byteLength(body)),
        'idempotency-key': idempotencyKey,
      };
      return visit('POST', url, headers, body);
    },
  };
}
