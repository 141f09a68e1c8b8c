import { z } from 'zod';
import { CodedFailure, type FailureCode } from '../../platform/failures.ts';
import {
  createHttpClient,
  retryAfterHeader,
  type VendorCall,
  VendorFailure,
} from '../../platform/http-client.ts';
import type { CalendlyLinks } from '../../platform/config-providers.ts';
import type { Admission } from '../../platform/vendor-pace/admission.ts';
import type { LinkFacts, ProviderAppointment, SchedulingLink } from '../scheduling/provider.ts';
import type { CalendlyClient, CalendlySubscriptions } from './contract.ts';
import { schedulingUrl } from './scheduling-url.ts';
import { ensureSubscription, inspectSubscription, type SubscriptionCalls } from './subscription.ts';
import { collectionSchema, inviteeSchema, scheduledEventSchema, toAppointment } from './wire.ts';

export interface CalendlyClientOptions {
  /** `https://api.calendly.com`, or the twin's address. */
  readonly baseUrl: string;
  readonly token: string;
  /** Per request, in milliseconds. */
  readonly timeoutMs: number;
  /** What links that shall be withdrawable are made as. A single-use link cannot be taken back. Default: `single-use`. */
  readonly links?: CalendlyLinks;
  readonly onCall?: (call: VendorCall) => void;
  /** Stands before each request. */
  readonly admission?: Admission;
}

/** The events that the webhook subscription asks for. */
export const subscribedEvents = [
  'invitee.created',
  'invitee.canceled',
  'invitee_no_show.created',
  'invitee_no_show.deleted',
] as const;

/** 100 is the API's largest page; more pages than this of one address is a fault, not a search. */
const pageSize = 100;
const maxPages = 50;

const resource = <T extends z.ZodType>(schema: T) => z.looseObject({ resource: schema });

const bookingPageSchema = z.looseObject({ booking_url: z.url({ protocol: /^https?$/ }) });
const shareSchema = z.looseObject({
  // Not in the answers of before November 2026.
  uri: z.string().nullish(),
  scheduling_links: z.tuple([bookingPageSchema], z.unknown()),
});
const userSchema = z.looseObject({
  uri: z.string().min(1),
  timezone: z.string().min(1),
  current_organization: z.string().min(1),
});
const subscriptionSchema = z.looseObject({
  uri: z.string(),
  callback_url: z.string(),
  state: z.string(),
  retry_started_at: z.string().nullish(),
  events: z.array(z.string()),
});

function errorMessage(body: unknown): string {
  const parsed = z.looseObject({ message: z.string() }).safeParse(body);
  return parsed.success ? parsed.data.message : '';
}

/** A 403 does not always mean a missing permission: it also says that the event cannot be cancelled any more. */
function classify(status: number, body: unknown): FailureCode | undefined {
  if (status === 403 && errorMessage(body) === 'Event in the past') return 'vendor-rejected';
  return undefined;
}

/** `X-RateLimit-Reset` is on every answer, in seconds left; it is a wait only when nothing remains. */
function retryAfter(headers: Headers): number | null {
  const reset = headers.get('x-ratelimit-reset')?.trim();
  const remaining = headers.get('x-ratelimit-remaining');
  if (reset && /^\d+$/.test(reset) && (remaining === null || Number(remaining) <= 0))
    return Number(reset) * 1000;
  return retryAfterHeader(headers, Date.now());
}

interface InviteePath {
  readonly event: string;
  readonly invitee: string;
}

/** Only the ids are taken from a URI, never its host: the credential goes to the configured address alone. */
function pathOf(inviteeUri: string): InviteePath | undefined {
  const match = /\/scheduled_events\/([\w-]+)\/invitees\/([\w-]+)$/.exec(inviteeUri);
  return match?.[1] && match[2]
    ? {
        event: `/scheduled_events/${match[1]}`,
        invitee: `/scheduled_events/${match[1]}/invitees/${match[2]}`,
      }
    : undefined;
}

/** The path of a share, for which the same holds. */
function sharePathOf(uri: string): string | undefined {
  const id = /\/shares\/([\w-]+)$/.exec(uri)?.[1];
  return id && `/shares/${id}`;
}

function isFailure(error: unknown, status: number): error is VendorFailure {
  return error instanceof VendorFailure && error.status === status;
}

/** Calendly's API v2. Failures are `VendorFailure`s; it never retries by itself. */
export function createCalendlyClient(options: CalendlyClientOptions): CalendlyClient & CalendlySubscriptions {
  const base = options.baseUrl.replace(/\/+$/, '');
  const http = createHttpClient({
    vendor: 'calendly',
    baseUrl: base,
    headers: { authorization: `Bearer ${options.token}` },
    timeoutMs: options.timeoutMs,
    classify,
    retryAfter,
    ...(options.onCall ? { onCall: options.onCall } : {}),
    ...(options.admission ? { admission: options.admission } : {}),
  });

  async function readEvent(path: string) {
    const answer = await http.request({ method: 'GET', path, schema: resource(scheduledEventSchema) });
    return answer.body.resource;
  }

  async function list<Item extends z.ZodType>(
    path: string,
    query: Record<string, string | number>,
    item: Item,
  ): Promise<z.output<Item>[]> {
    const items: z.output<Item>[] = [];
    let token: string | undefined;
    for (let page = 0; page < maxPages; page += 1) {
      const answer = await http.request({
        method: 'GET',
        path,
        query: { ...query, count: pageSize, ...(token === undefined ? {} : { page_token: token }) },
        schema: collectionSchema(item),
      });
      items.push(...answer.body.collection);
      token = answer.body.pagination.next_page_token ?? undefined;
      if (token === undefined) return items;
    }
    throw new CodedFailure('vendor-malformed', `calendly GET ${path}: more than ${maxPages} pages`);
  }

  async function readMe() {
    const { body } = await http.request({ method: 'GET', path: '/users/me', schema: resource(userSchema) });
    const { uri, current_organization: organization, timezone: timeZone } = body.resource;
    return { uri, organization, timeZone };
  }

  /** The calls of one subscription, for the whole organisation's appointments. Without a key it can only be looked at. */
  async function subscriptionCalls(url: string, signingKey: string | null): Promise<SubscriptionCalls> {
    const { organization } = await readMe();
    const scope = 'organization';
    const path = '/webhook_subscriptions';
    return {
      async list() {
        const held = await list(path, { organization, scope }, subscriptionSchema);
        return held.map((one) => ({
          uri: one.uri,
          callbackUrl: one.callback_url,
          state: one.state,
          retryStartedAt: one.retry_started_at ?? null,
          events: one.events,
        }));
      },
      async create() {
        await http.request({
          method: 'POST',
          path,
          body: {
            url,
            events: subscribedEvents,
            organization,
            scope,
            ...(signingKey === null ? {} : { signing_key: signingKey }),
          },
          schema: z.unknown(),
        });
      },
      async delete(id) {
        await http.request({ method: 'DELETE', path: `${path}/${id}`, schema: z.unknown() });
      },
      isTaken: (error) => isFailure(error, 409),
    };
  }

  /** A resource with everything that Calendly says of it. */
  async function show(path: string | undefined) {
    if (path === undefined) return undefined;
    try {
      const shown = resource(z.looseObject({ uri: z.string() }));
      return (await http.request({ method: 'GET', path, schema: shown })).body.resource;
    } catch (error) {
      if (isFailure(error, 404)) return undefined;
      throw error;
    }
  }

  const eventTypeUri = (uuid: string): string => `${base}/event_types/${encodeURIComponent(uuid)}`;

  async function createSingleUseLink(eventTypeUuid: string, facts: LinkFacts): Promise<SchedulingLink> {
    const { body } = await http.request({
      method: 'POST',
      path: '/scheduling_links',
      body: { max_event_count: 1, owner: eventTypeUri(eventTypeUuid), owner_type: 'EventType' },
      schema: resource(bookingPageSchema),
    });
    return { bookingUrl: schedulingUrl(body.resource.booking_url, facts), link: null };
  }

  /** Whatever is not named is as the event type has it. */
  async function createShare(eventTypeUuid: string, facts: LinkFacts): Promise<SchedulingLink> {
    const { body } = await http.request({
      method: 'POST',
      path: '/shares',
      body: { event_type: eventTypeUri(eventTypeUuid) },
      schema: resource(shareSchema),
    });
    const {
      uri,
      scheduling_links: [page],
    } = body.resource;
    return { bookingUrl: schedulingUrl(page.booking_url, facts), link: uri ?? null };
  }

  return {
    provider: 'calendly',
    moveAppointment: null,

    readEvent: (inviteeUri) => show(pathOf(inviteeUri)?.event),
    readInvitee: (inviteeUri) => show(pathOf(inviteeUri)?.invitee),
    async readAccount() {
      const account = await show('/users/me');
      if (account === undefined) throw new CodedFailure('vendor-not-found', 'calendly GET /users/me');
      return account;
    },

    createSchedulingLink: (eventTypeUuid, facts, how) =>
      options.links === 'share' && how?.withdrawable
        ? createShare(eventTypeUuid, facts)
        : createSingleUseLink(eventTypeUuid, facts),

    async withdrawLink(link) {
      const path = sharePathOf(link);
      if (path === undefined) throw new CodedFailure('vendor-not-found', 'calendly: not the URI of a share');
      try {
        await http.request({ method: 'DELETE', path, schema: z.unknown() });
        return 'withdrawn';
      } catch (error) {
        if (isFailure(error, 404)) return 'gone';
        // Only a share that was booked cannot be deleted. Whoever may make shares may delete them: one scope is for both.
        if (isFailure(error, 400) || isFailure(error, 403)) return 'booked';
        throw error;
      }
    },

    async getAppointment(inviteeUri) {
      const path = pathOf(inviteeUri);
      if (!path) return undefined;
      try {
        const [invitee, scheduledEvent] = await Promise.all([
          http.request({ method: 'GET', path: path.invitee, schema: resource(inviteeSchema) }),
          readEvent(path.event),
        ]);
        return toAppointment(invitee.body.resource, scheduledEvent);
      } catch (error) {
        if (isFailure(error, 404)) return undefined;
        throw error;
      }
    },

    async findAppointments({ email, since }) {
      const { organization } = await readMe();
      const scheduledEvents = await list(
        '/scheduled_events',
        // The API cannot search by when an appointment was made; one that was made since cannot have begun before.
        { organization, invitee_email: email, min_start_time: new Date(since).toISOString() },
        scheduledEventSchema,
      );
      const found: ProviderAppointment[] = [];
      for (const scheduledEvent of scheduledEvents) {
        const id = /\/scheduled_events\/([\w-]+)$/.exec(scheduledEvent.uri)?.[1];
        if (!id)
          throw new CodedFailure(
            'vendor-malformed',
            'calendly GET /scheduled_events: an event without a URI',
          );
        const invitees = await list(`/scheduled_events/${id}/invitees`, { email }, inviteeSchema);
        found.push(...invitees.map((invitee) => toAppointment(invitee, scheduledEvent)));
      }
      return found;
    },

    async cancelAppointment(inviteeUri, reason) {
      const path = pathOf(inviteeUri);
      if (!path) throw new CodedFailure('vendor-not-found', 'calendly: not the URI of an invitee');
      try {
        await http.request({
          method: 'POST',
          path: `${path.event}/cancellation`,
          body: { reason: reason.slice(0, 10_000) },
          // Nothing at all would be the answer of something in between.
          schema: resource(z.looseObject({})),
        });
      } catch (error) {
        // The answer to a repeat of a call whose first answer was lost.
        if (isFailure(error, 403) && errorMessage(error.vendorBody) === 'Event is already canceled') return;
        throw error;
      }
    },

    async requestInviteeDeletion(emails) {
      await http.request({
        method: 'POST',
        path: '/data_compliance/deletion/invitees',
        body: { emails },
        schema: z.unknown(),
      });
    },

    me: readMe,

    async ensureWebhook({ url, signingKey }) {
      return ensureSubscription(await subscriptionCalls(url, signingKey), { url, events: subscribedEvents });
    },

    async inspectWebhook(url) {
      return inspectSubscription(await subscriptionCalls(url, null), { url, events: subscribedEvents });
    },
  };
}
