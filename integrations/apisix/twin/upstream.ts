import { type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { z } from 'zod';
import { createHeaderBag, dropHopByHop, type HeaderBag } from './headers.ts';
import type { upstreamSchema } from './schemas.ts';

export type Upstream = z.output<typeof upstreamSchema>;

export interface UpstreamNode {
  readonly host: string;
  readonly port: number;
}

/** The nodes that take traffic: weight above 0. */
export function nodesOf(upstream: Upstream): readonly UpstreamNode[] {
  const { nodes = [], scheme } = upstream;
  const defaultPort = scheme === 'https' ? 443 : 80;
  if (Array.isArray(nodes)) {
    return nodes
      .filter((node) => node.weight > 0)
      .map((node) => ({ host: node.host, port: node.port ?? defaultPort }));
  }
  return Object.entries(nodes)
    .filter(([, weight]) => weight > 0)
    .map(([address]) => {
      const at = address.lastIndexOf(':');
      return at < 0
        ? { host: address, port: defaultPort }
        : { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
    });
}

export type ProxyResult =
  | { readonly kind: 'answered'; readonly status: number }
  /** No node could be reached, or none answered in time. Nothing was sent to the client. */
  | { readonly kind: 'failed'; readonly status: 502 | 504 };

/** Sends the request on, body streamed, and streams the answer back. */
export function proxy(
  call: {
    readonly upstream: Upstream;
    readonly node: UpstreamNode;
    readonly method: string;
    readonly path: string;
    readonly headers: HeaderBag;
  },
  request: IncomingMessage,
  response: ServerResponse,
  heard: {
    /** The upstream's status is there; what the gateway adds to the answer's headers. */
    readonly status: (upstreamStatus: number) => Readonly<Record<string, string>>;
    readonly body: (bytes: number) => void;
  },
): Promise<ProxyResult> {
  const { upstream, node } = call;
  const send = upstream.scheme === 'https' ? httpsRequest : httpRequest;
  const timeouts = upstream.timeout ?? { connect: 60, send: 60, read: 60 };
  return new Promise((resolve) => {
    let timedOut = false;
    const onward = send({
      host: node.host,
      port: node.port,
      method: call.method,
      path: call.path,
      headers: call.headers.toObject(),
      // A connection per request: a twin need not guess when the other side closes an idle one.
      agent: false,
    });
    onward.setTimeout(timeouts.read * 1000, () => {
      timedOut = true;
      onward.destroy();
    });
    onward.on('error', () => {
      request.unpipe(onward);
      request.resume();
      if (response.headersSent) {
        response.destroy();
        return resolve({ kind: 'answered', status: 502 });
      }
      resolve({ kind: 'failed', status: timedOut ? 504 : 502 });
    });
    onward.on('response', (answer) => {
      const status = answer.statusCode ?? 502;
      const headers = createHeaderBag(answer.rawHeaders);
      dropHopByHop(headers);
      for (const [name, value] of Object.entries(heard.status(status))) headers.set(name, [value]);
      response.writeHead(status, answer.statusMessage, headers.toObject());
      answer.on('data', (chunk: Buffer) => heard.body(chunk.length));
      answer.pipe(response);
      answer.on('error', () => response.destroy());
      answer.on('close', () => resolve({ kind: 'answered', status }));
    });
    response.on('close', () => {
      if (!response.writableFinished) onward.destroy();
    });
    request.pipe(onward);
  });
}
