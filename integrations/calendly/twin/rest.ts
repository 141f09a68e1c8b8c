import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { BookingRefused, type Bookings } from './bookings.ts';
import type { Renderer } from './render.ts';
import {
  type CalendlyState,
  formatMicros,
  type HeldEvent,
  type HeldInvitee,
  type HeldLink,
  type HeldSubscription,
  type Micros,
  parseMicros,
} from './state.ts';

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined when there is none or it is no JSON. */
  readonly body: unknown;
}

export interface RestAnswer {
  readonly status: number;
  /** Sent as JSON; undefined for an empty answer. */
  readonly body: unknown;
}

export interface RestOptions {
  readonly state: CalendlyState;
  readonly bookings: Bookings;
  readonly render: Renderer;
  /** Where a single-use link's page is. */
  readonly bookingUrl: (code: string, slug: string) => string;
  /** How many webhooks were sent so far, to any subscription. */
  readonly deliveries: () => number;
  /** Whether the account's plan has webhooks. */
  readonly webhooksOnPlan: () => boolean;
  readonly health: (subscription: HeldSubscription) => { retrySince: Micros | null; disabled: boolean };
  /** Milliseconds. */
  readonly now: () => number;
}

interface Detail {
  readonly parameter: string;
  readonly message: string;
}

const titles: Readonly<Record<number, string>> = {
  400: 'Invalid Argument',
  401: 'Unauthenticated',
  403: 'Permission Denied',
  404: 'Resource Not Found',
  409: 'Already Exists',
  500: 'Internal Server Error',
};

const messages: Readonly<Record<number, string>> = {
  400: 'The supplied parameters are invalid.',
  401: 'The access token is invalid',
  403: 'You do not have permission to access this resource.',
  404: 'The server could not find the requested resource.',
  409: 'Hook with this url already exists',
  500: 'The server encountered an unexpected error.',
};

/** Calendly's error body. A 429's is not documented; it is empty. */
export function restError(status: number, message?: string, details?: readonly Detail[]): RestAnswer {
  if (status === 429) return { status, body: undefined };
  const known = titles[status] ? status : 500;
  return {
    status,
    body: { title: titles[known], message: message ?? messages[known], ...(details ? { details } : {}) },
  };
}

const invalid = (...details: Detail[]) => restError(400, undefined, details);
const notFound = restError(404);

function detailsOf(error: z.ZodError): Detail[] {
  return error.issues.map((issue) => ({
    parameter: issue.path.join('.'),
    message:
      issue.code === 'invalid_type' && issue.input === undefined
        ? 'is missing'
        : issue.code === 'invalid_format' && issue.format === 'url'
          ? 'must be a valid URI'
          : 'is invalid',
  }));
}

const linkRequest = z.looseObject({
  max_event_count: z.literal(1),
  owner: z.url(),
  owner_type: z.literal('EventType'),
});

const shareRequest = z.looseObject({
  event_type: z.url(),
  name: z.string().nullish(),
  duration: z.number().int().min(1).max(720).nullish(),
});

const subscriptionRequest = z.looseObject({
  url: z.url(),
  events: z
    .array(
      z.enum([
        'invitee.created',
        'invitee.canceled',
        'invitee_no_show.created',
        'invitee_no_show.deleted',
        'routing_form_submission.created',
      ]),
    )
    .min(1),
  organization: z.url(),
  user: z.url().nullish(),
  scope: z.enum(['organization', 'user', 'group']),
  signing_key: z.string().min(1).nullish(),
});

const page = z.object({
  count: z.coerce.number().int().min(1).max(100).default(20),
  page_token: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .optional(),
});

const eventQuery = z.looseObject({
  user: z.url().optional(),
  organization: z.url().optional(),
  invitee_email: z.string().optional(),
  status: z.enum(['active', 'canceled']).optional(),
  min_start_time: z.iso.datetime({ offset: true }).optional(),
  max_start_time: z.iso.datetime({ offset: true }).optional(),
  sort: z.enum(['start_time:asc', 'start_time:desc']).default('start_time:asc'),
});

const check = <T extends z.ZodType>(schema: T, value: unknown) =>
  schema.safeParse(value ?? {}, { reportInput: true });

/** Calendly's API v2, as far as its public reference says: statuses, bodies and error bodies. */
export function createRest({
  state,
  bookings,
  render,
  bookingUrl,
  deliveries,
  webhooksOnPlan,
  health,
  now,
}: RestOptions) {
  const idIn = (uri: string, kind: string) => new RegExp(`/${kind}/([\\w-]+)$`).exec(uri)?.[1];

  function paged<T>(items: readonly T[], request: RestRequest, write: (item: T) => unknown): RestAnswer {
    const asked = check(page, Object.fromEntries(request.query));
    if (!asked.success) return invalid(...detailsOf(asked.error));
    const { count, page_token: token } = asked.data;
    const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString('utf8'));
    if (!Number.isSafeInteger(from)) return invalid({ parameter: 'page_token', message: 'is invalid' });
    const onPage = items.slice(from, from + count);
    const tokenOf = (at: number) => Buffer.from(String(at)).toString('base64url');
    const next = from + count < items.length ? tokenOf(from + count) : null;
    const previous = from > 0 ? tokenOf(Math.max(0, from - count)) : null;
    const link = (at: string | null) => {
      if (at === null) return null;
      const query = new URLSearchParams(request.query);
      query.set('page_token', at);
      return `${new URL(render.userUri()).origin}${request.path}?${query}`;
    };
    return {
      status: 200,
      body: {
        collection: onPage.map(write),
        pagination: {
          count: onPage.length,
          next_page: link(next),
          previous_page: link(previous),
          next_page_token: next,
          previous_page_token: previous,
        },
      },
    };
  }

  const inviteesOf = (event: HeldEvent): HeldInvitee[] =>
    [...state.invitees.values()].filter((invitee) => invitee.eventUuid === event.uuid);

  function createLink(body: unknown): RestAnswer {
    const asked = check(linkRequest, body);
    if (!asked.success) return invalid(...detailsOf(asked.error));
    const eventType = state.eventTypes.find((one) => one.uuid === idIn(asked.data.owner, 'event_types'));
    if (!eventType) return invalid({ parameter: 'owner', message: 'is invalid' });
    const link = bookings.createLink(eventType, null);
    const { owner, owner_type } = asked.data;
    const booking_url = bookingUrl(link.code, eventType.slug);
    return { status: 201, body: { resource: { booking_url, owner, owner_type } } };
  }

  const shareUri = (uuid: string) => `${new URL(render.userUri()).origin}/shares/${uuid}`;

  const writeShare = (link: HeldLink, uuid: string, owner: string) => ({
    uri: shareUri(uuid),
    contact: null,
    created_at: formatMicros(link.createdAt),
    status: link.bookedBy === null ? 'active' : 'booked',
    scheduling_links: [
      { booking_url: bookingUrl(link.code, link.eventType.slug), owner, owner_type: 'EventType' },
    ],
    share_override: { name: link.eventType.name, duration: link.eventType.durationMs / 60_000 },
  });

  function createShare(body: unknown): RestAnswer {
    const asked = check(shareRequest, body);
    if (!asked.success) return invalid(...detailsOf(asked.error));
    const owner = asked.data.event_type;
    const eventType = state.eventTypes.find((one) => one.uuid === idIn(owner, 'event_types'));
    if (!eventType) return invalid({ parameter: 'event_type', message: 'is invalid' });
    const uuid = randomUUID();
    const link = bookings.createLink(eventType, uuid);
    return { status: 201, body: { resource: writeShare(link, uuid, owner) } };
  }

  /** What a share that was booked is refused with is not documented; the other refusals of its kind are 403. */
  function shares({ method, body }: RestRequest, [uuid]: readonly string[]): RestAnswer {
    if (uuid === undefined) return method === 'POST' ? createShare(body) : notFound;
    const link = [...state.links.values()].find((one) => one.shareUuid === uuid && !one.isDeleted);
    if (!link || method !== 'DELETE') return notFound;
    if (link.bookedBy !== null) return restError(403);
    link.isDeleted = true;
    return { status: 204, body: undefined };
  }

  function listEvents(request: RestRequest): RestAnswer {
    const asked = check(eventQuery, Object.fromEntries(request.query));
    if (!asked.success) return invalid(...detailsOf(asked.error));
    const { user, organization, invitee_email: email, status, sort } = asked.data;
    if (user === undefined && organization === undefined) {
      return invalid({ parameter: 'user', message: 'is missing' });
    }
    if ((user ?? render.userUri()) !== render.userUri()) return restError(403);
    if ((organization ?? render.organizationUri()) !== render.organizationUri()) return restError(403);
    const min = asked.data.min_start_time === undefined ? 0 : parseMicros(asked.data.min_start_time);
    const max = asked.data.max_start_time === undefined ? Infinity : parseMicros(asked.data.max_start_time);
    const events = [...state.events.values()]
      .filter((event) => event.startsAt >= min && event.startsAt <= max)
      .filter((event) => status === undefined || (status === 'canceled') === (event.cancellation !== null))
      .filter(
        (event) =>
          email === undefined ||
          inviteesOf(event).some((invitee) => invitee.email.toLowerCase() === email.toLowerCase()),
      )
      .toSorted((a, b) => (sort === 'start_time:asc' ? a.startsAt - b.startsAt : b.startsAt - a.startsAt));
    return paged(events, request, (event) => render.scheduledEvent(event));
  }

  function cancel(event: HeldEvent, body: unknown): RestAnswer {
    const asked = check(z.looseObject({ reason: z.string().max(10_000).nullish() }), body);
    if (!asked.success) return invalid(...detailsOf(asked.error));
    try {
      const held = bookings.cancel(event.uuid, 'host', asked.data.reason ?? null);
      return { status: 201, body: { resource: render.cancellation(held) } };
    } catch (error) {
      if (!(error instanceof BookingRefused)) throw error;
      return restError(
        403,
        error.refusal === 'already-canceled' ? 'Event is already canceled' : 'Event in the past',
      );
    }
  }

  function events(request: RestRequest, [uuid, part, inviteeUuid]: readonly string[]): RestAnswer {
    if (uuid === undefined) return request.method === 'GET' ? listEvents(request) : notFound;
    const event = state.events.get(uuid);
    if (!event) return notFound;
    if (part === undefined && request.method === 'GET') {
      return { status: 200, body: { resource: render.scheduledEvent(event) } };
    }
    if (part === 'cancellation' && request.method === 'POST') return cancel(event, request.body);
    if (part !== 'invitees' || request.method !== 'GET') return notFound;
    const email = request.query.get('email')?.toLowerCase();
    const status = request.query.get('status');
    const invitees = inviteesOf(event)
      .filter((invitee) => email === undefined || invitee.email.toLowerCase() === email)
      .filter(() => status === null || (status === 'canceled') === (event.cancellation !== null));
    if (inviteeUuid === undefined) return paged(invitees, request, (one) => render.invitee(one, event));
    const invitee = invitees.find((one) => one.uuid === inviteeUuid);
    return invitee ? { status: 200, body: { resource: render.invitee(invitee, event) } } : notFound;
  }

  function noShows(request: RestRequest, [uuid]: readonly string[]): RestAnswer {
    if (request.method === 'POST' && uuid === undefined) {
      const asked = check(z.looseObject({ invitee: z.url() }), request.body);
      if (!asked.success) return invalid(...detailsOf(asked.error));
      try {
        const { invitee } = bookings.markNoShow(idIn(asked.data.invitee, 'invitees') ?? '');
        return invitee.noShow
          ? { status: 201, body: { resource: render.noShow(invitee, invitee.noShow) } }
          : restError(500);
      } catch (error) {
        if (!(error instanceof BookingRefused)) throw error;
        return error.refusal === 'no-such-invitee'
          ? notFound
          : invalid({ parameter: 'invitee', message: 'is already marked as a no show' });
      }
    }
    const held = [...state.invitees.values()].find((one) => one.noShow?.uuid === uuid);
    if (!held?.noShow) return notFound;
    if (request.method === 'GET')
      return { status: 200, body: { resource: render.noShow(held, held.noShow) } };
    if (request.method !== 'DELETE') return notFound;
    bookings.clearNoShow(held.uuid);
    return { status: 204, body: undefined };
  }

  /** Done at once; Calendly takes up to seven days. */
  function deleteInvitees(body: unknown): RestAnswer {
    const asked = check(z.looseObject({ emails: z.array(z.email()).min(1) }), body);
    if (!asked.success) return invalid(...detailsOf(asked.error));
    const named = new Set(asked.data.emails.map((email) => email.toLowerCase()));
    for (const invitee of state.invitees.values()) {
      if (!named.has(invitee.email.toLowerCase())) continue;
      state.invitees.delete(invitee.uuid);
      state.events.delete(invitee.eventUuid);
    }
    return { status: 202, body: {} };
  }

  const writeSubscription = (held: HeldSubscription) => render.subscription(held, health(held));

  function subscribe(body: unknown): RestAnswer {
    const asked = check(subscriptionRequest, body);
    if (!asked.success) return invalid(...detailsOf(asked.error));
    const { url, events: names, organization, user, scope, signing_key: signingKey } = asked.data;
    if (names.includes('routing_form_submission.created') && scope !== 'organization') {
      return invalid({ parameter: 'events', message: 'is invalid' });
    }
    if ([...state.subscriptions.values()].some((one) => one.url === url && one.scope === scope)) {
      return restError(409);
    }
    const held: HeldSubscription = {
      id: randomUUID(),
      url,
      events: names,
      organization,
      scope,
      user: user ?? null,
      signingKey: signingKey ?? null,
      createdAt: Math.floor(now()) * 1000,
      deliveriesBefore: deliveries(),
    };
    state.subscriptions.set(held.id, held);
    return { status: 201, body: { resource: writeSubscription(held) } };
  }

  function subscriptions(request: RestRequest, [id]: readonly string[]): RestAnswer {
    if (!webhooksOnPlan()) return restError(403, 'Please upgrade to a paid Calendly account.');
    if (id === undefined) {
      if (request.method === 'POST') return subscribe(request.body);
      if (request.method !== 'GET') return notFound;
      const missing = ['organization', 'scope'].filter((name) => !request.query.has(name));
      if (missing.length > 0) {
        return invalid(...missing.map((parameter) => ({ parameter, message: 'is missing' })));
      }
      const scope = request.query.get('scope');
      const held = [...state.subscriptions.values()].filter((one) => one.scope === scope);
      return paged(held, request, writeSubscription);
    }
    const held = state.subscriptions.get(id);
    if (!held) return notFound;
    if (request.method === 'GET') return { status: 200, body: { resource: writeSubscription(held) } };
    if (request.method !== 'DELETE') return notFound;
    state.subscriptions.delete(id);
    return { status: 204, body: undefined };
  }

  return (request: RestRequest): RestAnswer => {
    const [root, ...rest] = request.path.split('/').filter(Boolean);
    switch (root) {
      case 'users':
        return request.method === 'GET' && (rest[0] === 'me' || rest[0] === state.host.userUuid)
          ? { status: 200, body: { resource: render.user() } }
          : notFound;
      case 'scheduling_links':
        return request.method === 'POST' ? createLink(request.body) : notFound;
      case 'shares':
        return shares(request, rest);
      case 'scheduled_events':
        return events(request, rest);
      case 'invitee_no_shows':
        return noShows(request, rest);
      case 'webhook_subscriptions':
        return subscriptions(request, rest);
      case 'data_compliance':
        return request.method === 'POST' && rest.join('/') === 'deletion/invitees'
          ? deleteInvitees(request.body)
          : notFound;
      default:
        return notFound;
    }
  };
}

/** The URI paths that belong to the API; everything else is a page. */
export function isRestPath(path: string): boolean {
  return /^\/(users|scheduling_links|shares|scheduled_events|invitee_no_shows|webhook_subscriptions|data_compliance)(\/|$)/.test(
    path,
  );
}
