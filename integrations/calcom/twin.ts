import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createFaultSwitch } from '../sandbox/faults.ts';
import type { PageTable } from '../sandbox/page.ts';
import { readPageRequest, sendPage } from '../sandbox/page-request.ts';
import { parseJson, readBody } from '../sandbox/request-body.ts';
import { startTwin, type Twin, type TwinOptions } from '../sandbox/twin.ts';
import { createWebhookSender, type WebhookDelivery } from '../sandbox/webhook-sender.ts';
import { bookingUidOf, bookingUri } from './booking-uri.ts';
import { subscribedTriggers } from './subscription.ts';
import { BookingRefused, createBookings, type Told } from './twin/bookings.ts';
import { actAsHost, hostView } from './twin/host-actions.ts';
import { createPages, metadataOf, pagesOfBooking } from './twin/pages.ts';
import { createRenderer } from './twin/render.ts';
import { createRest, isRestPath, restError } from './twin/rest.ts';
import {
  type CalcomState,
  type HeldBooking,
  type HeldEventType,
  type Ms,
  successorOf,
} from './twin/state.ts';
import { signCalcomWebhook } from './webhook.ts';

export interface CalcomTwinEventType {
  readonly id: number;
  readonly title?: string;
  readonly slug?: string;
  /** Milliseconds. Default 60 minutes. */
  readonly durationMs?: number;
  /** Default 0: guests may reschedule at any time. */
  readonly rescheduleNoticeMinutes?: number;
  readonly disableRescheduling?: boolean;
  readonly disableCancelling?: boolean;
  readonly requiresConfirmation?: boolean;
}

export interface CalcomTwinOptions extends TwinOptions {
  /** A webhook that exists from the start; others are made by API. */
  readonly webhook?: { readonly url: string; readonly secret: string };
  /** The only API key that is taken; any when absent. */
  readonly apiKey?: string;
  /** Default: number 7, an hour long. */
  readonly eventTypes?: readonly CalcomTwinEventType[];
  /** Cal.com's own limit is 120 per key. */
  readonly requestsPerMinute?: number;
  /** How often it is looked for meetings that are over, in milliseconds. Default 1000; 0: only when asked to. */
  readonly meetingsEveryMs?: number;
}

/** A booking as a test wants to see it. Instants in milliseconds. */
export interface TwinBooking {
  readonly uid: string;
  /** `calcom:bookings/<uid>`. */
  readonly uri: string;
  readonly name: string;
  readonly email: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly status: HeldBooking['status'];
  readonly rescheduledFrom: string | null;
  readonly rescheduledTo: string | null;
  readonly cancelledBy: string | null;
  readonly noShow: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly rescheduleUrl: string;
  readonly cancelUrl: string;
}

export interface CalcomTwin extends Twin {
  /** The host's own page of the first event type. */
  readonly hostPage: string;
  /** What a client does on the page of a private link, or of the host. @throws {BookingRefused} when it is closed. */
  book(
    bookingUrl: string,
    booking: { name: string; email: string; startsAt: Date | string; durationMs?: number; timeZone?: string },
  ): TwinBooking;
  /** What a client does on the reschedule page: a new booking, one webhook. @throws {BookingRefused} */
  reschedule(uri: string, startsAt: Date | string): TwinBooking;
  /** @throws {BookingRefused} */
  cancel(uri: string, by: 'host' | 'client' | 'nobody-named', reason?: string): TwinBooking;
  /** The host asks the client to choose a new time. @throws {BookingRefused} */
  requestReschedule(uri: string, reason?: string): TwinBooking;
  /** @throws {BookingRefused} before the start. */
  markNoShow(uri: string): TwinBooking;
  clearNoShow(uri: string): TwinBooking;
  /** Another time without a webhook. */
  moveSilently(uri: string, startsAt: Date | string): TwinBooking;
  /** Tells of the meetings that are over now. */
  tellEnds(): void;
  appointments(): readonly TwinBooking[];
  deliveries(): readonly WebhookDelivery[];
  /** Resolves when no webhook is under way. */
  webhooksIdle(): Promise<void>;
}

const HOUR = 3_600_000;
const FIRST_BOOKING_ID = 91;
/** Cal.com waits for a receiver as long as it takes; nobody needs that of a twin. */
const WEBHOOK_TIMEOUT_MS = 60_000;

function eventTypeOf(one: CalcomTwinEventType): HeldEventType {
  const title = one.title ?? 'Paid session';
  return {
    id: one.id,
    title,
    slug: one.slug ?? title.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    durationMs: one.durationMs ?? HOUR,
    rescheduleNoticeMinutes: one.rescheduleNoticeMinutes ?? 0,
    disableRescheduling: one.disableRescheduling ?? false,
    disableCancelling: one.disableCancelling ?? false,
    requiresConfirmation: one.requiresConfirmation ?? false,
  };
}

function initialState(options: CalcomTwinOptions): CalcomState {
  return {
    host: {
      id: 5,
      name: 'Host',
      email: 'host@example.test',
      username: 'host',
      timeZone: 'Europe/Berlin',
    },
    eventTypes: (options.eventTypes ?? [{ id: 7 }]).map(eventTypeOf),
    links: new Map(),
    bookings: new Map(),
    webhooks: new Map(),
  };
}

/** Per key, in windows of a minute. The reset is told as an instant, in unix seconds. */
function createRateLimit(perMinute: number, now: () => Ms) {
  let windowEnd = 0;
  let used = 0;
  return (): { allowed: boolean; headers: Record<string, string> } => {
    if (now() >= windowEnd) {
      windowEnd = now() + 60_000;
      used = 0;
    }
    used += 1;
    return {
      allowed: used <= perMinute,
      headers: {
        date: new Date(now()).toUTCString(),
        'x-ratelimit-limit-default': String(perMinute),
        'x-ratelimit-remaining-default': String(Math.max(0, perMinute - used)),
        'x-ratelimit-reset-default': String(Math.ceil(windowEnd / 1000)),
      },
    };
  };
}

/**
 * A twin of Cal.com: API v2, private links that close after one booking, plain pages to book, reschedule and cancel,
 * the host's own buttons on its sandbox page, and signed webhooks that are sent once: what is not received is lost.
 */
export async function startCalcomTwin(options: CalcomTwinOptions): Promise<CalcomTwin> {
  const now = options.now ?? Date.now;
  const state = initialState(options);
  const faults = createFaultSwitch();
  const takeQuota = createRateLimit(options.requestsPerMinute ?? 120, now);
  const sender = createWebhookSender({
    vendor: 'Cal.com',
    faults,
    retryAfterMs: [],
    timeoutMs: WEBHOOK_TIMEOUT_MS,
    retries: () => false,
    ...(options.log ? { log: options.log } : {}),
  });

  // The address is known once the port is; nothing is rendered before.
  let base = '';
  const render = createRenderer(state, () => base);

  function emit(at: Ms, booking: HeldBooking, told: Told): void {
    for (const { active, triggers, secret, subscriberUrl, payloadTemplate } of state.webhooks.values()) {
      if (!active || !triggers.includes(told.trigger)) continue;
      const body = Buffer.from(payloadTemplate ?? JSON.stringify(render.message(at, booking, told)));
      sender.send({
        url: subscriberUrl,
        event: told.trigger,
        render: () => ({
          headers: {
            'Content-Type': 'application/json',
            'X-Cal-Signature-256': secret ? signCalcomWebhook(body, secret) : 'no-secret-provided',
            'X-Cal-Webhook-Version': '2021-10-20',
          },
          body,
        }),
      });
    }
  }

  const bookings = createBookings({ state, now, firstId: FIRST_BOOKING_ID, emit });
  const rest = createRest({ state, bookings, render, now });
  const pages = createPages({ bookings, address: () => base, now });

  function authorised(request: IncomingMessage): boolean {
    const key = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    return key !== undefined && (options.apiKey === undefined || key === options.apiKey);
  }

  function sendJson(
    response: ServerResponse,
    status: number,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ): void {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  }

  async function answerApi(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const text = await readBody(request);
    const path = url.pathname;
    if (!authorised(request)) {
      const refusal = 'ApiAuthStrategy - api key - Your api key is not valid';
      const { status, body } = restError(401, path, now(), refusal);
      return sendJson(response, status, body, {});
    }
    const quota = takeQuota();
    const version = request.headers['cal-api-version'];
    const { status, body } = quota.allowed
      ? rest({
          method: request.method ?? 'GET',
          path,
          query: url.searchParams,
          version: typeof version === 'string' ? version : undefined,
          body: text === '' ? undefined : parseJson(text),
        })
      : restError(429, path, now(), 'ThrottlerException: Too Many Requests');
    sendJson(response, status, body, quota.headers);
  }

  /** A button of the sandbox page; back to it, whatever came of it. */
  function answerHost(response: ServerResponse, path: string): void {
    try {
      actAsHost(bookings, path);
    } catch (error) {
      if (!(error instanceof BookingRefused)) throw error;
      options.log?.warn({ sandbox: 'Cal.com', refusal: error.refusal }, 'sandbox refused its host');
    }
    response.writeHead(303, { location: '/__sandbox' }).end();
  }

  async function answerPage(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const asked = await readPageRequest(request, url);
    if (asked.method === 'POST' && asked.path.startsWith('/host-actions/'))
      return answerHost(response, asked.path);
    sendPage(response, pages(asked));
  }

  const listener: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '/', 'http://calcom');
    if (url.pathname === '/') {
      response.writeHead(302, { location: '/__sandbox' }).end();
      return;
    }
    const answered = isRestPath(url.pathname)
      ? answerApi(request, response, url)
      : answerPage(request, response, url);
    answered.catch(() => {
      if (response.headersSent) return response.destroy();
      const { status, body } = restError(500, url.pathname, now());
      sendJson(response, status, body, {});
    });
  };

  function view(booking: HeldBooking): TwinBooking {
    const { uid, attendee, status, startsAt, endsAt, cancelledBy, metadata } = booking;
    return {
      uid,
      uri: bookingUri(uid),
      name: attendee.name,
      email: attendee.email,
      startsAt,
      endsAt,
      status,
      rescheduledFrom: booking.fromReschedule,
      rescheduledTo: successorOf(state, uid)?.uid ?? null,
      cancelledBy,
      noShow: booking.absent,
      metadata,
      ...pagesOfBooking(base, booking),
    };
  }

  const uidIn = (uri: string): string => bookingUidOf(uri) ?? uri;
  const millis = (instant: Date | string) => new Date(instant).getTime();
  const hostPageOf = ({ slug }: HeldEventType) => `${base}/${state.host.username}/${slug}`;

  const tables = (): PageTable[] => [
    {
      title: 'Bookings',
      columns: ['Uid', 'Name', 'E-mail', 'Start', 'End', 'Status', 'No-show', 'Reschedule', 'Cancel'],
      rows: [...state.bookings.values()].map((booking) => {
        const shown = view(booking);
        return [
          shown.uid,
          shown.name,
          shown.email,
          new Date(shown.startsAt).toISOString(),
          new Date(shown.endsAt).toISOString(),
          booking.rescheduled ? 'rescheduled' : shown.status.toLowerCase(),
          shown.noShow ? 'yes' : '',
          shown.rescheduleUrl,
          shown.cancelUrl,
        ];
      }),
    },
    {
      title: 'Pages of the host',
      columns: ['Event type', 'Page'],
      rows: state.eventTypes.map((one) => [String(one.id), hostPageOf(one)]),
    },
    {
      title: 'Private links',
      columns: ['Link', 'State'],
      rows: [...state.links.values()].map((link) => [
        render.bookingUrl(link),
        bookings.isOpen(link) ? 'open' : 'closed',
      ]),
    },
    {
      title: 'Webhooks',
      columns: ['Trigger', 'To', 'Answer'],
      rows: sender
        .deliveries()
        .map(({ event, url, attempts }) => [
          event,
          url,
          attempts.map((status) => status ?? 'no answer, lost').join(', '),
        ]),
    },
  ];

  const twin = await startTwin(
    {
      vendor: 'Cal.com',
      listener,
      errorBody: (status) => ({
        contentType: 'application/json',
        body: JSON.stringify(restError(status, '/v2', now()).body),
      }),
      tables,
      view: () => hostView(state.bookings.values()),
      faults,
    },
    options,
  );
  base = twin.url;
  if (options.webhook) {
    const id = '00000000-0000-4000-8000-000000000001';
    state.webhooks.set(id, {
      id,
      subscriberUrl: options.webhook.url,
      active: true,
      triggers: subscribedTriggers,
      secret: options.webhook.secret,
      payloadTemplate: null,
    });
  }
  const everyMs = options.meetingsEveryMs ?? 1000;
  const meetings = everyMs > 0 ? setInterval(() => bookings.tellEnds(), everyMs).unref() : undefined;
  const [first] = state.eventTypes;

  return {
    ...twin,
    hostPage: first ? hostPageOf(first) : base,
    book(bookingUrl, { name, email, startsAt, durationMs, timeZone = 'Europe/Berlin' }) {
      const url = new URL(bookingUrl);
      const offer = bookings.offerAt(url.pathname);
      if (!offer) throw new BookingRefused('link-expired');
      const metadata = metadataOf(url.searchParams);
      return view(
        offer.book({
          name,
          email,
          timeZone,
          startsAt: millis(startsAt),
          metadata,
          ...(durationMs === undefined ? {} : { durationMs }),
        }),
      );
    },
    reschedule(uri, startsAt) {
      const email = bookings.find(uidIn(uri))?.attendee.email ?? null;
      return view(bookings.reschedule(uidIn(uri), millis(startsAt), { kind: 'guest', email }, null));
    },
    cancel(uri, by, reason) {
      const client = bookings.find(uidIn(uri))?.attendee.email ?? null;
      const doers = {
        host: { kind: 'host', email: state.host.email },
        client: { kind: 'guest', email: client },
        'nobody-named': { kind: 'guest', email: null },
      } as const;
      return view(bookings.cancel(uidIn(uri), doers[by], reason ?? (by === 'host' ? 'Ill' : null)));
    },
    requestReschedule: (uri, reason) => view(bookings.requestReschedule(uidIn(uri), reason ?? null)),
    markNoShow: (uri) => view(bookings.markAbsent(uidIn(uri), true)),
    clearNoShow: (uri) => view(bookings.markAbsent(uidIn(uri), false)),
    moveSilently: (uri, startsAt) => view(bookings.moveSilently(uidIn(uri), millis(startsAt))),
    tellEnds: () => bookings.tellEnds(),
    appointments: () => [...state.bookings.values()].map(view),
    deliveries: () => sender.deliveries(),
    webhooksIdle: () => sender.idle(),
    async close() {
      clearInterval(meetings);
      sender.stop();
      await twin.close();
    },
  };
}
