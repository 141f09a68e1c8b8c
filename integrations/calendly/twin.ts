import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createFaultSwitch } from '../sandbox/faults.ts';
import type { PageTable } from '../sandbox/page.ts';
import { readPageRequest, sendPage } from '../sandbox/page-request.ts';
import { parseJson, readBody } from '../sandbox/request-body.ts';
import { startTwin, type Twin, type TwinOptions } from '../sandbox/twin.ts';
import { createWebhookSender, type WebhookDelivery, type WebhookSender } from '../sandbox/webhook-sender.ts';
import { type Booking, BookingRefused, createBookings } from './twin/bookings.ts';
import { hostView } from './twin/host-view.ts';
import { createPages, trackingOf } from './twin/pages.ts';
import { createRenderer } from './twin/render.ts';
import { createRest, isRestPath, restError } from './twin/rest.ts';
import {
  type CalendlyState,
  formatMicros,
  type HeldEventType,
  type HeldSubscription,
  type Micros,
} from './twin/state.ts';
import { subscribedEvents } from './client.ts';
import { signCalendlyWebhook } from './webhook.ts';

export interface CalendlyTwinOptions extends TwinOptions {
  /** A subscription that exists from the start; others are made by API. */
  readonly webhook?: { readonly url: string; readonly signingKey: string };
  /** The only access token that is taken; any when absent. */
  readonly token?: string;
  readonly eventTypeUuid?: string;
  /** How long an event of the default type takes, in milliseconds. Default 60 minutes. */
  readonly durationMs?: number;
  /** Event types beside the default one. */
  readonly eventTypes?: readonly {
    readonly uuid: string;
    readonly name?: string;
    readonly durationMs?: number;
  }[];
  /** Multiplies the waits of the webhook retries; 1 is a day of them. */
  readonly retryScale?: number;
  /** Calendly's own limit is 500 on paid plans. */
  readonly requestsPerMinute?: number;
}

/** An appointment as a test wants to see it. Instants in milliseconds. */
export interface TwinAppointment {
  readonly inviteeUri: string;
  readonly eventUri: string;
  readonly name: string;
  readonly email: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly status: 'active' | 'canceled';
  readonly canceledBy: 'host' | 'invitee' | null;
  readonly oldInvitee: string | null;
  readonly newInvitee: string | null;
  readonly noShow: boolean;
  readonly reference: string | null;
  readonly rescheduleUrl: string;
  readonly cancelUrl: string;
}

export interface CalendlyTwin extends Twin {
  /** What a client does on the page of a single-use link, or of the host. @throws {BookingRefused} when it is closed. */
  book(
    bookingUrl: string,
    booking: { name: string; email: string; startsAt: Date | string; durationMs?: number; timeZone?: string },
  ): TwinAppointment;
  /** What a client does on the reschedule page: a new invitee, two webhooks. */
  reschedule(inviteeUri: string, startsAt: Date | string): TwinAppointment;
  cancel(inviteeUri: string, by: 'host' | 'invitee', reason?: string): TwinAppointment;
  markNoShow(inviteeUri: string): TwinAppointment;
  clearNoShow(inviteeUri: string): TwinAppointment;
  /** Another time without a webhook. */
  moveSilently(inviteeUri: string, startsAt: Date | string): TwinAppointment;
  appointments(): readonly TwinAppointment[];
  deliveries(): readonly WebhookDelivery[];
  /** Switches every subscription off, as after a day of failed messages. */
  disableSubscriptions(): void;
  /** Whether the account's plan has webhooks. Default: yes. */
  setWebhooksOnPlan(has: boolean): void;
  /** Resolves when no webhook is under way. */
  webhooksIdle(): Promise<void>;
}

const defaultEventType = 'a1b2c3d4-0000-4000-8000-000000000010';
const hour = 3_600_000;

/** Seconds between attempts, doubling, for 24 hours. */
const retrySeconds = [...Array.from({ length: 16 }, (_, n) => 2 ** n), 20_865];

function eventTypeOf(uuid: string, durationMs: number, name?: string): HeldEventType {
  const title = name ?? (durationMs === hour ? '60 min paid session' : 'Paid session');
  return { uuid, name: title, slug: title.toLowerCase().replace(/[^a-z0-9]+/g, '-'), durationMs };
}

function initialState(options: CalendlyTwinOptions): CalendlyState {
  return {
    host: {
      userUuid: '0d3f4a5b-1111-4222-8333-944455556666',
      organizationId: 'ORG1',
      name: 'Host',
      slug: 'host',
      email: 'host@example.test',
      timeZone: 'Europe/Berlin',
    },
    eventTypes: [
      eventTypeOf(options.eventTypeUuid ?? defaultEventType, options.durationMs ?? hour),
      ...(options.eventTypes ?? []).map((one) => eventTypeOf(one.uuid, one.durationMs ?? hour, one.name)),
    ],
    links: new Map(),
    events: new Map(),
    invitees: new Map(),
    subscriptions: new Map(),
  };
}

/** Per user, in windows of a minute. */
function createRateLimit(perMinute: number, now: () => number) {
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
        'x-ratelimit-limit': String(perMinute),
        'x-ratelimit-remaining': String(Math.max(0, perMinute - used)),
        // Seconds left, not an instant.
        'x-ratelimit-reset': String(Math.ceil((windowEnd - now()) / 1000)),
      },
    };
  };
}

/**
 * A twin of Calendly: API v2, single-use links that close after one booking, plain pages to book, reschedule and
 * cancel, and webhooks signed `t=,v1=` anew at each attempt. Its URIs point at itself.
 */
export async function startCalendlyTwin(options: CalendlyTwinOptions): Promise<CalendlyTwin> {
  const now = options.now ?? Date.now;
  const state = initialState(options);
  const faults = createFaultSwitch();
  const takeQuota = createRateLimit(options.requestsPerMinute ?? 500, now);
  const retryAfterMs = retrySeconds.map((seconds) => seconds * 1000 * (options.retryScale ?? 1));
  const sender: WebhookSender = createWebhookSender({
    vendor: 'Calendly',
    faults,
    retryAfterMs,
    timeoutMs: 15_000,
    retries: (status) => status === null || status >= 300,
    ...(options.log ? { log: options.log } : {}),
  });

  // The address is known once the port is; nothing is rendered before.
  let base = '';
  const render = createRenderer(state.host, () => ({ api: base, pages: base }));

  const lastSent = new Map<string, Micros>();
  const switchedOff = new Set<string>();
  let webhooksOnPlan = true;
  const failed = (status: number | null) => status === null || status >= 300;

  /** Switched off once a message was tried for a day in vain; `retry_started_at` while the newest one fails. */
  function health(subscription: HeldSubscription): { retrySince: Micros | null; disabled: boolean } {
    const sent = sender
      .deliveries()
      .slice(subscription.deliveriesBefore)
      .filter((delivery) => delivery.url === subscription.url);
    const disabled =
      switchedOff.has(subscription.id) ||
      sent.some(({ attempts }) => attempts.length > retryAfterMs.length && failed(attempts.at(-1) ?? null));
    const retrying = sent.some(({ attempts }) => attempts.length > 0 && failed(attempts.at(-1) ?? null));
    return { retrySince: retrying ? (lastSent.get(subscription.url) ?? null) : null, disabled };
  }

  function emit(name: string, at: Micros, { invitee, event }: Booking): void {
    // Rendered now: the state a retry would see is a later one.
    const body = Buffer.from(JSON.stringify(render.webhook(name, at, invitee, event)));
    for (const subscription of state.subscriptions.values()) {
      if (!subscription.events.includes(name) || health(subscription).disabled) continue;
      const { url, signingKey } = subscription;
      lastSent.set(url, at);
      sender.send({
        url,
        event: name,
        render: () => ({
          headers: {
            'content-type': 'application/json',
            ...(signingKey === null
              ? {}
              : {
                  'Calendly-Webhook-Signature': signCalendlyWebhook(
                    body,
                    signingKey,
                    Math.floor(now() / 1000),
                  ),
                }),
          },
          body,
        }),
      });
    }
  }

  const bookings = createBookings({ state, now, joinUrl: (meetingId) => `${base}/j/${meetingId}`, emit });
  const rest = createRest({
    state,
    bookings,
    render,
    bookingUrl: (code, slug) => `${base}/d/${code}/${slug}`,
    deliveries: () => sender.deliveries().length,
    webhooksOnPlan: () => webhooksOnPlan,
    health,
    now,
  });
  const pages = createPages({ bookings, render, now });

  function authorised(request: IncomingMessage): boolean {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    return token !== undefined && (options.token === undefined || token === options.token);
  }

  function sendJson(
    response: ServerResponse,
    status: number,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ): void {
    if (body === undefined) response.writeHead(status, headers).end();
    else
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
  }

  async function answerApi(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const text = await readBody(request);
    if (!authorised(request)) {
      const { status, body } = restError(401);
      return sendJson(response, status, body, {});
    }
    const quota = takeQuota();
    const { status, body } = quota.allowed
      ? rest({
          method: request.method ?? 'GET',
          path: url.pathname,
          query: url.searchParams,
          body: text === '' ? undefined : parseJson(text),
        })
      : restError(429);
    sendJson(response, status, body, quota.headers);
  }

  async function answerPage(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    sendPage(response, pages(await readPageRequest(request, url)));
  }

  const listener: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '/', 'http://calendly');
    if (url.pathname === '/') {
      response.writeHead(302, { location: '/__sandbox' }).end();
      return;
    }
    const answered = isRestPath(url.pathname)
      ? answerApi(request, response, url)
      : answerPage(request, response, url);
    answered.catch(() => {
      if (response.headersSent) return response.destroy();
      const { status, body } = restError(500);
      sendJson(response, status, body, {});
    });
  };

  function view({ invitee, event }: Booking): TwinAppointment {
    const wire = render.invitee(invitee, event);
    return {
      inviteeUri: wire.uri,
      eventUri: wire.event,
      name: invitee.name,
      email: invitee.email,
      startsAt: event.startsAt / 1000,
      endsAt: event.endsAt / 1000,
      status: event.cancellation ? 'canceled' : 'active',
      canceledBy: event.cancellation?.cancelerType ?? null,
      oldInvitee: wire.old_invitee,
      newInvitee: wire.new_invitee,
      noShow: invitee.noShow !== null,
      reference: invitee.tracking.content,
      rescheduleUrl: wire.reschedule_url,
      cancelUrl: wire.cancel_url,
    };
  }

  const all = (): Booking[] => [...state.invitees.keys()].flatMap((uuid) => bookings.find(uuid) ?? []);
  const uuidIn = (inviteeUri: string) => inviteeUri.slice(inviteeUri.lastIndexOf('/') + 1);
  const millis = (instant: Date | string) => new Date(instant).getTime();

  const tables = (): PageTable[] => [
    {
      title: 'Appointments',
      columns: ['Invitee', 'Name', 'E-mail', 'Start', 'End', 'Status', 'No-show', 'Reschedule', 'Cancel'],
      rows: all().map((booking) => {
        const shown = view(booking);
        return [
          booking.invitee.uuid,
          shown.name,
          shown.email,
          formatMicros(booking.event.startsAt),
          formatMicros(booking.event.endsAt),
          shown.newInvitee ? 'rescheduled' : shown.status,
          shown.noShow ? 'yes' : '',
          shown.rescheduleUrl,
          shown.cancelUrl,
        ];
      }),
    },
    {
      title: 'Pages of the host',
      columns: ['Page'],
      rows: state.eventTypes.map(({ slug }) => [`${base}/${state.host.slug}/${slug}`]),
    },
    {
      title: 'Single-use links',
      columns: ['Link', 'State'],
      rows: [...state.links.values()].map((link) => [
        `${base}/d/${link.code}/${link.eventType.slug}`,
        link.isDeleted ? 'deleted' : link.bookedBy ? 'closed' : 'open',
      ]),
    },
    {
      title: 'Webhooks',
      columns: ['Event', 'To', 'Attempts'],
      rows: sender
        .deliveries()
        .map(({ event, url, attempts }) => [
          event,
          url,
          attempts.map((status) => status ?? 'no answer').join(', '),
        ]),
    },
  ];

  const twin = await startTwin(
    {
      vendor: 'Calendly',
      listener,
      errorBody: (status) => {
        const { body } = restError(status);
        return { contentType: 'application/json', body: body === undefined ? '' : JSON.stringify(body) };
      },
      tables,
      view: () => hostView(all().map(view)),
      faults,
    },
    options,
  );
  base = twin.url;
  if (options.webhook) {
    state.subscriptions.set('WH1', {
      id: 'WH1',
      url: options.webhook.url,
      events: subscribedEvents,
      scope: 'organization',
      organization: render.organizationUri(),
      user: null,
      signingKey: options.webhook.signingKey,
      createdAt: Math.floor(now()) * 1000,
      deliveriesBefore: 0,
    });
  }

  return {
    ...twin,
    book(bookingUrl, booking) {
      const url = new URL(bookingUrl);
      const offer = bookings.offerAt(url.pathname);
      if (!offer) throw new BookingRefused('no-such-link');
      const { name, email, startsAt, durationMs, timeZone = 'Europe/Berlin' } = booking;
      return view(
        offer.book({
          name,
          email,
          timeZone,
          startsAt: millis(startsAt),
          tracking: trackingOf(url.searchParams),
          ...(durationMs === undefined ? {} : { durationMs }),
        }),
      );
    },
    reschedule: (inviteeUri, startsAt) => view(bookings.reschedule(uuidIn(inviteeUri), millis(startsAt))),
    cancel(inviteeUri, by, reason) {
      const booking = bookings.find(uuidIn(inviteeUri));
      if (!booking) throw new BookingRefused('no-such-invitee');
      bookings.cancel(booking.event.uuid, by, reason ?? null);
      return view(booking);
    },
    markNoShow: (inviteeUri) => view(bookings.markNoShow(uuidIn(inviteeUri))),
    clearNoShow: (inviteeUri) => view(bookings.clearNoShow(uuidIn(inviteeUri))),
    moveSilently: (inviteeUri, startsAt) => view(bookings.moveSilently(uuidIn(inviteeUri), millis(startsAt))),
    appointments: () => all().map(view),
    deliveries: () => sender.deliveries(),
    disableSubscriptions() {
      for (const id of state.subscriptions.keys()) switchedOff.add(id);
    },
    setWebhooksOnPlan(has) {
      webhooksOnPlan = has;
    },
    webhooksIdle: () => sender.idle(),
    async close() {
      sender.stop();
      await twin.close();
    },
  };
}
