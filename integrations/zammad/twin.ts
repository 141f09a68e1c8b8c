import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createFaultSwitch } from '../sandbox/faults.ts';
import { startTwin, type Twin, type TwinOptions } from '../sandbox/twin.ts';
import { createWebhookSender, type WebhookDelivery } from '../sandbox/webhook-sender.ts';
import { actionForms, twinTables } from './twin-page.ts';
import { renderArticle, renderStates, renderTicket, renderUser } from './twin-render.ts';
import { searchTickets } from './twin-search.ts';
import {
  AGENT_ID,
  API_USER_ID,
  createZammadStore,
  internalError,
  scalarText,
  ZammadRefusal,
  type StoredArticle,
  type StoredTicket,
  type StoredUser,
  type Values,
} from './twin-store.ts';
import { triggerFires, triggerWebhook } from './twin-trigger.ts';

/**
 * Whose a token of the twin is: `agent` our API user's, `person` that of an agent at the desk; the other kinds answer as
 * Zammad does.
 */
export type TwinTokenKind = 'agent' | 'person' | 'no-permission' | 'expired' | 'inactive';

export interface ZammadTwinOptions extends TwinOptions {
  readonly token?: string;
  /** More tokens, for tests of what Zammad answers to them. */
  readonly tokens?: Readonly<Record<string, TwinTokenKind>>;
  readonly group?: string;
  readonly systemId?: string;
  readonly webhook?: { readonly url: string; readonly secret: string };
  /** Scales the webhook's waits of 10, 20, 30 and 40 s. Default 1. */
  readonly retryScale?: number;
}

export interface ZammadTwin extends Twin {
  readonly token: string;
  readonly group: string;
  tickets(): readonly StoredTicket[];
  users(): readonly StoredUser[];
  articles(ticketId: number): readonly StoredArticle[];
  /** Articles of type `email`, deleted ones too: what a client would have received. */
  mails(): readonly StoredArticle[];
  /** An agent sets the field `session_action` by hand; fires the trigger's webhook. */
  agentSets(ticketId: number, action: string): void;
  setWebhook(webhook: { url: string; secret: string } | undefined): void;
  webhooksIdle(): Promise<void>;
  deliveries(): readonly WebhookDelivery[];
}

/** Of an agent at the desk, beside that of our API user. */
export const SANDBOX_AGENT_TOKEN = 'sandbox-zammad-agent';

const RETRY_SECONDS = [10, 20, 30, 40];

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function readValues(request: IncomingMessage): Promise<Values> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return {};
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text));
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    throw new ZammadRefusal(400, 'Invalid JSON');
  }
}

/** Zammad's own error body; 401 and 403 name it in a header, too. */
function answerRefusal(response: ServerResponse, refusal: ZammadRefusal): void {
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
  if (refusal.status === 401 || refusal.status === 403) headers['x-failure'] = refusal.message;
  const body = refusal.human
    ? { error: refusal.message, error_human: refusal.message }
    : { error: refusal.message };
  response.writeHead(refusal.status, headers).end(JSON.stringify(body));
}

/** Starts a Zammad that keeps tickets, articles and users in memory and answers as the reference says. */
export async function startZammadTwin(options: ZammadTwinOptions): Promise<ZammadTwin> {
  const token = options.token ?? 'sandbox-zammad-token';
  const tokens: Readonly<Record<string, TwinTokenKind>> = {
    ...options.tokens,
    [SANDBOX_AGENT_TOKEN]: 'person',
    [token]: 'agent',
  };
  const group = options.group ?? 'Sessions';
  const now = options.now ?? Date.now;
  const store = createZammadStore({ group, systemId: options.systemId ?? '53', now });
  const faults = createFaultSwitch();
  const startedAt = new Date(now()).toISOString();
  let webhook = options.webhook;

  const sender = createWebhookSender({
    vendor: 'Zammad',
    faults,
    retryAfterMs: RETRY_SECONDS.map((seconds) => seconds * 1000 * (options.retryScale ?? 1)),
    timeoutMs: 60_000,
    // Everything but 2xx is tried again, redirects and 4xx too.
    retries: (status) => status === null || status < 200 || status >= 300,
    ...(options.log ? { log: options.log } : {}),
  });

  /** @returns the id of the user who asks. */
  function authenticate(request: IncomingMessage): number {
    const header = request.headers.authorization;
    if (!header) throw new ZammadRefusal(403, 'Authentication required');
    const bearer = /^Bearer\s+(.+)$/i.exec(header)?.[1];
    const given = bearer ?? /^Token\s+(?:token=)?"?([^"\s]+)"?$/i.exec(header)?.[1] ?? '';
    switch (Object.hasOwn(tokens, given) ? tokens[given] : undefined) {
      case 'agent':
        return API_USER_ID;
      case 'person':
        return AGENT_ID;
      case 'no-permission':
        throw new ZammadRefusal(403, 'Not authorized (token)!');
      case 'expired':
        throw new ZammadRefusal(401, 'Not authorized (token expired)!');
      case 'inactive':
        throw new ZammadRefusal(
          401,
          'Login failed. Have you double-checked your credentials and completed the email verification step?',
        );
      case undefined:
        throw new ZammadRefusal(401, bearer ? 'The provided token is invalid.' : "Can't find User for Token");
    }
  }

  /** A change of a ticket by one user, and what the trigger makes of it. */
  function change<T>(ticketId: number, addsArticle: boolean, write: () => T): T {
    const before = { ...store.ticket(ticketId) };
    const written = write();
    const after = store.ticket(ticketId);
    if (webhook && triggerFires(before, after, addsArticle))
      sender.send(triggerWebhook(store, after, webhook));
    return written;
  }

  const update = (id: number, values: Values, by: number): StoredTicket =>
    change(id, values['article'] !== undefined, () => store.updateTicket(id, values, by));

  function agentSets(ticketId: number, action: string): void {
    update(ticketId, { session_action: action }, AGENT_ID);
  }

  type Answer = { status: number; body: unknown };
  const ok = (body: unknown): Answer => ({ status: 200, body });
  const created = (body: unknown): Answer => ({ status: 201, body });

  async function answerApi(request: IncomingMessage, url: URL): Promise<Answer> {
    const values = await readValues(request);
    const by = authenticate(request);
    const params: Values = { ...values, ...Object.fromEntries(url.searchParams) };
    const path = url.pathname.replace(/^\/api\/v1/, '');
    const route = `${request.method} ${path}`;
    const expand = url.searchParams.get('expand') === 'true';
    const articlesOf = (id: number) => store.articles().filter((article) => article.ticketId === id);

    switch (route) {
      case 'GET /tickets/search':
      case 'POST /tickets/search':
        return ok(searchTickets(store, params));
      case 'POST /tickets':
        return created(renderTicket(store, store.createTicket(values, by), expand));
      case 'POST /ticket_articles':
        return created(
          renderArticle(
            store,
            change(Number(values['ticket_id']), true, () => store.createArticle(values, by)),
          ),
        );
      case 'GET /ticket_states':
        return ok(renderStates(startedAt));
      case 'GET /users/me':
        return ok(renderUser(store.user(by)));
      case 'GET /users/search':
      case 'POST /users/search': {
        const query = scalarText(params['query']).toLowerCase();
        const hits = store
          .users()
          .filter((user) =>
            [user.login, user.email, user.firstname, user.lastname].some((text) =>
              text.toLowerCase().includes(query),
            ),
          );
        return ok(hits.slice(0, Number(params['limit'] ?? 50) || 50).map(renderUser));
      }
      case 'POST /users':
        return created(renderUser(store.createUser(values)));
      case 'GET /tags':
        return ok({ tags: store.ticket(Number(params['o_id'])).tags });
      case 'POST /tags/add': {
        const { tags } = store.ticket(Number(params['o_id']));
        const item = scalarText(params['item']);
        if (!tags.includes(item)) tags.push(item);
        return created(true);
      }
      case 'DELETE /tags/remove': {
        const { tags } = store.ticket(Number(params['o_id']));
        const at = tags.indexOf(scalarText(params['item']));
        if (at !== -1) tags.splice(at, 1);
        return ok(true);
      }
      default:
        break;
    }

    const byTicket = /^GET \/ticket_articles\/by_ticket\/(\d+)$/.exec(route)?.[1];
    if (byTicket !== undefined)
      return ok(
        articlesOf(store.ticket(Number(byTicket)).id).map((article) => renderArticle(store, article)),
      );
    const articleId = /^DELETE \/ticket_articles\/(\d+)$/.exec(route)?.[1];
    if (articleId !== undefined) {
      store.deleteArticle(Number(articleId), by);
      return ok({});
    }
    const [, method, id] = /^(GET|PUT) \/tickets\/(\d+)$/.exec(route) ?? [];
    if (method === 'GET') return ok(renderTicket(store, store.ticket(Number(id)), expand));
    if (method === 'PUT') return ok(renderTicket(store, update(Number(id), values, by), expand));
    const userId = /^GET \/users\/(\d+)$/.exec(route)?.[1];
    if (userId !== undefined) return ok(renderUser(store.user(Number(userId))));
    throw new ZammadRefusal(404, 'No route matches [' + request.method + '] ' + url.pathname);
  }

  const listener: RequestListener = (request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://twin');
      try {
        if (url.pathname === '/') {
          request.resume();
          response.writeHead(302, { location: '/__sandbox' }).end();
        } else if (url.pathname === '/sandbox/action' && request.method === 'POST') {
          const values = await readValues(request);
          agentSets(Number(values['ticket_id']), scalarText(values['action']));
          response.writeHead(303, { location: '/__sandbox' }).end();
        } else {
          const { status, body } = await answerApi(request, url);
          response
            .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
            .end(JSON.stringify(body));
        }
      } catch (error) {
        answerRefusal(response, error instanceof ZammadRefusal ? error : internalError());
      }
    })();
  };

  const twin = await startTwin(
    {
      vendor: 'Zammad',
      listener,
      faults,
      errorBody(status) {
        const error = {
          401: "Can't find User for Token",
          403: 'Not authorized',
          404: "Couldn't find Ticket with 'id'=99999",
          422: "Invalid value 'x' for field 'y'!",
          500: 'Error ID Ab3dEf9h: Please contact your administrator.',
        }[status];
        if (error === undefined)
          return { contentType: 'text/html', body: `<html><body><h1>${status}</h1></body></html>` };
        const body = status === 500 ? { error } : { error, error_human: error };
        return { contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
      },
      tables: () => twinTables(store),
      extraHtml: () => actionForms(store),
    },
    options,
  );

  return {
    ...twin,
    token,
    group,
    tickets: () => store.tickets(),
    users: () => store.users(),
    articles: (ticketId) => store.articles().filter((article) => article.ticketId === ticketId),
    mails: () => store.mails(),
    agentSets,
    setWebhook(next) {
      webhook = next;
    },
    webhooksIdle: () => sender.idle(),
    deliveries: () => sender.deliveries(),
    async close() {
      sender.stop();
      await twin.close();
    },
  };
}
