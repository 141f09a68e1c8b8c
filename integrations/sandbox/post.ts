import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

/**
 * POSTs with exactly these headers: `fetch` adds some of its own that no vendor sends. Follows no redirect. Resolves
 * with the status, or null when there was no answer in time.
 */
export function postExactly(
  url: string,
  message: { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer },
  options: { readonly signal: AbortSignal },
): Promise<number | null> {
  const target = new URL(url);
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const init: RequestOptions = {
      method: 'POST',
      headers: { ...message.headers, 'Content-Length': String(message.body.length) },
      // A connection per delivery, so that no idle one outlives the receiver.
      agent: false,
      signal: options.signal,
    };
    const request = send(target, init, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? null));
      response.on('error', () => resolve(null));
      response.on('close', () => resolve(null));
    });
    request.on('error', () => resolve(null));
    request.end(message.body);
  });
}
