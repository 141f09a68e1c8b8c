import { type Answer, ask } from '../api/support/ask.ts';

export interface SeenCookie {
  readonly name: string;
  readonly value: string;
}

/** A person with a browser: keeps cookies by their path, asks for pages, and follows nothing by itself. */
export interface Browser {
  get(url: string): Promise<Answer>;
  /** Sends a form of a page of the same origin. */
  submit(url: string, fields: Readonly<Record<string, string>>): Promise<Answer>;
  /** Every cookie that was ever set. */
  readonly seen: readonly SeenCookie[];
}

export function createBrowser(): Browser {
  const jar = new Map<string, SeenCookie & { readonly path: string }>();
  const seen: SeenCookie[] = [];

  function remember(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      const cookie = { name: pair.slice(0, at), value: pair.slice(at + 1) };
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
      if (cookie.value !== '') seen.push(cookie);
      jar.set(`${cookie.name} ${path}`, { ...cookie, path });
    }
  }

  async function visit(method: string, url: string, more: Record<string, string>, body?: string) {
    const { pathname } = new URL(url);
    const cookie = [...jar.values()]
      .filter(
        ({ path, value }) =>
          value !== '' && `${pathname}/`.startsWith(path.endsWith('/') ? path : `${path}/`),
      )
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const answer = await ask(url, {
      method,
      headers: {
        accept: 'text/html,application/xhtml+xml',
        'user-agent': 'Mozilla/5.0 (test)',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        ...(cookie === '' ? {} : { cookie }),
        ...more,
      },
      ...(body === undefined ? {} : { body }),
    });
    remember(answer.headers.getSetCookie());
    return answer;
  }

  return {
    seen,
    get: (url) => visit('GET', url, {}),
    submit(url, fields) {
      const body = new URLSearchParams(fields).toString();
      return visit(
        'POST',
        url,
        {
          origin: new URL(url).origin,
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': String(Buffer.byteLength(body)),
        },
        body,
      );
    },
  };
}

/** The value of a hidden field of a page. */
export function fieldIn(html: string, name: string): string | undefined {
  const input = new RegExp(`<input[^>]*\\bname="${name}"[^>]*>`).exec(html)?.[0];
  return /\bvalue="([^"]*)"/.exec(input ?? '')?.[1];
}
