import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown> | null;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * One request on a connection of its own, exactly as it is told: `fetch` would set `Sec-Fetch-Mode` itself.
 * Follows nothing.
 */
export function ask(url: string, question: Question = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { origin, hostname, port } = new URL(url);
    const sent = request(
      {
        hostname,
        port,
        // As written: an address made into a URL loses its dot segments.
        path: url.slice(origin.length) || '/',
        method: question.method ?? 'GET',
        headers: { ...question.headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const headers = new Headers();
          for (const [name, values] of Object.entries(response.headersDistinct))
            for (const value of values ?? []) headers.append(name, value);
          const isJson = headers.get('content-type')?.includes('json') ?? false;
          resolve({
            status: response.statusCode ?? 0,
            headers,
            text,
            json: isJson && text !== '' ? JSON.parse(text) : null,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(question.body);
  });
}

export const browser = { accept: 'text/html,application/xhtml+xml', 'sec-fetch-mode': 'navigate' } as const;
