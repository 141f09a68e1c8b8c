import { z } from 'zod';
import { CodedFailure } from '../../platform/failures.ts';
import {
  createHttpClient,
  retryAfterHeader,
  type VendorCall,
  VendorFailure,
} from '../../platform/http-client.ts';
import type { Admission } from '../../platform/vendor-pace/admission.ts';
import { markedLink } from './booking-link.ts';
import { bookingUidOf } from './booking-uri.ts';
import type { CalcomClient, CalcomWebhooks } from './contract.ts';
import { moveBooking } from './move.ts';
import { privateLinkOf, privateLinkUri } from './private-link-uri.ts';
import { ensureCalcomWebhook, inspectCalcomWebhook, type WebhookCalls } from './subscription.ts';
import {
  accountSchema,
  bookingSchema,
  eventTypeSchema,
  success,
  toAppointment,
  type WireBooking,
} from './wire.ts';

export interface CalcomClientOptions {
  /** `https://api.cal.com`, or the twin's address; without `/v2`. */
  readonly baseUrl: string;
  /** Where the pages of bookings are: `https://cal.com`, or the twin's address. */
  readonly webUrl: string;
  readonly apiKey: string;
  /** Per request, in milliseconds. */
  readonly timeoutMs: number;
  readonly onCall?: (call: VendorCall) => void;
  /** Stands before each request. */
  readonly admission?: Admission;
}

/** Each family of endpoints has its own; without it an older one answers, in another shape. */
const version = (date: string) => ({ 'cal-api-version': date });
const BOOKINGS = version('2024-08-13');
const PRIVATE_LINKS = version('2024-09-04');
const EVENT_TYPES = version('2024-06-14');

const pageSize = 100;
/** More pages than this of one address is a fault, not a search. */
const maxPages = 50;

/** Without a status only what is to come is listed. */
const EVERY_STATUS = 'upcoming,recurring,past,cancelled,unconfirmed';

const MOST_WEBHOOKS = 250;
/** Reasons are shown to whoever was booked with; ours are short. */
const LONGEST_REASON = 500;

const webhookSchema = z
  .looseObject({
    id: z.union([z.string(), z.number()]).transform(String),
    subscriberUrl: z.string(),
    active: z.boolean(),
    triggers: z.array(z.string()),
    secret: z.string().nullish(),
    payloadTemplate: z.string().nullish(),
  })
  .transform((wire) => ({
    ...wire,
    secret: wire.secret ?? null,
    payloadTemplate: wire.payloadTemplate ?? null,
  }));

const listedBookings = success(z.array(bookingSchema)).extend({
  pagination: z.looseObject({ hasNextPage: z.boolean() }),
});

/**
 * `X-RateLimit-Reset-Default` is on every answer, an instant in unix seconds; it is a wait only when nothing remains. It
 * is read against the answer's own `Date`, so that a clock that differs from ours does no harm.
 */
function retryAfter(headers: Headers): number | null {
  const now = Date.parse(headers.get('date') ?? '') || Date.now();
  const reset = headers.get('x-ratelimit-reset-default')?.trim();
  const remaining = headers.get('x-ratelimit-remaining-default');
  if (reset && /^\d+$/.test(reset) && (remaining === null || Number(remaining) <= 0))
    return Math.max(0, Number(reset) * 1000 - now);
  return retryAfterHeader(headers, now);
}

function isFailure(error: unknown, status: number): error is VendorFailure {
  return error instanceof VendorFailure && error.status === status;
}

const pathOf = (uid: string): string => `/v2/bookings/${encodeURIComponent(uid)}`;

export function createCalcomClient(options: CalcomClientOptions): CalcomClient & CalcomWebhooks {
  const webUrl = options.webUrl.replace(/\/+$/, '');
  const http = createHttpClient({
    vendor: 'calcom',
    baseUrl: options.baseUrl,
    headers: { authorization: `Bearer ${options.apiKey}` },
    timeoutMs: options.timeoutMs,
    retryAfter,
    ...(options.onCall ? { onCall: options.onCall } : {}),
    ...(options.admission ? { admission: options.admission } : {}),
  });

  async function unlessUnknown<T>(asked: Promise<{ readonly body: { readonly data: T } }>) {
    try {
      return (await asked).body.data;
    } catch (error) {
      if (isFailure(error, 404)) return undefined;
      throw error;
    }
  }

  const get = (path: string, headers: Readonly<Record<string, string>>) =>
    ({ method: 'GET', path, headers }) as const;

  const readWire = (uid: string): Promise<WireBooking | undefined> =>
    unlessUnknown(http.request({ ...get(pathOf(uid), BOOKINGS), schema: success(bookingSchema) }));

  async function reschedule(booking: WireBooking, startsAt: number, reason: string): Promise<WireBooking> {
    // Named as the one who moves it, the host is not asked to confirm, nor held to the notice that guests must give.
    const host = booking.hosts?.find(({ email }) => email?.includes('@'))?.email;
    const { body } = await http.request({
      method: 'POST',
      path: `${pathOf(booking.uid)}/reschedule`,
      headers: BOOKINGS,
      body: {
        start: new Date(startsAt).toISOString(),
        reschedulingReason: reason.slice(0, LONGEST_REASON),
        ...(host ? { rescheduledBy: host } : {}),
      },
      schema: success(bookingSchema),
    });
    return body.data;
  }

  const webhookCalls: WebhookCalls = {
    async list() {
      const { body } = await http.request({
        method: 'GET',
        path: '/v2/webhooks',
        query: { take: MOST_WEBHOOKS },
        schema: success(z.array(webhookSchema)),
      });
      return body.data;
    },
    async create(webhook) {
      await http.request({
        method: 'POST',
        path: '/v2/webhooks',
        body: webhook,
        schema: success(webhookSchema),
      });
    },
    async update(id, webhook) {
      await http.request({
        method: 'PATCH',
        path: `/v2/webhooks/${encodeURIComponent(id)}`,
        body: webhook,
        schema: success(webhookSchema),
      });
    },
    async delete(id) {
      await http.request({
        method: 'DELETE',
        path: `/v2/webhooks/${encodeURIComponent(id)}`,
        schema: z.unknown(),
      });
    },
    isTaken: (error) => isFailure(error, 409),
  };

  return {
    provider: 'calcom',

    /**
     * Limited by use alone: a link that has an expiry too is refused by newer versions, and counts no uses in older
     * ones. It stays open until it is used or withdrawn, so whoever ends a session looks for what was booked with it later.
     */
    async createSchedulingLink(eventType, facts) {
      const { body } = await http.request({
        method: 'POST',
        path: `/v2/event-types/${encodeURIComponent(eventType)}/private-links`,
        headers: PRIVATE_LINKS,
        body: { maxUsageCount: 1 },
        schema: success(
          z.looseObject({ bookingUrl: z.url({ protocol: /^https?$/ }), linkId: z.string().nullish() }),
        ),
      });
      const { bookingUrl, linkId } = body.data;
      return {
        bookingUrl: markedLink(bookingUrl, facts),
        link: linkId ? privateLinkUri({ eventType, linkId }) : null,
      };
    },

    /** One that was used is deleted as well, and so is never `booked`. */
    async withdrawLink(link) {
      const named = privateLinkOf(link);
      if (named === undefined)
        throw new CodedFailure('vendor-not-found', 'calcom: not the name of a private link');
      const deleted = await unlessUnknown(
        http.request({
          method: 'DELETE',
          path: `/v2/event-types/${named.eventType}/private-links/${named.linkId}`,
          headers: PRIVATE_LINKS,
          schema: success(z.looseObject({})),
        }),
      );
      return deleted === undefined ? 'gone' : 'withdrawn';
    },

    async getAppointment(uri) {
      const uid = bookingUidOf(uri);
      const booking = uid === undefined ? undefined : await readWire(uid);
      return booking && toAppointment(booking, webUrl);
    },

    async findAppointments({ email, since }) {
      const found: WireBooking[] = [];
      for (let page = 0; page < maxPages; page += 1) {
        const { body } = await http.request({
          method: 'GET',
          path: '/v2/bookings',
          headers: BOOKINGS,
          query: {
            attendeeEmail: email,
            status: EVERY_STATUS,
            // One that was made since cannot have begun before.
            afterStart: new Date(since).toISOString(),
            // What is made while pages are read comes last.
            sortCreated: 'asc',
            take: pageSize,
            skip: page * pageSize,
          },
          schema: listedBookings,
        });
        found.push(...body.data);
        if (!body.pagination.hasNextPage) return found.map((booking) => toAppointment(booking, webUrl));
      }
      throw new CodedFailure('vendor-malformed', `calcom GET /v2/bookings: more than ${maxPages} pages`);
    },

    async cancelAppointment(uri, reason) {
      const uid = bookingUidOf(uri);
      if (uid === undefined)
        throw new CodedFailure('vendor-not-found', 'calcom: not the URI of a booking of Cal.com');
      try {
        await http.request({
          method: 'POST',
          path: `${pathOf(uid)}/cancel`,
          headers: BOOKINGS,
          // A host may not cancel without a reason.
          body: { cancellationReason: reason.slice(0, LONGEST_REASON) },
          schema: success(z.looseObject({})),
        });
      } catch (error) {
        if (!isFailure(error, 400)) throw error;
        // "Cancelled already" is told in words, and in others by each version: whether it is can be asked.
        const booking = await readWire(uid);
        if (booking?.status !== 'cancelled' && booking?.status !== 'rejected') throw error;
      }
    },

    async moveAppointment(uri, { startsAt, reason }) {
      const uid = bookingUidOf(uri);
      if (uid === undefined)
        throw new CodedFailure('vendor-not-found', 'calcom: not the URI of a booking of Cal.com');
      const moved = await moveBooking(
        { read: readWire, reschedule: (booking) => reschedule(booking, startsAt, reason) },
        uid,
        startsAt,
      );
      return toAppointment(moved, webUrl);
    },

    async me() {
      const { body } = await http.request({ method: 'GET', path: '/v2/me', schema: success(accountSchema) });
      return body.data;
    },

    async readEventType(id) {
      const path = `/v2/event-types/${encodeURIComponent(id)}`;
      return unlessUnknown(http.request({ ...get(path, EVENT_TYPES), schema: success(eventTypeSchema) }));
    },

    async readBooking(uri) {
      const uid = bookingUidOf(uri);
      if (uid === undefined) return undefined;
      const shown = success(z.looseObject({ uid: z.string() }));
      return unlessUnknown(http.request({ ...get(pathOf(uid), BOOKINGS), schema: shown }));
    },

    ensureWebhook: (webhook) => ensureCalcomWebhook(webhookCalls, webhook),
    inspectWebhook: (webhook) => inspectCalcomWebhook(webhookCalls, webhook),
  };
}
