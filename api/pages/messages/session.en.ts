import type { Outcome, Phase } from '../../../workflows/contract/session.ts';
import type { SessionNotice } from '../session-notice.ts';

/** The client's page of one session. Instants come in words, with their zone named. */
export interface SessionWords {
  readonly badge: Readonly<Record<Phase | Outcome | 'lateChange' | 'open', string>>;
  readonly opening: string;
  readonly toBook: (deadline: string | null) => string;
  readonly rebook: string;
  readonly linkComing: string;
  readonly booked: (cutoff: string | null) => string;
  readonly locked: (cutoff: string) => string;
  readonly lateChange: (deadline: string | null) => string;
  readonly lateApproved: (until: string) => string;
  readonly over: Readonly<Record<Outcome, string>>;
  readonly timePassed: string;
  readonly stale: string;
  readonly what: string;
  readonly when: string;
  readonly until: string;
  readonly length: string;
  readonly changesUntil: string;
  readonly bookBefore: string;
  readonly where: string;
  readonly place: string;
  readonly opensAt: (time: string) => string;
  readonly openNow: (until: string) => string;
  readonly passed: string;
  readonly join: string;
  readonly book: string;
  readonly bookHeading: string;
  readonly bookHint: string;
  readonly bookFollows: string;
  readonly calendarTitle: string;
  readonly openCalendar: string;
  readonly reschedule: string;
  readonly cancel: string;
  readonly askLate: string;
  readonly actionsHeading: string;
  readonly moreHeading: string;
  readonly calendarFile: string;
  readonly receipt: string;
  readonly history: string;
  readonly zone: (name: string) => string;
  readonly changeZone: string;
  readonly useZone: string;
  readonly backToSession: string;
  /** Read out when the page has changed by itself. */
  readonly updated: string;
  readonly withoutScripts: string;
  readonly notice: Readonly<Record<SessionNotice, string>>;
  readonly chooseTime: string;
}

export const sessionEn: SessionWords = {
  badge: {
    opening: 'Being prepared',
    'awaiting-booking': 'Paid, no time booked',
    scheduled: 'Booked',
    locked: 'Booked, changes closed',
    settling: 'Over',
    ended: 'Over',
    completed: 'Taken place',
    'no-show': 'Missed',
    cancelled: 'Cancelled',
    expired: 'Expired',
    refunded: 'Refunded',
    lateChange: 'Change being looked at',
    open: 'Open now',
  },
  opening: 'Your payment has arrived and your session is being prepared. Please look again in a minute.',
  toBook: (deadline) =>
    deadline === null
      ? 'It is paid. Please book a time.'
      : `It is paid. Please book a time before ${deadline}.`,
  rebook:
    'Your session has moved to another calendar. Please book a time there; until then the time below stands.',
  linkComing: 'The booking link is being made. Please look again in a minute.',
  booked: (cutoff) =>
    cutoff === null ? 'It is booked.' : `It is booked. You can reschedule or cancel it until ${cutoff}.`,
  locked: (cutoff) => `It is booked. It could be rescheduled or cancelled until ${cutoff}.`,
  lateChange: (deadline) =>
    `A change was asked for after the last moment for changes. ${
      deadline === null
        ? 'We will answer by e-mail.'
        : `You will have an answer by e-mail before ${deadline}.`
    } Until then your session stays as it is.`,
  lateApproved: (until) => `Your request was approved. You can choose another time until ${until}.`,
  over: {
    completed: 'This session has taken place.',
    'no-show': 'This session’s time has passed without you.',
    cancelled: 'This session is cancelled.',
    expired: 'This session expired before a time was booked.',
    refunded: 'This session was refunded.',
  },
  timePassed: 'This session’s time has passed.',
  stale: 'This is what we last knew; it may be a moment old.',
  what: 'What',
  when: 'When',
  until: 'Until',
  length: 'Length',
  changesUntil: 'Changes until',
  bookBefore: 'Book before',
  where: 'Where',
  place: 'The way in is shown here when it opens.',
  opensAt: (time) => `The join link opens on ${time}.`,
  openNow: (until) => `The join link is open until ${until}.`,
  passed: 'passed',
  join: 'Join the session',
  book: 'Book a time',
  bookHeading: 'Book a time',
  bookHint: 'Choose a time in the calendar.',
  bookFollows: 'This page follows by itself as soon as it is booked.',
  calendarTitle: 'Calendar: choose a time',
  openCalendar: 'Open the calendar on a page of its own',
  reschedule: 'Reschedule',
  cancel: 'Cancel the session',
  askLate: 'Ask for another time',
  actionsHeading: 'Changes',
  moreHeading: 'More about this session',
  calendarFile: 'Add to your calendar',
  receipt: 'Receipt',
  history: 'History',
  zone: (name) => `All times are in the time zone ${name}.`,
  changeZone: 'Choose another time zone',
  useZone: 'Show times in',
  backToSession: 'Back to the session',
  updated: 'This page has been brought up to date.',
  withoutScripts: 'Reload this page to see what has changed.',
  notice: {
    'choose-time':
      'You may reschedule. Please choose the new time in the calendar; until you have, the old time stands.',
    'link-coming':
      'You may reschedule. A booking link will be on this page in a moment; until you have used it, the old time stands.',
    moving: 'We have asked the calendar for that time, and write to you as soon as it has answered.',
    'same-time': 'That is the time that you have already.',
    'late-asked':
      'We have your request. A person looks at it, and we will answer by e-mail. Until then your session stays as it is.',
    zone: 'Times are shown in your time zone from now on.',
  },
  chooseTime: 'Choose a new time',
};
