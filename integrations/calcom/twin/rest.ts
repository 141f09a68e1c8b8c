import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { BookingRefused, type Bookings, type Refusal } from './bookings.ts';
import type { Renderer } from './render.ts';
import type { CalcomState, HeldBooking, HeldWebhook, Ms } from './state.ts';

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The `cal-api-version` header. */
  readonly version: string | undefined;
  /** Parsed JSON; undefined when there is none or it is no JSON. */
  readonly body: unknown;
}

export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface RestOptions {
  readonly state: CalcomState;
  readonly bookings: Bookings;
  readonly render: Renderer;
  readonly now: () => Ms;
}

const names: Readonly<Record<number, readonly [code: string, reason: string]>> = {
  400: ['BadRequestException', 'Bad Request'],
  401: ['UnauthorizedException', 'Unauthorized'],
  403: ['ForbiddenException', 'Forbidden'],
  404: ['NotFoundException', 'Not Found'],
  409: ['ConflictException', 'Conflict'],
  429: ['ThrottlerException', 'Too Many Requests'],
  500: ['InternalServerErrorException', 'Internal Server Error'],
};

/** Cal.com's error body. */
export function restError(status: number, path: string, now: Ms, message?: string): RestAnswer {
  const [code, reason] = names[status] ?? names[500] ?? ['', ''];
  const said = message ?? reason;
  return {
    status,
    body: {
      status: 'error',
      timestamp: new Date(now).toISOString(),
      path,
      error: { code, message: said, details: { message: said, error: reason, statusCode: status } },
    },
  };
}

/** What its core refuses is not dressed as the API's own errors are. */
const coreError = (message: string): RestAnswer => ({ status: 400, body: { statusCode: 400, message } });

const time = z.iso.datetime({ offset: true });

const metadataSchema = z
  .record(z.string().max(40), z.string().max(500))
  .refine((metadata) => Object.keys(metadata).length <= 50);

const newBooking = z.strictObject({
  start: time,
  eventTypeId: z.number().int(),
  attendee: z.looseObject({ name: z.string().min(1), email: z.email(), timeZone: z.string().min(1) }),
  metadata: metadataSchema.default({}),
});

const rescheduling = z.strictObject({
  start: time,
  rescheduledBy: z.email().optional(),
  reschedulingReason: z.string().optional(),
});

const cancelling = z.strictObject({
  cancellationReason: z.string().optional(),
  cancelSubsequentBookings: z.boolean().optional(),
});

const marking = z.looseObject({
  attendees: z.array(z.looseObject({ email: z.string(), absent: z.boolean() })).default([]),
});

const newLink = z.looseObject({
  expiresAt: time.nullish(),
  maxUsageCount: z.number().int().nullish(),
});

const webhookTriggers = [
  'BOOKING_CREATED',
  'BOOKING_PAYMENT_INITIATED',
  'BOOKING_PAID',
  'BOOKING_RESCHEDULED',
  'BOOKING_REQUESTED',
  'BOOKING_CANCELLED',
  'BOOKING_REJECTED',
  'BOOKING_NO_SHOW_UPDATED',
  'FORM_SUBMITTED',
  'MEETING_STARTED',
  'MEETING_ENDED',
  'RECORDING_READY',
] as const;

const webhookFields = z.looseObject({
  subscriberUrl: z.url(),
  active: z.boolean(),
  triggers: z.array(z.enum(webhookTriggers)),
  secret: z.string().nullish(),
  payloadTemplate: z.string().nullish(),
});

const statuses = ['upcoming', 'recurring', 'past', 'cancelled', 'unconfirmed'] as const;

const listQuery = z.looseObject({
  // Without it only what is to come.
  status: z
    .string()
    .default('upcoming')
    .transform((text) => text.split(',').map((one) => one.trim()))
    .pipe(z.array(z.enum(statuses))),
  attendeeEmail: z.string().optional(),
  afterStart: time.optional(),
  sortCreated: z.enum(['asc', 'desc']).optional(),
  take: z.coerce.number().int().min(1).max(250).default(100),
  skip: z.coerce.number().int().min(0).default(0),
});

/** Which versions of an endpoint answer as documented here; others do not have it, or have an older one. */
const versions: Readonly<Record<string, readonly string[]>> = {
  bookings: ['2024-08-13', '2026-02-25'],
  'event-types': ['2024-06-14'],
  'private-links': ['2024-09-04'],
};

/** Cal.com's API v2, as far as its public reference and its code say: statuses, bodies and error bodies. */
export function createRest({ state, bookings, render, now }: RestOptions) {
  const ok = (data: unknown, status = 200): RestAnswer => ({ status, body: { status: 'success', data } });

  function matches(held: HeldBooking, status: (typeof statuses)[number]): boolean {
    const over = held.status === 'CANCELLED' || held.status === 'REJECTED';
    switch (status) {
      case 'upcoming':
        return !over && held.endsAt >= now();
      case 'past':
        return !over && held.endsAt < now();
      case 'cancelled':
        return over;
      case 'unconfirmed':
        return held.status === 'PENDING';
      case 'recurring':
        return false;
    }
  }

  return (request: RestRequest): RestAnswer => {
    const { method, path, query, body } = request;
    const error = (status: number, message?: string): RestAnswer => restError(status, path, now(), message);
    const noRoute = (): RestAnswer => error(404, `Cannot ${method} ${path}`);
    const invalid = (why: z.ZodError): RestAnswer =>
      error(
        400,
        why.issues.map((issue) => `${issue.path.join('.')} property is wrong,${issue.message} `).join(', '),
      );
    const speaks = (family: string): boolean => versions[family]?.includes(request.version ?? '') ?? true;

    function refused(refusal: Refusal, uid: string): RestAnswer {
      switch (refusal) {
        case 'no-such-booking':
          return error(404, `Booking with uid=${uid} was not found in the database`);
        case 'link-expired':
          return error(400, 'private_link_expired');
        case 'in-the-past':
          return error(400, 'Attempting to book a meeting in the past.');
        case 'already-cancelled':
          return error(
            400,
            `Can't cancel booking with uid=${uid} because it has been cancelled already. Please provide uid of a booking that is not cancelled.`,
          );
        case 'already-ended':
          return coreError('Cannot cancel a booking that has already ended');
        case 'cancelling-disabled':
          return coreError('This event type does not allow cancellations');
        case 'reason-missing':
          return coreError('Cancellation reason is required when you are the host');
        case 'rescheduling-disabled':
          return error(400, 'Rescheduling is disabled for this event type');
        case 'within-notice':
          return error(403, 'Rescheduling is not allowed within the minimum notice period before the event');
        case 'not-started':
          return error(400, 'Bookings can only be marked as absent after their scheduled start time.');
        case 'not-pending':
          return error(400, 'Booking already confirmed');
      }
    }

    function attempt(uid: string, status: number, run: () => HeldBooking): RestAnswer {
      try {
        return ok(render.booking(run()), status);
      } catch (thrown) {
        if (!(thrown instanceof BookingRefused)) throw thrown;
        return refused(thrown.refusal, uid);
      }
    }

    function listBookings(): RestAnswer {
      const asked = listQuery.safeParse(Object.fromEntries(query));
      if (!asked.success) return invalid(asked.error);
      const { status, attendeeEmail, afterStart, sortCreated, take, skip } = asked.data;
      const after = afterStart === undefined ? 0 : Date.parse(afterStart);
      const found = [...state.bookings.values()]
        .filter((held) => status.some((one) => matches(held, one)))
        .filter((held) => attendeeEmail === undefined || held.attendee.email === attendeeEmail)
        .filter((held) => held.startsAt >= after)
        .toSorted((a, b) => {
          if (sortCreated === undefined) return a.startsAt - b.startsAt;
          return sortCreated === 'asc' ? a.id - b.id : b.id - a.id;
        });
      const page = found.slice(skip, skip + take);
      return {
        status: 200,
        body: {
          status: 'success',
          data: page.map((held) => render.booking(held)),
          pagination: {
            returnedItems: page.length,
            totalItems: found.length,
            itemsPerPage: take,
            remainingItems: Math.max(0, found.length - (skip + take)),
            currentPage: Math.floor(skip / take) + 1,
            totalPages: Math.ceil(found.length / take),
            hasNextPage: skip + take < found.length,
            hasPreviousPage: skip > 0,
          },
        },
      };
    }

    function createBooking(): RestAnswer {
      const asked = newBooking.safeParse(body ?? {});
      if (!asked.success) return invalid(asked.error);
      const { start, eventTypeId, attendee, metadata } = asked.data;
      const eventType = state.eventTypes.find((one) => one.id === eventTypeId);
      if (!eventType) return error(404, `Event type with id ${eventTypeId} not found.`);
      const { name, email, timeZone } = attendee;
      return attempt('', 201, () =>
        bookings.bookByApi(eventType, { name, email, timeZone, startsAt: Date.parse(start), metadata }),
      );
    }

    function reschedule(held: HeldBooking): RestAnswer {
      const asked = rescheduling.safeParse(body ?? {});
      if (!asked.success) return invalid(asked.error);
      const { start, rescheduledBy, reschedulingReason } = asked.data;
      if (held.status === 'CANCELLED' || held.status === 'REJECTED') {
        const next = held.rescheduled ? render.booking(held).rescheduledToUid : undefined;
        return error(
          400,
          held.rescheduled
            ? `Can't reschedule booking with uid=${held.uid} because it has been cancelled and rescheduled already to booking with uid=${next}. You probably want to reschedule ${next} instead by passing it within the request URL.`
            : `Can't reschedule booking with uid=${held.uid} because it has been cancelled. Please provide uid of a booking that is not cancelled.`,
        );
      }
      const isHost = rescheduledBy === undefined || rescheduledBy === state.host.email;
      return attempt(held.uid, 201, () =>
        bookings.reschedule(
          held.uid,
          Date.parse(start),
          { kind: isHost ? 'host' : 'guest', email: rescheduledBy ?? null },
          reschedulingReason ?? null,
        ),
      );
    }

    function cancel(held: HeldBooking): RestAnswer {
      const asked = cancelling.safeParse(body ?? {});
      if (!asked.success) return invalid(asked.error);
      const { cancellationReason } = asked.data;
      const host = { kind: 'host', email: state.host.email } as const;
      return attempt(held.uid, 200, () => bookings.cancel(held.uid, host, cancellationReason ?? null));
    }

    function markAbsent(held: HeldBooking): RestAnswer {
      const asked = marking.safeParse(body ?? {});
      if (!asked.success) return invalid(asked.error);
      const named = asked.data.attendees.find(({ email }) => email === held.attendee.email);
      return attempt(held.uid, 200, () => (named ? bookings.markAbsent(held.uid, named.absent) : held));
    }

    function bookingRoutes([uid, action]: readonly string[]): RestAnswer {
      if (!speaks('bookings')) return noRoute();
      if (uid === undefined) {
        if (method === 'GET') return listBookings();
        return method === 'POST' ? createBooking() : noRoute();
      }
      const held = bookings.find(uid);
      if (!held) return refused('no-such-booking', uid);
      if (action === undefined) return method === 'GET' ? ok(render.booking(held)) : noRoute();
      if (method !== 'POST') return noRoute();
      switch (action) {
        case 'reschedule':
          return reschedule(held);
        case 'cancel':
          return cancel(held);
        case 'request-reschedule': {
          const asked = z.looseObject({ rescheduleReason: z.string().optional() }).safeParse(body ?? {});
          if (!asked.success) return invalid(asked.error);
          return attempt(uid, 200, () =>
            bookings.requestReschedule(uid, asked.data.rescheduleReason ?? null),
          );
        }
        case 'mark-absent':
          return markAbsent(held);
        case 'confirm':
        case 'decline':
          return attempt(uid, 200, () => bookings.decide(uid, action === 'confirm'));
        default:
          return noRoute();
      }
    }

    function createLink(eventTypeId: number): RestAnswer {
      const asked = newLink.safeParse(body ?? {});
      if (!asked.success) return invalid(asked.error);
      const { expiresAt, maxUsageCount } = asked.data;
      if (typeof expiresAt === 'string' && typeof maxUsageCount === 'number')
        return error(400, 'Provide only one of expiresAt or maxUsageCount');
      const eventType = state.eventTypes.find(({ id }) => id === eventTypeId);
      if (!eventType) return error(404, `Event type with id ${eventTypeId} not found.`);
      const link = bookings.createLink(eventType, {
        expiresAt: typeof expiresAt === 'string' ? Date.parse(expiresAt) : null,
        maxUsageCount: maxUsageCount === -1 ? null : (maxUsageCount ?? 1),
      });
      return ok(render.link(link, true), 201);
    }

    function eventTypeRoutes([text, family, code]: readonly string[]): RestAnswer {
      const id = Number(text);
      const eventType = state.eventTypes.find((one) => one.id === id);
      if (family === undefined) {
        if (!speaks('event-types') || method !== 'GET') return noRoute();
        return eventType
          ? ok(render.eventType(eventType))
          : error(404, `Event type with id ${text} not found`);
      }
      if (family !== 'private-links' || !speaks('private-links')) return noRoute();
      if (!eventType) return error(404, `Event type with id ${text} not found`);
      if (code === undefined && method === 'POST') return createLink(id);
      if (code === undefined && method === 'GET')
        return ok(
          [...state.links.values()]
            .filter((link) => link.eventType.id === id)
            .map((link) => render.link(link, bookings.isOpen(link))),
        );
      if (code === undefined || method !== 'DELETE') return noRoute();
      return state.links.delete(code)
        ? ok({ linkId: code, message: 'Private link deleted successfully' })
        : error(404, 'Deleted link not found');
    }

    function writeWebhook(held: HeldWebhook, status: number): RestAnswer {
      state.webhooks.set(held.id, held);
      return ok(render.webhook(held), status);
    }

    function webhookRoutes([id]: readonly string[]): RestAnswer {
      if (id === undefined) {
        if (method === 'GET') {
          const skip = Number(query.get('skip') ?? 0);
          const take = Number(query.get('take') ?? 250);
          return ok([...state.webhooks.values()].slice(skip, skip + take).map((one) => render.webhook(one)));
        }
        if (method !== 'POST') return noRoute();
        const asked = webhookFields.safeParse(body ?? {});
        if (!asked.success) return invalid(asked.error);
        const { subscriberUrl, active, triggers, secret, payloadTemplate } = asked.data;
        if ([...state.webhooks.values()].some((one) => one.subscriberUrl === subscriberUrl))
          return error(409, 'Webhook with this subscriber url already exists for this user');
        const written = { secret: secret ?? null, payloadTemplate: payloadTemplate ?? null };
        return writeWebhook({ id: randomUUID(), subscriberUrl, active, triggers, ...written }, 201);
      }
      const held = state.webhooks.get(id);
      if (!held) return error(404, `Webhook (${id}) not found`);
      if (method === 'GET') return ok(render.webhook(held));
      if (method === 'DELETE') {
        state.webhooks.delete(id);
        return ok(render.webhook(held));
      }
      if (method !== 'PATCH') return noRoute();
      const asked = webhookFields.partial().safeParse(body ?? {});
      if (!asked.success) return invalid(asked.error);
      const { subscriberUrl, active, triggers, secret, payloadTemplate } = asked.data;
      return writeWebhook(
        {
          id,
          subscriberUrl: subscriberUrl ?? held.subscriberUrl,
          active: active ?? held.active,
          triggers: triggers ?? held.triggers,
          secret: secret === undefined ? held.secret : secret,
          payloadTemplate: payloadTemplate === undefined ? held.payloadTemplate : payloadTemplate,
        },
        200,
      );
    }

    const [, root, ...rest] = path.split('/').filter(Boolean);
    switch (root) {
      case 'me':
        return method === 'GET' ? ok(render.me()) : noRoute();
      case 'bookings':
        return bookingRoutes(rest);
      case 'event-types':
        return eventTypeRoutes(rest);
      case 'webhooks':
        return webhookRoutes(rest);
      default:
        return noRoute();
    }
  };
}

/** The paths that belong to the API; everything else is a page. */
export function isRestPath(path: string): boolean {
  return /^\/v2(\/|$)/.test(path);
}
