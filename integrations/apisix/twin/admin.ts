import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { z } from 'zod';
import { refusalOf, usageOf } from './check.ts';
import { type Collection, isCollection, pluginSchemas } from './schemas.ts';
import { configured } from './router.ts';
import { idText, type JsonObject, type Store, type Stored } from './store.ts';

export interface AdminOptions {
  readonly store: Store;
  readonly adminKey: string;
  readonly viewerKey?: string;
  /** What `Server` says. Default 3.18.0. */
  readonly version?: string;
}

interface Answer {
  readonly status: number;
  /** An object is sent as JSON with a line feed; text as it is. */
  readonly body: unknown;
}

const etcdDown: Answer = { status: 503, body: { error_msg: 'has no healthy etcd endpoint available' } };
const keyNotFound: Answer = { status: 404, body: { message: 'Key not found' } };
const refuse = (message: string): Answer => ({ status: 400, body: { error_msg: message } });

const maxBodyBytes = 1.5 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string): { readonly body: JsonObject } | { readonly refusal: Answer } {
  if (text === '') return { refusal: refuse('missing configurations') };
  const refusal = (why: string): Answer => ({
    status: 400,
    body: { error_msg: `invalid request body: ${why}`, req_body: text },
  });
  if (Buffer.byteLength(text) > maxBodyBytes)
    return { refusal: refusal('request size is greater than the maximum') };
  try {
    const checked = z.record(z.string(), z.unknown()).safeParse(JSON.parse(text));
    if (checked.success) return { body: checked.data };
    return { refusal: refuse('invalid configuration: wrong type: expected object') };
  } catch {
    return { refusal: refusal('Expected value but found invalid token at character 1') };
  }
}

/** The lease that a write asks for: `ttl` in whole seconds, or none. */
function readTtl(query: URLSearchParams): { readonly seconds: number | null } | { readonly refusal: Answer } {
  const text = query.get('ttl');
  if (text === null) return { seconds: null };
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(seconds)) return { refusal: refuse('invalid argument ttl: should be a number') };
  if (!Number.isInteger(seconds))
    return { refusal: { status: 503, body: { error_msg: 'ttl must be integer' } } };
  return { seconds };
}

function withIndexes(stored: Stored): JsonObject {
  const { key, value, createdIndex, modifiedIndex } = stored;
  return { key, value, createdIndex, modifiedIndex };
}

/** RFC 7396: null deletes. */
function mergePatch(target: unknown, patch: unknown): unknown {
  const object = z.record(z.string(), z.unknown());
  const change = object.safeParse(patch);
  if (!change.success) return patch;
  const merged: JsonObject = { ...object.safeParse(target).data };
  for (const [name, value] of Object.entries(change.data)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

function nest(path: readonly string[], value: unknown): unknown {
  return path.reduceRight((inner, name) => ({ [name]: inner }), value);
}

/** The Admin API v3 of the resources that the twin holds: APISIX's statuses and bodies. */
export function createAdminListener(options: AdminOptions): RequestListener {
  const { store } = options;

  function authorise(request: IncomingMessage, url: URL): Answer | undefined {
    const cookie = /(?:^|;\s*)x_api_key=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    const header = request.headers['x-api-key'];
    const key =
      (typeof header === 'string' ? header : undefined) ?? url.searchParams.get('api_key') ?? cookie;
    const failed = (description: string): Answer => ({
      status: 401,
      body: { error_msg: 'failed to check token', description },
    });
    if (key === undefined) return failed('missing apikey');
    if (key === options.adminKey) return undefined;
    if (options.viewerKey === undefined || key !== options.viewerKey) return failed('wrong apikey');
    return request.method === 'GET' ? undefined : failed('invalid method for role viewer');
  }

  function write(collection: Collection, id: string, body: JsonObject, query: URLSearchParams): Answer {
    const ttl = readTtl(query);
    if ('refusal' in ttl) return ttl.refusal;
    const refusal = refusalOf(store, collection, id, body);
    if (refusal !== undefined) return refuse(refusal);
    if (store.etcdDown) return etcdDown;
    const existed = store.get(collection, id) !== undefined;
    const { key, value } = store.put(collection, id, body, ttl.seconds);
    return { status: existed ? 200 : 201, body: { key, value } };
  }

  function patch(
    collection: Collection,
    id: string,
    path: string[],
    change: unknown,
    query: URLSearchParams,
  ): Answer {
    if (store.etcdDown) return etcdDown;
    const stored = store.get(collection, id);
    if (!stored) return keyNotFound;
    const merged = mergePatch(configured(stored), nest(path, change));
    const body = z.record(z.string(), z.unknown()).safeParse(merged).data ?? {};
    return write(collection, id, body, query);
  }

  function remove(collection: Collection, id: string, query: URLSearchParams): Answer {
    if (store.etcdDown) return etcdDown;
    const stored = store.get(collection, id);
    if (!stored) return keyNotFound;
    const usage = query.get('force') === 'true' ? undefined : usageOf(store, collection, id);
    if (usage !== undefined) return refuse(usage);
    store.delete(collection, id);
    return { status: 200, body: { deleted: '1', key: stored.key } };
  }

  function filtered(collection: Collection, query: URLSearchParams): readonly Stored[] {
    const matches = (pattern: string | null, texts: unknown[]) =>
      pattern === null || texts.some((text) => typeof text === 'string' && new RegExp(pattern).test(text));
    const label = query.get('label');
    const filter = new URLSearchParams(query.get('filter') ?? '');
    return store.list(collection).filter(({ value }) => {
      const labels = z.record(z.string(), z.unknown()).safeParse(value['labels']).data ?? {};
      const uris = z.array(z.unknown()).safeParse(value['uris']).data ?? [];
      return (
        matches(query.get('name'), [value['name']]) &&
        matches(query.get('uri'), [value['uri'], ...uris]) &&
        (label === null || Object.hasOwn(labels, label)) &&
        [...filter].every(([name, text]) => idText(value[name]) === text)
      );
    });
  }

  function list(collection: Collection, query: URLSearchParams): Answer {
    if (store.etcdDown) return etcdDown;
    const all = filtered(collection, query).map(withIndexes);
    const page = query.get('page');
    const size = query.get('page_size');
    if (page === null || size === null) return { status: 200, body: { total: all.length, list: all } };
    const perPage = Number(size);
    if (!(perPage >= 10 && perPage <= 500))
      return { status: 400, body: 'page_size must be between 10 and 500' };
    const from = (Math.max(1, Number(page)) - 1) * perPage;
    const onPage = all.slice(from, from + perPage);
    // An empty Lua table is written as an object.
    return { status: 200, body: { total: all.length, list: onPage.length === 0 ? {} : onPage } };
  }

  async function answer(request: IncomingMessage, url: URL): Promise<Answer> {
    const path = url.pathname.split('/').slice(3).filter(Boolean).map(decodeURIComponent);
    const [name, id, ...rest] = path;
    if (request.method === 'HEAD' && name === undefined) return { status: 200, body: '' };
    const refusal = authorise(request, url);
    if (refusal) {
      request.resume();
      return refusal;
    }
    if (name === 'plugins' && id === 'list') return { status: 200, body: Object.keys(pluginSchemas) };
    if (name === undefined || !isCollection(name)) {
      request.resume();
      return { status: 404, body: { error_msg: `Unsupported resource type: ${name ?? ''}` } };
    }
    const text = await readBody(request);
    const query = url.searchParams;
    switch (request.method) {
      case 'GET': {
        if (id === undefined) return list(name, query);
        if (store.etcdDown) return etcdDown;
        const stored = store.get(name, id);
        return stored ? { status: 200, body: withIndexes(stored) } : keyNotFound;
      }
      case 'PUT':
      case 'POST': {
        const parsed = parseBody(text);
        if ('refusal' in parsed) return parsed.refusal;
        const target = id ?? (request.method === 'POST' ? store.nextId() : (idText(parsed.body['id']) ?? ''));
        return target === ''
          ? refuse(`missing ${name.replace(/s$/, '')} id`)
          : write(name, target, parsed.body, query);
      }
      case 'PATCH': {
        if (id === undefined) return refuse(`missing ${name.replace(/s$/, '')} id`);
        if (rest.length > 0) {
          const value = z.json().safeParse(text === '' ? undefined : JSON.parse(text));
          return value.success
            ? patch(name, id, rest, value.data, query)
            : refuse('missing new configuration');
        }
        const parsed = parseBody(text);
        return 'refusal' in parsed ? parsed.refusal : patch(name, id, [], parsed.body, query);
      }
      case 'DELETE':
        return id === undefined ? refuse(`missing ${name.replace(/s$/, '')} id`) : remove(name, id, query);
      default:
        return { status: 404, body: { error_msg: 'not found' } };
    }
  }

  function send(response: ServerResponse, { status, body }: Answer): void {
    const json = typeof body !== 'string';
    response
      .writeHead(status, {
        'content-type': json ? 'application/json' : 'text/plain; charset=utf-8',
        server: `APISIX/${options.version ?? '3.18.0'}`,
        'x-api-version': 'v3',
        'access-control-allow-origin': '*',
      })
      .end(json ? `${JSON.stringify(body)}\n` : body);
  }

  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://apisix');
    if (url.pathname === '/') {
      response.writeHead(302, { location: '/__sandbox' }).end();
      return;
    }
    if (!/^\/apisix\/admin(\/|$)/.test(url.pathname)) {
      request.resume();
      return send(response, { status: 404, body: { error_msg: '404 Route Not Found' } });
    }
    answer(request, url)
      .catch((): Answer => ({ status: 500, body: { error_msg: 'internal error' } }))
      .then((result) => send(response, result))
      .catch(() => response.destroy());
  };
}
