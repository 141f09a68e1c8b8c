import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** `status` is null when there was no answer in time. */
interface PostAnswer {
  readonly status: number | null;
  readonly text: string;
}

/** The status that `postForAnswer` resolves with. */
export async function postExactly(
  url: string,
  message: Message,
  options: { readonly signal: AbortSignal },
): Promise<number | null> {
  return (await postForAnswer(url, message, options)).status;
}

/** POSTs with exactly these headers: `fetch` adds some of its own that no vendor sends. Follows no redirect. */
export function postForAnswer(
  url: string,
  message: Message,
  options: { readonly signal: AbortSignal },
): Promise<PostAnswer> {
  const target = new URL(url);
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const none = (): void => resolve({ status: null, text: '' });
    const init: RequestOptions = {
      method: 'POST',
      headers: { ...message.headers, 'Content-Length': String(message.body.length) },
      // A connection per delivery, so that no idle one outlives the receiver.
      agent: false,
      signal: options.signal,
    };
    const request = send(target, init, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? null, text: Buffer.concat(chunks).toString('utf8') }),
      );
      response.on('error', none);
      response.on('close', none);
    });
    request.on('error', none);
    request.end(message.body);
  });
}
