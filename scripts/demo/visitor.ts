export interface Visit {
  readonly status: number;
  readonly location: string | null;
  readonly html: string;
}

/** A person with a browser at the gateway: keeps cookies, asks for HTML, follows nothing by itself. */
export interface Visitor {
  get(url: string): Promise<Visit>;
  /** Submits a form of the page at `pageUrl`. */
  post(url: string, pageUrl: string): Promise<Visit>;
}

/** A visitor without cookies. */
export function createVisitor(): Visitor {
  const cookies = new Map<string, { value: string; path: string }>();

  function remember(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
      if (at > 0) cookies.set(pair.slice(0, at), { value: pair.slice(at + 1), path });
    }
  }

  async function visit(method: string, url: string, more: Record<string, string>): Promise<Visit> {
    const { pathname } = new URL(url);
    const cookie = [...cookies]
      .filter(
        ([, { path }]) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`),
      )
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { accept: 'text/html,application/xhtml+xml', ...(cookie ? { cookie } : {}), ...more },
      ...(method === 'POST' ? { body: new URLSearchParams() } : {}),
    });
    remember(response);
    return {
      status: response.status,
      location: response.headers.get('location'),
      html: await response.text(),
    };
  }

  return {
    get: (url) => visit('GET', url, { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }),
    post: (url, pageUrl) =>
      visit('POST', url, {
        origin: new URL(pageUrl).origin,
        'sec-fetch-site': 'same-origin',
        'sec-fetch-mode': 'navigate',
      }),
  };
}
