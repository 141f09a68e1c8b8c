import type { IncomingMessage, RequestListener } from 'node:http';
import { createFaultSwitch } from '../sandbox/faults.ts';
import { startTwin, type Twin, type TwinOptions } from '../sandbox/twin.ts';
import { createWebhookSender, type WebhookDelivery } from '../sandbox/webhook-sender.ts';
import { formatAmount, parseAmount } from './amounts.ts';
import { GraphqlSyntaxError, parseOperation, runOperation } from './graphql.ts';
import { renderPythonJson } from './python-json.ts';
import { createTwinApi, type RefundOutcome } from './twin-api.ts';
import { installApp, type Installation, type TwinApp } from './twin-app.ts';
import { makeTwinKey, type TwinKey } from './twin-keys.ts';
import {
  eventBody,
  globalId,
  payBack,
  pythonInstant,
  recount,
  sellOrder,
  type SoldOrder,
  type TwinOrder,
  type TwinOrderBody,
} from './twin-orders.ts';
import { orderOfForm, readSoldOrder, shopView } from './twin-page.ts';
import { typenameOfHeader } from './webhook.ts';
import { parseSaleorJson } from './wire-json.ts';
import { saleorEventSchema, saleorOrderSchema } from './wire.ts';

export interface SaleorTwinOptions extends TwinOptions {
  readonly webhookUrl?: string;
  /** Of an app that was made by hand: until one is installed, it is the shop's only one. */
  readonly appToken?: string;
  /** Events that are sent. Default: fully paid, cancelled, refunded, fully refunded. */
  readonly events?: readonly string[];
  /** Scales the webhook's waits of 10, 20, 40, 80 and 160 s. Default 1. */
  readonly retryScale?: number;
  /** The first signing key; made anew when absent. */
  readonly key?: TwinKey;
  readonly customHeaders?: Readonly<Record<string, string>>;
  /** Variants' stock by SKU in the one warehouse; a SKU without a row has none. Default: as much as is asked for. */
  readonly stock?: Readonly<Record<string, number>>;
}

/** The twin's only warehouse. */
export const TWIN_WAREHOUSE = globalId('Warehouse', '00000000-0000-4000-8000-000000000001');

export interface PaidOrder {
  /** As Saleor writes it, base64 of `Order:<uuid>`. */
  readonly orderId: string;
  readonly orderUuid: string;
  readonly number: string;
}

export interface SaleorTwin extends Twin {
  /** The GraphQL endpoint. */
  readonly apiUrl: string;
  readonly jwksUrl: string;
  /** What `Saleor-Domain` says: host and port. */
  readonly domain: string;
  readonly appToken: string;
  /** The shop's app; undefined once it was uninstalled. */
  app(): TwinApp | undefined;
  /** Installs an app from its manifest, in the place of one that was made by hand. */
  install(manifestUrl: string): Promise<Installation>;
  /** Another app of the shop, made by hand; it has a token and no webhooks. */
  makeApp(): TwinApp;
  /** Deletes the app: its token is void at once. */
  uninstall(): void;
  /** A paid order; sends the events that are subscribed. */
  pay(order: SoldOrder): PaidOrder;
  /** Takes over the order of a real webhook's body, without sending anything. */
  adopt(body: string): PaidOrder;
  cancelOrder(orderId: string): void;
  /** Refunds all that is charged, by hand in the shop. */
  refundOrder(orderId: string): void;
  /** Sends a webhook of this order again, byte for byte; the last one of the event. */
  resend(orderId: string, event?: string): void;
  /** Sends the event again as the order is now (Saleor's `webhookTrigger`). */
  trigger(orderId: string, event?: string): void;
  order(orderId: string): TwinOrder;
  orders(): readonly TwinOrder[];
  /** What the payment provider does with refunds from now on. Default `success`. */
  setRefundOutcome(outcome: RefundOutcome): void;
  /** Replaces the one signing key, at once. */
  rotateKey(): Promise<void>;
  setWebhookUrl(url: string | undefined): void;
  webhooksIdle(): Promise<void>;
  deliveries(): readonly WebhookDelivery[];
  /** More of a variant in the warehouse. */
  addStock(sku: string, quantity: number): void;
  /** What was sent last, as it was signed. */
  lastWebhook(): Pick<SentWebhook, 'headers' | 'body'> | undefined;
}

const RETRY_SECONDS = [10, 20, 40, 80, 160];
const DEFAULT_EVENTS = ['order_fully_paid', 'order_cancelled', 'order_refunded', 'order_fully_refunded'];

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOrderBody(value: unknown): value is TwinOrderBody {
  return (
    saleorOrderSchema.safeParse(value).success &&
    isRecord(value) &&
    'totalCharged' in value &&
    'totalBalance' in value &&
    'privateMetadata' in value
  );
}

function paidOrder(order: TwinOrder): PaidOrder {
  const { id, number } = order.body;
  const orderUuid = Buffer.from(id, 'base64').toString('utf8').split(':')[1] ?? '';
  return { orderId: id, orderUuid, number };
}

interface SentWebhook {
  readonly event: string;
  readonly orderId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Starts a shop that keeps orders in memory, signs its webhooks and answers GraphQL as the reference says. */
export async function startSaleorTwin(options: SaleorTwinOptions): Promise<SaleorTwin> {
  const now = options.now ?? Date.now;
  const appToken = options.appToken ?? 'sandbox-saleor-token';
  const events = new Set(options.events ?? DEFAULT_EVENTS);
  const faults = createFaultSwitch();
  const orders: TwinOrder[] = [];
  const sent: SentWebhook[] = [];
  const pending = new Set<NodeJS.Immediate>();
  let app: TwinApp | undefined = { id: globalId('App', 1), token: appToken, identifier: null, webhooks: [] };
  let appPk = 1;
  const others: TwinApp[] = [];
  const stock = options.stock ? new Map(Object.entries(options.stock)) : undefined;
  let key: TwinKey = options.key ?? (await makeTwinKey());
  let webhookUrl = options.webhookUrl;
  let refundOutcome: RefundOutcome = 'success';
  let base = '';

  const sender = createWebhookSender({
    vendor: 'Saleor',
    faults,
    retryAfterMs: RETRY_SECONDS.map((seconds) => seconds * 1000 * (options.retryScale ?? 1)),
    timeoutMs: 18_000,
    retries: (status) => status === null || status >= 500,
    ...(options.log ? { log: options.log } : {}),
  });

  /** Where this event is sent now: by the manifest, or where the app was made by hand, as the twin was told. */
  function targetsOf(event: string): readonly string[] {
    if (!app) return [];
    if (app.identifier !== null)
      return app.webhooks.filter((webhook) => webhook.events.has(event)).map(({ url }) => url);
    return webhookUrl !== undefined && events.has(event) ? [webhookUrl] : [];
  }

  function dispatch(webhook: SentWebhook): void {
    const { headers, body } = webhook;
    for (const url of targetsOf(webhook.event)) {
      // One rendering for all attempts: Saleor's retries are byte-identical.
      const message = { headers: { ...headers, Host: new URL(url).hostname }, body };
      sender.send({ url, event: webhook.event, render: () => message });
    }
  }

  function emit(event: string, order: TwinOrder, by: 'app' | 'worker'): void {
    if (!app || (app.identifier === null && !events.has(event))) return;
    const appId = app.id;
    const body = Buffer.from(
      renderPythonJson(
        eventBody({
          typename: typenameOfHeader(event),
          issuedAt: pythonInstant(now()),
          issuingPrincipal: by === 'app' ? { __typename: 'App', id: appId, name: 'Latchkey' } : null,
          recipient: appId,
          order: order.body,
        }),
      ),
    );
    const signature = key.sign(body);
    const domain = new URL(base).host;
    const webhook: SentWebhook = {
      event,
      orderId: order.body.id,
      body,
      headers: {
        'User-Agent': 'Saleor/3.23',
        'Accept-Encoding': 'gzip, deflate',
        Accept: '*/*',
        Connection: 'keep-alive',
        'Content-Type': 'application/json',
        'X-Saleor-Event': event,
        'X-Saleor-Domain': domain,
        'X-Saleor-Signature': signature,
        'Saleor-Event': event,
        'Saleor-Domain': domain,
        'Saleor-Signature': signature,
        'Saleor-Api-Url': `${base}/graphql/`,
        ...options.customHeaders,
      },
    };
    sent.push(webhook);
    dispatch(webhook);
  }

  function later(work: () => void): void {
    const immediate = setImmediate(() => {
      pending.delete(immediate);
      work();
    });
    pending.add(immediate);
  }

  function takeStock(sku: string, quantity: number): boolean {
    if (!stock) return true;
    const left = stock.get(sku);
    if (left === undefined || left < quantity) return false;
    stock.set(sku, left - quantity);
    return true;
  }

  const api = createTwinApi({
    takeStock,
    orders: () => orders,
    now,
    refundOutcome: () => refundOutcome,
    later,
    emit,
  });

  function findOrder(orderId: string): TwinOrder {
    const order = orders.find((candidate) => candidate.body.id === orderId);
    if (!order) throw new RangeError('the twin has no such order');
    return order;
  }

  function pay(sold: SoldOrder): PaidOrder {
    const highest = Math.max(0, ...orders.map(({ body }) => Number(body.number) || 0));
    const order = sellOrder(sold, highest + 1, now());
    orders.push(order);
    emit('order_paid', order, 'worker');
    emit('order_fully_paid', order, 'worker');
    emit('order_confirmed', order, 'worker');
    return paidOrder(order);
  }

  function adopt(body: string): PaidOrder {
    const { order } = saleorEventSchema.parse(parseSaleorJson(body));
    if (!isOrderBody(order)) throw new TypeError('the body holds no whole order');
    const adopted: TwinOrder = { body: structuredClone(order), grants: [], fulfilled: new Map() };
    orders.push(adopted);
    return paidOrder(adopted);
  }

  function cancelOrder(orderId: string): void {
    api['orderCancel']?.({ id: orderId });
  }

  function refundOrder(orderId: string): void {
    const order = findOrder(orderId);
    for (const transaction of order.body.transactions)
      payBack(transaction, parseAmount(transaction.chargedAmount.amount));
    recount(order, now());
    emit('order_refunded', order, 'worker');
    emit('order_fully_refunded', order, 'worker');
  }

  function resend(orderId: string, event = 'order_fully_paid'): void {
    const last = sent.findLast((webhook) => webhook.orderId === orderId && webhook.event === event);
    if (last) dispatch(last);
  }

  async function install(manifestUrl: string): Promise<Installation> {
    const before = app;
    appPk += 1;
    return installApp(manifestUrl, {
      apiUrl: `${base}/graphql/`,
      domain: new URL(base).host,
      pk: appPk,
      installed: before,
      adopt: (made) => {
        app = made;
      },
      forget: () => {
        app = before;
      },
    });
  }

  function makeApp(): TwinApp {
    appPk += 1;
    const made = {
      id: globalId('App', appPk),
      token: `made-by-hand-${appPk}`,
      identifier: null,
      webhooks: [],
    };
    others.push(made);
    return made;
  }

  function uninstall(): void {
    app = undefined;
  }

  async function rotateKey(): Promise<void> {
    key = await makeTwinKey();
  }

  type Answer = { status: number; body: string };

  /** Errors of a query are HTTP 400; of permission, an unknown token included, HTTP 200. */
  function answerGraphql(request: IncomingMessage, text: string): Answer {
    const invalid = (message: string): Answer => ({
      status: 400,
      body: renderPythonJson({
        errors: [{ message, extensions: { exception: { code: 'GraphQLError' } } }],
      }),
    });
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch {
      return invalid('Unable to parse query.');
    }
    if (!isRecord(document) || typeof document['query'] !== 'string')
      return invalid('Must provide a query string.');
    const variables = isRecord(document['variables']) ? document['variables'] : {};
    try {
      const operation = parseOperation(document['query']);
      const asker = [app, ...others].find(
        (one) => one && request.headers.authorization === `Bearer ${one.token}`,
      );
      if (!asker) {
        const message =
          'To access this path, you need one of the following permissions: MANAGE_ORDERS, HANDLE_PAYMENTS';
        const error = { message, extensions: { exception: { code: 'PermissionDenied' } } };
        return { status: 200, body: renderPythonJson({ errors: [error], data: null }) };
      }
      const resolvers = { ...api, app: () => ({ __typename: 'App', id: asker.id, name: 'Latchkey' }) };
      return { status: 200, body: renderPythonJson({ data: runOperation(operation, resolvers, variables) }) };
    } catch (error) {
      if (error instanceof GraphqlSyntaxError) return invalid(error.message);
      throw error;
    }
  }

  function answerPay(request: IncomingMessage, text: string): { json: boolean; paid: PaidOrder | undefined } {
    const json = request.headers['content-type']?.includes('json') ?? false;
    const sold = readSoldOrder(json ? JSON.parse(text) : orderOfForm(new URLSearchParams(text), now()));
    return { json, paid: sold ? pay(sold) : undefined };
  }

  /** By number from the page, by id from a program. */
  function answerOrder(text: string): boolean {
    const form = new URLSearchParams(text);
    const order = orders.find(
      ({ body }) => body.id === form.get('orderId') || body.number === form.get('number')?.trim(),
    );
    if (!order) return false;
    const act = { cancel: cancelOrder, refund: refundOrder, resend }[form.get('do') ?? ''];
    act?.(order.body.id);
    return act !== undefined;
  }

  const listener: RequestListener = (request, response) => {
    void (async () => {
      const { pathname } = new URL(request.url ?? '/', 'http://twin');
      const text = await readText(request);
      const json = (status: number, body: string) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      const toPage = () => response.writeHead(303, { location: '/__sandbox' }).end();
      switch (`${request.method} ${pathname}`) {
        case 'GET /':
          toPage();
          return;
        case 'GET /.well-known/jwks.json':
          json(200, renderPythonJson(key.jwks));
          return;
        case 'POST /graphql/': {
          const { status, body } = answerGraphql(request, text);
          json(status, body);
          return;
        }
        case 'POST /sandbox/pay': {
          const { json: asJson, paid } = answerPay(request, text);
          if (!paid) json(400, JSON.stringify({ error: 'not an order' }));
          else if (asJson) json(201, JSON.stringify(paid));
          else toPage();
          return;
        }
        case 'POST /sandbox/order':
          if (answerOrder(text)) toPage();
          else json(404, JSON.stringify({ error: 'no such order or action' }));
          return;
        case 'POST /sandbox/install': {
          const done = await install(new URLSearchParams(text).get('manifestUrl') ?? '');
          if (done.ok) toPage();
          else json(400, JSON.stringify({ error: done.message }));
          return;
        }
        case 'POST /sandbox/uninstall':
          uninstall();
          toPage();
          return;
        case 'POST /sandbox/rotate-key':
          await rotateKey();
          toPage();
          return;
        default:
          // Where runs and mails lead to: an order in the dashboard.
          if (request.method === 'GET' && pathname.startsWith('/dashboard/orders/')) {
            const id = decodeURIComponent(pathname.slice('/dashboard/orders/'.length));
            const order = orders.find(({ body }) => body.id === id);
            response.writeHead(303, { location: `/__sandbox#order-${order?.body.number ?? ''}` }).end();
            return;
          }
          response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>');
      }
    })().catch(() => {
      response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Server Error (500)</h1>');
    });
  };

  const twin = await startTwin(
    {
      vendor: 'Saleor',
      listener,
      faults,
      errorBody: (status) => ({ contentType: 'text/html', body: `<h1>Server Error (${status})</h1>` }),
      tables: () => [
        {
          title: 'App',
          columns: ['id', 'identifier', 'webhooks to'],
          rows: app
            ? [[app.id, app.identifier ?? 'made by hand', app.webhooks.map(({ url }) => url).join(', ')]]
            : [],
        },
        {
          title: 'Orders',
          columns: [
            'number',
            'id',
            'client',
            'status',
            'charge status',
            'total',
            'charged',
            'lines',
            'granted refunds',
            'private metadata',
          ],
          rows: orders.map(({ body, grants }) => [
            body.number,
            body.id,
            body.userEmail,
            body.status,
            body.chargeStatus,
            `${formatAmount(parseAmount(body.total.gross.amount))} ${body.total.gross.currency}`,
            body.totalCharged.amount,
            body.lines.map((line) => `${line.quantity} × ${line.productName}`).join(', '),
            grants.map((grant) => `${grant.amount.amount} ${grant.status}: ${grant.reason}`).join('; '),
            body.privateMetadata.map(({ key: name, value }) => `${name} = ${value}`).join('; '),
          ]),
        },
        {
          title: 'Webhooks sent',
          columns: ['event', 'to', 'answers'],
          rows: sender
            .deliveries()
            .map((delivery) => [
              delivery.event,
              delivery.url,
              delivery.attempts.map((status) => String(status ?? 'no answer')).join(', '),
            ]),
        },
      ],
      view: () => shopView(orders),
    },
    options,
  );
  base = twin.url;

  return {
    ...twin,
    apiUrl: `${twin.url}/graphql/`,
    jwksUrl: `${twin.url}/.well-known/jwks.json`,
    domain: new URL(twin.url).host,
    appToken,
    app: () => app,
    install,
    makeApp,
    uninstall,
    pay,
    adopt,
    cancelOrder,
    refundOrder,
    resend,
    trigger: (orderId, event = 'order_fully_paid') => emit(event, findOrder(orderId), 'worker'),
    order: findOrder,
    orders: () => orders,
    setRefundOutcome(outcome) {
      refundOutcome = outcome;
    },
    rotateKey,
    setWebhookUrl(url) {
      webhookUrl = url;
    },
    webhooksIdle: () => sender.idle(),
    deliveries: () => sender.deliveries(),
    addStock(sku, quantity) {
      stock?.set(sku, (stock.get(sku) ?? 0) + quantity);
    },
    lastWebhook: () => sent.at(-1),
    async close() {
      for (const immediate of pending) clearImmediate(immediate);
      sender.stop();
      await twin.close();
    },
  };
}
