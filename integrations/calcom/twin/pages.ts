import { z } from 'zod';
import { escapeHtml } from '../../../platform/html.ts';
import { formInput, formPage, jsonPage, type PageAnswer } from '../../sandbox/form-page.ts';
import type { PageRequest } from '../../sandbox/page-request.ts';
import { bookedMessage, embedOf, framed } from './embed.ts';
import { BookingRefused, type Bookings, type Offer, type Refusal } from './bookings.ts';
import type { HeldBooking, Ms } from './state.ts';

export interface PagesOptions {
  readonly bookings: Bookings;
  /** The twin's address. */
  readonly address: () => string;
  readonly now: () => Ms;
}

const startsAt = z.iso.datetime({ offset: true });
const bookingFields = z.object({
  name: z.string().trim().min(1),
  email: z.email(),
  startsAt,
  timezone: z.string().min(1).default('Europe/Berlin'),
});
const timeField = z.object({ startsAt });

const messages: Readonly<Record<Refusal, string>> = {
  'no-such-booking': 'There is no such booking.',
  'link-expired':
    'This link is not valid any more: it was used, withdrawn, or has expired. Ask for a new one.',
  'in-the-past': 'That time is in the past.',
  'already-cancelled': 'This booking is cancelled already.',
  'already-ended': 'This meeting is over.',
  'cancelling-disabled': 'Bookings of this kind cannot be cancelled here.',
  'rescheduling-disabled': 'Bookings of this kind cannot be rescheduled here.',
  'within-notice': 'It is too late to reschedule.',
  'reason-missing': 'A reason is needed.',
  'not-started': 'The meeting has not begun.',
  'not-pending': 'This booking does not wait for an answer.',
};

/** What stands as `metadata[<key>]` in a booking page's query becomes the booking's metadata. */
export function metadataOf(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    [...query].flatMap(([name, value]) => {
      const key = /^metadata\[(.{1,40})\]$/.exec(name)?.[1];
      return key === undefined ? [] : [[key, value.slice(0, 500)]];
    }),
  );
}

/** Where a client reschedules and cancels, as Cal.com's mails write it: the client is named in the query. */
export function pagesOfBooking(address: string, { uid, attendee }: HeldBooking) {
  const email = encodeURIComponent(attendee.email);
  return {
    rescheduleUrl: `${address}/reschedule/${uid}?rescheduledBy=${email}`,
    cancelUrl: `${address}/booking/${uid}?cancel=true&cancelledBy=${email}`,
  };
}

const page = (status: number, title: string, body: string) => formPage('Cal.com', status, title, body);

/** Cal.com's pages for clients, plain: booking by a private link or on the host's page, rescheduling, cancelling. */
export function createPages({ bookings, address, now }: PagesOptions): (request: PageRequest) => PageAnswer {
  const suggestion = () => new Date(Math.ceil(now() / 3_600_000) * 3_600_000 + 86_400_000).toISOString();

  function refused(status: number, message: string, wantsJson: boolean): PageAnswer {
    return wantsJson
      ? jsonPage(status, { message })
      : page(status, 'That did not work', `<p>${escapeHtml(message)}</p>`);
  }

  function done(title: string, booking: HeldBooking, wantsJson: boolean, extraHtml = ''): PageAnswer {
    const { rescheduleUrl, cancelUrl } = pagesOfBooking(address(), booking);
    const [from, to] = [booking.startsAt, booking.endsAt].map((at) => new Date(at).toISOString());
    if (wantsJson)
      return jsonPage(201, { uid: booking.uid, startsAt: from, endsAt: to, rescheduleUrl, cancelUrl });
    const links =
      booking.status === 'CANCELLED'
        ? ''
        : `<p><a href="${escapeHtml(rescheduleUrl)}">Reschedule</a> · <a href="${escapeHtml(cancelUrl)}">Cancel</a></p>`;
    return page(
      201,
      title,
      `<p>${escapeHtml(booking.eventType.title)} for ${escapeHtml(booking.attendee.name)}, ${from} to ${to}.</p>${links}${extraHtml}`,
    );
  }

  function invalid(error: z.ZodError, wantsJson: boolean): PageAnswer {
    const fields = error.issues.map((issue) => issue.path.join('.')).join(', ');
    return refused(422, `Please correct: ${fields}. A time is written like ${suggestion()}.`, wantsJson);
  }

  function bookingPage(request: PageRequest, offer: Offer | undefined, isEmbed: boolean): PageAnswer {
    if (!offer) return refused(404, messages['link-expired'], request.wantsJson);
    if (request.method !== 'POST') {
      const field = (name: string) => request.query.get(name) ?? '';
      return page(
        200,
        offer.eventType.title,
        `<form method="post">${formInput('name', 'Your name', field('name'))}${formInput('email', 'Email address', field('email'), 'email')}${formInput('startsAt', 'Start (UTC)', suggestion())}${formInput('timezone', 'Time zone', field('timezone') || 'Europe/Berlin')}<button>Confirm</button></form>`,
      );
    }
    const asked = bookingFields.safeParse(request.fields);
    if (!asked.success) return invalid(asked.error, request.wantsJson);
    const { name, email, timezone: timeZone } = asked.data;
    const booking = offer.book({
      name,
      email,
      timeZone,
      startsAt: Date.parse(asked.data.startsAt),
      metadata: metadataOf(request.query),
    });
    return done(
      'This meeting is scheduled',
      booking,
      request.wantsJson,
      isEmbed ? bookedMessage(booking.uid) : '',
    );
  }

  function reschedulePage(request: PageRequest, booking: HeldBooking): PageAnswer {
    if (request.method !== 'POST')
      return page(
        200,
        `Reschedule ${booking.eventType.title}`,
        `<p>Now: ${new Date(booking.startsAt).toISOString()}</p>
<form method="post">${formInput('startsAt', 'New start (UTC)', suggestion())}<label>Reason<input name="reason"></label><button>Reschedule</button></form>`,
      );
    const asked = timeField.safeParse(request.fields);
    if (!asked.success) return invalid(asked.error, request.wantsJson);
    const by = { kind: 'guest', email: request.query.get('rescheduledBy') } as const;
    const reason = request.fields['reason'] || null;
    const moved = bookings.reschedule(booking.uid, Date.parse(asked.data.startsAt), by, reason);
    return done('This meeting is rescheduled', moved, request.wantsJson);
  }

  function cancelPage(request: PageRequest, booking: HeldBooking): PageAnswer {
    if (request.method !== 'POST')
      return page(
        200,
        `Cancel ${booking.eventType.title}?`,
        `<form method="post"><label>Reason<input name="reason"></label><button>Cancel event</button></form>`,
      );
    const by = { kind: 'guest', email: request.query.get('cancelledBy') } as const;
    const cancelled = bookings.cancel(booking.uid, by, request.fields['reason'] || null);
    return done('This event is cancelled', cancelled, request.wantsJson);
  }

  function answer(request: PageRequest, path: string, isEmbed: boolean): PageAnswer {
    const [root = '', uid = ''] = path.split('/').filter(Boolean);
    try {
      const offer = bookings.offerAt(path);
      if (offer || root === 'd') return bookingPage(request, offer, isEmbed);
      if (root === 'video') return page(200, 'Sandbox meeting', `<p>Meeting ${escapeHtml(uid)}.</p>`);
      const booking = root === 'reschedule' || root === 'booking' ? bookings.find(uid) : undefined;
      if (!booking) return refused(404, messages['no-such-booking'], request.wantsJson);
      return root === 'reschedule' ? reschedulePage(request, booking) : cancelPage(request, booking);
    } catch (error) {
      if (!(error instanceof BookingRefused)) throw error;
      return refused(error.refusal === 'in-the-past' ? 422 : 409, messages[error.refusal], request.wantsJson);
    }
  }

  return (request) => {
    const { path, isEmbed } = embedOf(request.path);
    return framed(answer(request, path, isEmbed), isEmbed);
  };
}
