import { type Html, html } from '../../../platform/html.ts';
import type { Bookings } from './bookings.ts';
import type { HeldBooking } from './state.ts';

interface HostAction {
  readonly label: string;
  offered(booking: HeldBooking): boolean;
  run(bookings: Bookings, uid: string): HeldBooking;
}

const isLive = ({ status }: HeldBooking): boolean => status === 'ACCEPTED' || status === 'PENDING';

/** What a host does in Cal.com's own lists, by its name in a path. */
const actions: Readonly<Record<string, HostAction>> = {
  'request-reschedule': {
    label: 'Request reschedule',
    offered: isLive,
    run: (bookings, uid) => bookings.requestReschedule(uid, 'Please pick another time'),
  },
  'no-show': {
    label: 'Mark as no-show',
    offered: (booking) => isLive(booking) && !booking.absent,
    run: (bookings, uid) => bookings.markAbsent(uid, true),
  },
  'clear-no-show': {
    label: 'Unmark as no-show',
    offered: ({ absent }) => absent,
    run: (bookings, uid) => bookings.markAbsent(uid, false),
  },
  confirm: {
    label: 'Confirm',
    offered: ({ status }) => status === 'PENDING',
    run: (bookings, uid) => bookings.decide(uid, true),
  },
  decline: {
    label: 'Decline',
    offered: ({ status }) => status === 'PENDING',
    run: (bookings, uid) => bookings.decide(uid, false),
  },
};

const PATH = /^\/host-actions\/([\w-]+)\/([\w-]+)$/;

/** Does what the path names. Undefined for any other path. @throws {BookingRefused} */
export function actAsHost(bookings: Bookings, path: string): HeldBooking | undefined {
  const [, uid, name] = PATH.exec(path) ?? [];
  const action = name === undefined ? undefined : actions[name];
  return uid === undefined ? undefined : action?.run(bookings, uid);
}

function bookingBox(booking: HeldBooking): Html {
  const { uid, eventType, attendee, startsAt, endsAt, status, absent } = booking;
  const offered = Object.entries(actions).filter(([, action]) => action.offered(booking));
  const from = new Date(startsAt).toISOString();
  return html`<article class="box"><h3>${eventType.title}: ${attendee.name}</h3>
<p><span class="state">${status.toLowerCase()}</span>${absent && html`<span class="state">no-show</span>`}</p>
<dl><dt>Start</dt><dd>${from}</dd><dt>End</dt><dd>${new Date(endsAt).toISOString()}</dd><dt>E-mail</dt><dd>${attendee.email}</dd></dl>
<div class="acts">${offered.map(
    ([name, { label }]) =>
      html`<form method="post" action="/host-actions/${uid}/${name}"><button class="quiet" aria-label="${label}, ${attendee.name}, ${from}">${label}</button></form>`,
  )}</div></article>`;
}

/** What a host sees: the bookings, newest first, each with what they can do with it. */
export function hostView(all: Iterable<HeldBooking>): string {
  const boxes = [...all].map(bookingBox).toReversed();
  return html`<p>Clients book on a page of this calendar: a session's own page leads there. Here is what its host sees.</p>
<h2>Bookings (${boxes.length})</h2>${boxes.length === 0 ? html`<p class="hint">Nothing is booked yet.</p>` : boxes}`
    .text;
}
