import { once } from 'node:events';
import { createServer, type IncomingMessage, request as ask, type ServerResponse } from 'node:http';

/** A page of Temporal UI that needs nothing but a sign-in to show payloads. */
export interface TemporalUi {
  readonly url: string;
  close(): Promise<void>;
}

/** What the UI's pages ask for first. */
const SETTINGS = '/api/v1/settings';

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** @returns the settings with the codec server asked by browsers that send their sign-in along. */
export function withCredentials(settings: string): string {
  const parsed: unknown = JSON.parse(settings);
  if (typeof parsed !== 'object' || parsed === null || !('Codec' in parsed)) return settings;
  const { Codec: codec } = parsed;
  if (typeof codec !== 'object' || codec === null) return settings;
  return JSON.stringify({ ...parsed, Codec: { ...codec, IncludeCredentials: true } });
}

/**
 * Stands before the UI of a development server. Its command line has no flag for what `TEMPORAL_CODEC_INCLUDE_CREDENTIALS`
 * sets elsewhere, without which a browser keeps the codec server's sign-in to itself.
 *
 * @param target the UI's own port on 127.0.0.1.
 * @param port where to listen.
 */
export async function startTemporalUi(target: number, port: number): Promise<TemporalUi> {
  function pass(request: IncomingMessage, response: ServerResponse): void {
    const { method, url: path = '/', headers } = request;
    const isSettings = new URL(path, 'http://ui').pathname.endsWith(SETTINGS);
    const { 'accept-encoding': _, ...plain } = headers;
    const asked = ask(
      { host: '127.0.0.1', port: target, method, path, headers: isSettings ? plain : headers },
      (answer) => {
        if (!isSettings || answer.statusCode !== 200) {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
          return;
        }
        void textOf(answer).then(
          (text) =>
            response.writeHead(200, { 'content-type': 'application/json' }).end(withCredentials(text)),
          () => response.destroy(),
        );
      },
    );
    asked.on('error', () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    response.on('close', () => asked.destroy());
    request.pipe(asked);
  }

  const server = createServer(pass);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
