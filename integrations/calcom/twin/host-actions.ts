import { escapeHtml } from '../../../platform/html.ts';
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

/** A button for each thing that the host can do now. */
export function hostButtons(all: Iterable<HeldBooking>): string {
  const rows = [...all].flatMap((booking) => {
    const buttons = Object.entries(actions)
      .filter(([, action]) => action.offered(booking))
      .map(
        ([name, { label }]) =>
          `<form method="post" action="/host-actions/${booking.uid}/${name}" style="display:inline"><button>${label}</button></form>`,
      );
    return buttons.length === 0
      ? []
      : [
          `<li>${escapeHtml(booking.uid)}, ${new Date(booking.startsAt).toISOString()}: ${buttons.join(' ')}</li>`,
        ];
  });
  return rows.length === 0 ? '' : `<h2>As the host</h2><ul>${rows.join('\n')}</ul>`;
}
