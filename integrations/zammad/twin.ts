import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createFaultSwitch } from '../sandbox/faults.ts';
import { startTwin, type Twin, type TwinOptions } from '../sandbox/twin.ts';
import { createWebhookSender, type WebhookDelivery } from '../sandbox/webhook-sender.ts';
import { deskView, twinTables } from './twin-page.ts';
import type { WebhookTarget } from './setup-wanted.ts';
import { createTwinAdmin, type TwinAdmin } from './twin-admin.ts';
import { answerAdmin, assertPermitted } from './twin-admin-routes.ts';
import { createTwinAttributes, type StoredAttribute } from './twin-attributes.ts';
import { askersBy, type TwinTokenKind } from './twin-askers.ts';
import { internalError, scalarText, ZammadRefusal, type Values } from './twin-refusal.ts';
import { renderArticle, renderFullUser, renderStates, renderTicket, renderUser } from './twin-render.ts';
import { searchTickets } from './twin-search.ts';
import {
  AGENT_ID,
  createZammadStore,
  type StoredArticle,
  type StoredTicket,
  type StoredUser,
} from './twin-store.ts';
import { triggerFires, triggerWebhook } from './twin-trigger.ts';

export interface ZammadTwinOptions extends TwinOptions {
  readonly token?: string;
  /** More tokens, for tests of what Zammad answers to them. */
  readonly tokens?: Readonly<Record<string, TwinTokenKind>>;
  readonly group?: string;
  readonly systemId?: string;
  /** A webhook and its trigger, as the set-up makes them. */
  readonly webhook?: WebhookTarget;
  /** True: nothing is set up, not even the group. Default false: as it is after the set-up and the restart. */
  readonly bare?: boolean;
  /** What it says to be. Default 7.1.0; 6.4 has webhooks of fewer fields, which show their token. */
  readonly version?: string;
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
  /** An agent changes fields of a ticket by hand, e.g. `{ state: 'closed' }`. */
  agentChanges(ticketId: number, values: Values): void;
  /** An agent merges a ticket into the one of this number. */
  agentMerges(ticketId: number, intoNumber: string): void;
  /** Somebody deletes a ticket for good. */
  deletes(ticketId: number): void;
  /** Somebody makes a group that our API user has no rights on, and agents have all. */
  addsGroup(name: string): void;
  /** Somebody gives our API user all rights on a group. */
  grants(group: string): void;
  /** The restart that new attributes need. */
  restart(): void;
  readonly admin: TwinAdmin;
  attributes(): readonly StoredAttribute[];
  setWebhook(webhook: WebhookTarget | undefined): void;
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
  const isSetUp = options.bare !== true;
  const version = options.version ?? '7.1.0';
  const [major = 7, minor = 0] = version.split('.').map(Number);
  const isBefore65 = major < 6 || (major === 6 && minor < 5);
  const attributes = createTwinAttributes(isSetUp);
  const store = createZammadStore({
    group: isSetUp ? group : '',
    systemId: options.systemId ?? '53',
    now,
    attributes,
  });
  const admin = createTwinAdmin({ isBefore7: major < 7, attributes, isSetUp });
  if (options.webhook) admin.setWebhook(options.webhook);
  const faults = createFaultSwitch();
  const startedAt = new Date(now()).toISOString();

  const sender = createWebhookSender({
    vendor: 'Zammad',
    faults,
    retryAfterMs: RETRY_SECONDS.map((seconds) => seconds * 1000 * (options.retryScale ?? 1)),
    timeoutMs: 60_000,
    // Everything but 2xx is tried again, redirects and 4xx too.
    retries: (status) => status === null || status < 200 || status >= 300,
    ...(options.log ? { log: options.log } : {}),
  });

  const authenticate = askersBy(tokens);

  const lastArticle = (ticketId: number): StoredArticle | undefined =>
    store.articles().findLast((article) => article.ticketId === ticketId);

  /** Triggers run by their names, when the change is made. */
  function fire(
    ticket: StoredTicket,
    write: { readonly action: 'create' | 'update'; readonly before: Values; readonly addsArticle: boolean },
  ): void {
    const article = write.addsArticle ? lastArticle(ticket.id) : undefined;
    const after = renderTicket(store, ticket, false);
    const byName = admin
      .list('triggers')
      .toSorted((a, b) => (scalarText(a.values['name']) < scalarText(b.values['name']) ? -1 : 1));
    for (const trigger of byName) {
      if (!triggerFires(trigger.values, { ...write, after, article })) continue;
      const perform: unknown = trigger.values['perform'];
      const call = isRecord(perform) ? perform['notification.webhook'] : undefined;
      const webhookId = isRecord(call) ? Number(call['webhook_id']) : 0;
      const webhook = admin.list('webhooks').find(({ id }) => id === webhookId);
      if (webhook?.values['active'] === true)
        sender.send(triggerWebhook(store, { ticket, article }, trigger, webhook));
    }
  }

  /** A change of a ticket by one user, and what the triggers make of it. */
  function change<T>(ticketId: number, addsArticle: boolean, write: () => T): T {
    const before = renderTicket(store, store.ticket(ticketId), false);
    const written = write();
    fire(store.ticket(ticketId), { action: 'update', before, addsArticle });
    return written;
  }

  function create(values: Values, by: number): StoredTicket {
    const ticket = store.createTicket(values, by);
    fire(ticket, { action: 'create', before: {}, addsArticle: values['article'] !== undefined });
    return ticket;
  }

  const update = (id: number, values: Values, by: number): StoredTicket =>
    change(id, values['article'] !== undefined, () => store.updateTicket(id, values, by));

  /** A ticket that this user may read. */
  function readable(id: number, by: number): StoredTicket {
    const ticket = store.ticket(id);
    if (!store.may(by, 'read', ticket)) throw new ZammadRefusal(403, 'Not authorized');
    return ticket;
  }

  const linksOf = (id: number) => [
    ...store
      .links()
      .filter(({ source }) => source === id)
      .map(({ type, target }) => ({
        link_type: type === 'parent' ? 'child' : type === 'child' ? 'parent' : type,
        link_object: 'Ticket',
        link_object_value: target,
      })),
    ...store
      .links()
      .filter(({ target }) => target === id)
      .map(({ type, source }) => ({ link_type: type, link_object: 'Ticket', link_object_value: source })),
  ];

  function agentSets(ticketId: number, action: string): void {
    update(ticketId, { session_action: action }, AGENT_ID);
  }

  function grants(name: string): void {
    const found = store.groups().find((one) => one.name === name);
    if (found) store.apiRights.set(found.id, ['full']);
  }

  /** What the forms on the twin's page do. */
  function actByHand(what: string, values: Values): void {
    const id = Number(values['ticket_id']);
    switch (what) {
      case 'action':
        return agentSets(id, scalarText(values['action']));
      case 'close':
        return void update(id, { state: 'closed' }, AGENT_ID);
      case 'merge':
        return store.merge(id, scalarText(values['number']), AGENT_ID);
      case 'delete':
        return store.deleteTicket(id);
      case 'restart':
        return attributes.restart();
      case 'grant':
        return grants(scalarText(values['group']));
      default:
        throw new ZammadRefusal(404, `No form leads to ${what}`);
    }
  }

  type Answer = { status: number; body: unknown };
  const ok = (body: unknown): Answer => ({ status: 200, body });
  const created = (body: unknown): Answer => ({ status: 201, body });

  async function answerApi(request: IncomingMessage, url: URL): Promise<Answer> {
    const values = await readValues(request);
    const { by, lacks } = authenticate(request);
    const need = (...anyOf: readonly string[]): void => assertPermitted(lacks, anyOf);
    const params: Values = { ...values, ...Object.fromEntries(url.searchParams) };
    const path = url.pathname.replace(/^\/api\/v1/, '');
    const route = `${request.method} ${path}`;
    const expand = url.searchParams.get('expand') === 'true';
    const articlesOf = (id: number) => store.articles().filter((article) => article.ticketId === id);

    if (route === 'GET /users/me')
      return ok(
        url.searchParams.get('full') === 'true'
          ? renderFullUser(store, store.user(by))
          : renderUser(store.user(by)),
      );
    const answer = answerAdmin(store, admin, version, { route, values, need, at: startedAt });
    if (answer) return answer;
    need('ticket.agent');

    switch (route) {
      case 'GET /tickets':
        return ok(
          store
            .tickets()
            .filter((ticket) => store.may(by, 'read', ticket))
            .slice(0, Number(params['per_page'] ?? 100))
            .map((ticket) => renderTicket(store, ticket, expand)),
        );
      case 'GET /ticket_recent':
        return ok({ assets: {}, ticket_ids_recent_viewed: [] });
      case 'GET /tickets/search':
      case 'POST /tickets/search':
        return ok(searchTickets(store, params, { by, isBefore65 }));
      case 'POST /tickets':
        return created(renderTicket(store, create(values, by), expand));
      case 'GET /links':
        return ok({ links: linksOf(readable(Number(params['link_object_value']), by).id), assets: {} });
      case 'POST /links/add': {
        const source = store.tickets().find(({ number }) => number === values['link_object_source_number']);
        const target = store.ticket(Number(values['link_object_target_value']));
        if (!source) throw new ZammadRefusal(422, 'The ticket number could not be found.');
        const link = { type: scalarText(values['link_type']), source: source.id, target: target.id };
        store.addLink(link);
        return created(link);
      }
      case 'POST /ticket_articles':
        return created(
          renderArticle(
            store,
            change(Number(values['ticket_id']), true, () => store.createArticle(values, by)),
          ),
        );
      case 'GET /ticket_states':
        return ok(renderStates(startedAt));
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
        articlesOf(readable(Number(byTicket), by).id).map((article) => renderArticle(store, article)),
      );
    const articleId = /^DELETE \/ticket_articles\/(\d+)$/.exec(route)?.[1];
    if (articleId !== undefined) {
      store.deleteArticle(Number(articleId), by);
      return ok({});
    }
    const [, method, id] = /^(GET|PUT) \/tickets\/(\d+)$/.exec(route) ?? [];
    if (method === 'GET') return ok(renderTicket(store, readable(Number(id), by), expand));
    if (method === 'PUT') return ok(renderTicket(store, update(Number(id), values, by), expand));
    const [, sourceId, targetNumber] = /^PUT \/ticket_merge\/(\d+)\/(\d+)$/.exec(route) ?? [];
    if (targetNumber !== undefined) {
      store.merge(Number(sourceId), targetNumber, by);
      return ok({ result: 'success' });
    }
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
        } else if (url.pathname.startsWith('/sandbox/') && request.method === 'POST') {
          actByHand(url.pathname.slice('/sandbox/'.length), await readValues(request));
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
      tables: () => twinTables(store, admin),
      view: () => deskView(store),
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
    agentChanges: (ticketId, values) => void update(ticketId, values, AGENT_ID),
    agentMerges: (ticketId, intoNumber) => store.merge(ticketId, intoNumber, AGENT_ID),
    deletes: (ticketId) => store.deleteTicket(ticketId),
    addsGroup: (name) => void store.createGroup({ name }),
    grants,
    restart: () => attributes.restart(),
    admin,
    attributes: () => attributes.all(),
    setWebhook: (target) => admin.setWebhook(target),
    webhooksIdle: () => sender.idle(),
    deliveries: () => sender.deliveries(),
    async close() {
      sender.stop();
      await twin.close();
    },
  };
}
