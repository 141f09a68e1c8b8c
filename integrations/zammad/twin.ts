import { createHmac, randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createFaultSwitch } from '../sandbox/faults.ts';
import { escapeHtml } from '../../platform/html.ts';
import { startTwin, type Twin, type TwinOptions } from '../sandbox/twin.ts';
import { createWebhookSender, type WebhookDelivery } from '../sandbox/webhook-sender.ts';
import { renderArticle, renderStates, renderTicket, renderUser } from './twin-render.ts';
import { searchTickets } from './twin-search.ts';
import {
  AGENT_ID,
  API_USER_ID,
  createZammadStore,
  internalError,
  scalarText,
  sessionActions,
  ZammadRefusal,
  type StoredArticle,
  type StoredTicket,
  type StoredUser,
  type Values,
} from './twin-store.ts';

/** What a token of the twin may do; the other kinds answer as Zammad does. */
export type TwinTokenKind = 'agent' | 'no-permission' | 'expired' | 'inactive';

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

/** Ruby's `to_json` escapes these three. */
function rubyJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function firstLink(html: string): string {
  return /href="(https?:[^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
}

/** Starts a Zammad that keeps tickets, articles and users in memory and answers as the reference says. */
export async function startZammadTwin(options: ZammadTwinOptions): Promise<ZammadTwin> {
  const token = options.token ?? 'sandbox-zammad-token';
  const tokens: Readonly<Record<string, TwinTokenKind>> = { ...options.tokens, [token]: 'agent' };
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

  function authenticate(request: IncomingMessage): void {
    const header = request.headers.authorization;
    if (!header) throw new ZammadRefusal(403, 'Authentication required');
    const bearer = /^Bearer\s+(.+)$/i.exec(header)?.[1];
    const given = bearer ?? /^Token\s+(?:token=)?"?([^"\s]+)"?$/i.exec(header)?.[1] ?? '';
    switch (Object.hasOwn(tokens, given) ? tokens[given] : undefined) {
      case 'agent':
        return;
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

  function notify(ticket: StoredTicket): void {
    const target = webhook;
    if (!target) return;
    const delivery = randomUUID();
    sender.send({
      url: target.url,
      event: 'ticket.action',
      render() {
        // Rendered anew at each attempt: it may show a later state than the one that fired the trigger.
        const body = Buffer.from(
          rubyJson({
            ticket_id: String(ticket.id),
            number: ticket.number,
            session_id: ticket.sessionId,
            action: ticket.sessionAction,
            state: ticket.state,
            updated_by: store.user(ticket.updatedById).login,
            article: '',
          }),
        );
        return {
          body,
          headers: {
            'Content-Type': 'application/json; charset=utf-8',
            'User-Agent': 'Zammad User Agent',
            Accept: '*/*',
            'X-Zammad-Trigger': 'session action -> workflow',
            'X-Zammad-Delivery': delivery,
            'X-Hub-Signature': `sha1=${createHmac('sha1', target.secret).update(body).digest('hex')}`,
          },
        };
      },
    });
  }

  function agentSets(ticketId: number, action: string): void {
    const ticket = store.updateTicket(ticketId, { session_action: action }, AGENT_ID);
    if (action !== '') notify(ticket);
  }

  type Answer = { status: number; body: unknown };
  const ok = (body: unknown): Answer => ({ status: 200, body });
  const created = (body: unknown): Answer => ({ status: 201, body });

  async function answerApi(request: IncomingMessage, url: URL): Promise<Answer> {
    const values = await readValues(request);
    authenticate(request);
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
        return created(renderTicket(store, store.createTicket(values, API_USER_ID), expand));
      case 'POST /ticket_articles':
        return created(renderArticle(store, store.createArticle(values, API_USER_ID)));
      case 'GET /ticket_states':
        return ok(renderStates(startedAt));
      case 'GET /users/me':
        return ok(renderUser(store.user(API_USER_ID)));
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
      store.deleteArticle(Number(articleId), API_USER_ID);
      return ok({});
    }
    const [, method, id] = /^(GET|PUT) \/tickets\/(\d+)$/.exec(route) ?? [];
    if (method === 'GET') return ok(renderTicket(store, store.ticket(Number(id)), expand));
    if (method === 'PUT')
      return ok(renderTicket(store, store.updateTicket(Number(id), values, API_USER_ID), expand));
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
      tables: () => [
        {
          title: 'Tickets',
          columns: ['id', 'number', 'title', 'state', 'session status', 'action', 'customer', 'rev', 'tags'],
          rows: store
            .tickets()
            .map((ticket) => [
              String(ticket.id),
              ticket.number,
              ticket.title,
              ticket.state,
              ticket.sessionStatus,
              ticket.sessionAction,
              store.user(ticket.customerId).login,
              String(ticket.sessionRev),
              ticket.tags.join(', '),
            ]),
        },
        {
          title: 'Articles',
          columns: ['ticket', 'at', 'type', 'to', 'subject', 'text', 'link', 'internal'],
          rows: store
            .articles()
            .map((article) => [
              String(article.ticketId),
              article.createdAt,
              article.type,
              article.to ?? '',
              article.subject,
              article.body,
              firstLink(article.body),
              String(article.internal),
            ]),
        },
        {
          title: 'Users',
          columns: ['id', 'login', 'name'],
          rows: store
            .users()
            .map((user) => [String(user.id), user.login, `${user.firstname} ${user.lastname}`.trim()]),
        },
      ],
      extraHtml: () => `<form method="post" action="/sandbox/action"><fieldset><legend>As an agent</legend>
<label>Ticket <select name="ticket_id">${store
        .tickets()
        .map((ticket) => `<option value="${ticket.id}">${escapeHtml(ticket.title)}</option>`)
        .join('')}</select></label>
<label>session_action <select name="action">${sessionActions
        .map((action) => `<option>${action}</option>`)
        .join('')}</select></label>
<button>Set</button></fieldset></form>`,
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
