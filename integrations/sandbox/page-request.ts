import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageAnswer } from './form-page.ts';
import { fieldsOf, readBody, wantsJson } from './request-body.ts';

/** What somebody asks of a twin's page for a vendor's own customers. */
export interface PageRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The fields of a form or of a JSON object. */
  readonly fields: Readonly<Record<string, string>>;
  /** Answers JSON instead of a page. */
  readonly wantsJson: boolean;
}

export async function readPageRequest(request: IncomingMessage, url: URL): Promise<PageRequest> {
  const text = await readBody(request);
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    fields: fieldsOf(request, text),
    wantsJson: wantsJson(request),
  };
}

export function sendPage(response: ServerResponse, answer: PageAnswer): void {
  response
    .writeHead(answer.status, {
      'content-type': answer.contentType,
      'cache-control': 'no-store',
      ...answer.headers,
    })
    .end(answer.body);
}
