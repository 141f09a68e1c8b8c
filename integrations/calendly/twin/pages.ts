import { z } from 'zod';
import { escapeHtml } from '../../../platform/html.ts';
import { formInput, formPage, type PageAnswer } from '../../sandbox/form-page.ts';
import type { PageRequest } from '../../sandbox/page-request.ts';
import { scheduledMessage, WIDGET_PATH, widgetAnswer } from './embed.ts';
import { type Booking, BookingRefused, type Bookings, type Offer } from './bookings.ts';
import type { Renderer } from './render.ts';
import { formatMicros, type Tracking } from './state.ts';

const bookingFields = z.object({
  name: z.string().trim().min(1),
  email: z.email(),
  startsAt: z.iso.datetime({ offset: true }),
  timezone: z.string().min(1).default('Europe/Berlin'),
});
const timeField = z.object({ startsAt: z.iso.datetime({ offset: true }) });

/** The query parameters that come back in `payload.tracking`. */
export function trackingOf(query: URLSearchParams): Tracking {
  return {
    campaign: query.get('utm_campaign'),
    source: query.get('utm_source'),
    medium: query.get('utm_medium'),
    content: query.get('utm_content'),
    term: query.get('utm_term'),
  };
}

const html = (status: number, title: string, body: string) => formPage('Calendly', status, title, body);

const notFoundPage = html(
  404,
  'This link is not valid any more',
  '<p>It was used already, it was withdrawn, or it never existed. Ask for a new one.</p>',
);

export interface PagesOptions {
  readonly bookings: Bookings;
  readonly render: Renderer;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Calendly's pages for clients, plain: booking by a single-use link or on the host's page, rescheduling, cancelling. */
export function createPages({ bookings, render, now }: PagesOptions) {
  const suggestion = () => new Date(Math.ceil(now() / 3_600_000) * 3_600_000 + 86_400_000).toISOString();

  function done(
    title: string,
    booking: Booking,
    wantsJson: boolean,
    status: number,
    extraHtml: (facts: { readonly eventUri: string; readonly inviteeUri: string }) => string = () => '',
  ): PageAnswer {
    const { invitee, event } = booking;
    const facts = {
      inviteeUri: render.inviteeUri(invitee),
      eventUri: render.eventUri(event.uuid),
      startsAt: formatMicros(event.startsAt),
      endsAt: formatMicros(event.endsAt),
      rescheduleUrl: render.invitee(invitee, event).reschedule_url,
      cancelUrl: render.invitee(invitee, event).cancel_url,
    };
    if (wantsJson) return { status, contentType: 'application/json', body: JSON.stringify(facts) };
    return html(
      status,
      title,
      `<p>${escapeHtml(event.name)} for ${escapeHtml(invitee.name)}, ${escapeHtml(facts.startsAt)} to ${escapeHtml(facts.endsAt)}.</p>
${event.cancellation ? '' : `<p><a href="${escapeHtml(facts.rescheduleUrl)}">Reschedule</a> · <a href="${escapeHtml(facts.cancelUrl)}">Cancel</a></p>`}${extraHtml(facts)}`,
    );
  }

  function refused(message: string, wantsJson: boolean, status: number): PageAnswer {
    return wantsJson
      ? { status, contentType: 'application/json', body: JSON.stringify({ message }) }
      : html(status, 'That did not work', `<p>${escapeHtml(message)}</p>`);
  }

  function invalid(error: z.ZodError, wantsJson: boolean): PageAnswer {
    const fields = error.issues.map((issue) => issue.path.join('.')).join(', ');
    return refused(`Please correct: ${fields}. A time is written like ${suggestion()}.`, wantsJson, 422);
  }

  const past = (startsAt: string, wantsJson: boolean): PageAnswer | undefined =>
    Date.parse(startsAt) <= now() ? refused('That time is in the past.', wantsJson, 422) : undefined;

  function bookingPage(request: PageRequest, offer: Offer | undefined): PageAnswer {
    if (!offer)
      return request.wantsJson ? refused('This link is not valid any more.', true, 404) : notFoundPage;
    if (request.method !== 'POST') {
      const field = (name: string) => request.query.get(name) ?? '';
      return html(
        200,
        offer.eventType.name,
        `<form method="post">${formInput('name', 'Name', field('name'))}${formInput('email', 'E-mail', field('email'), 'email')}${formInput('startsAt', 'Start (UTC)', suggestion())}${formInput('timezone', 'Time zone', field('timezone') || 'Europe/Berlin')}<button>Schedule event</button></form>`,
      );
    }
    const asked = bookingFields.safeParse(request.fields);
    if (!asked.success) return invalid(asked.error, request.wantsJson);
    const tooLate = past(asked.data.startsAt, request.wantsJson);
    if (tooLate) return tooLate;
    const booking = offer.book({
      name: asked.data.name,
      email: asked.data.email,
      timeZone: asked.data.timezone,
      startsAt: Date.parse(asked.data.startsAt),
      tracking: trackingOf(request.query),
    });
    return done('You are scheduled', booking, request.wantsJson, 201, ({ eventUri, inviteeUri }) =>
      scheduledMessage(eventUri, inviteeUri),
    );
  }

  function reschedulePage(request: PageRequest, booking: Booking): PageAnswer {
    if (request.method !== 'POST') {
      return html(
        200,
        `Reschedule ${booking.event.name}`,
        `<p>Now: ${escapeHtml(formatMicros(booking.event.startsAt))}</p>
<form method="post">${formInput('startsAt', 'New start (UTC)', suggestion())}<button>Update event</button></form>`,
      );
    }
    const asked = timeField.safeParse(request.fields);
    if (!asked.success) return invalid(asked.error, request.wantsJson);
    const tooLate = past(asked.data.startsAt, request.wantsJson);
    if (tooLate) return tooLate;
    const moved = bookings.reschedule(booking.invitee.uuid, Date.parse(asked.data.startsAt));
    return done('Your event has been rescheduled', moved, request.wantsJson, 201);
  }

  function cancelPage(request: PageRequest, booking: Booking): PageAnswer {
    if (request.method !== 'POST') {
      return html(
        200,
        `Cancel ${booking.event.name}?`,
        `<form method="post"><label>Reason<input name="reason"></label><button>Yes, cancel</button></form>`,
      );
    }
    bookings.cancel(booking.event.uuid, 'invitee', request.fields['reason'] || null);
    return done('Your event has been cancelled', booking, request.wantsJson, 201);
  }

  return (request: PageRequest): PageAnswer => {
    if (request.path === WIDGET_PATH) return widgetAnswer;
    const [root = '', id = ''] = request.path.split('/').filter(Boolean);
    try {
      const offer = bookings.offerAt(request.path);
      if (offer || root === 'd') return bookingPage(request, offer);
      if (root === 'j') return html(200, 'Sandbox meeting', `<p>Meeting ${escapeHtml(id)}.</p>`);
      const booking = root === 'reschedulings' || root === 'cancellations' ? bookings.find(id) : undefined;
      if (!booking) return notFoundPage;
      if (booking.event.cancellation) {
        return refused('This event has been canceled already.', request.wantsJson, 409);
      }
      return root === 'reschedulings' ? reschedulePage(request, booking) : cancelPage(request, booking);
    } catch (error) {
      if (!(error instanceof BookingRefused)) throw error;
      return refused(`Calendly refuses: ${error.refusal}.`, request.wantsJson, 409);
    }
  };
}
