import type { LateNote, TicketTopic } from '../workflows/contract/effects.ts';

/** The words of one topic, plain text. */
export interface NoticeText {
  readonly subject: string;
  /** Paragraphs of the mail to the client. */
  readonly client: readonly string[];
  /** What agents read when the note is not a mail. */
  readonly agent: string;
  /** Start, end and cutoff are part of it. */
  readonly showTimes: boolean;
  /** The session's page is gone or shut, so that the mail does not lead there. */
  readonly pageIsShut?: true;
}

/** English. Another language is another table of this shape. */
export const topicTexts: Readonly<Record<TicketTopic, NoticeText>> = {
  link: {
    subject: 'Your session',
    client: [
      'Thank you for your payment. Your session has a page of its own.',
      'There you choose or see its time, change it while that is possible, and join when it begins.',
    ],
    agent: 'The link to the session was issued.',
    showTimes: true,
  },
  booked: {
    subject: 'Your session is booked',
    client: ['Your session is booked.'],
    agent: 'An appointment was booked.',
    showTimes: true,
  },
  moved: {
    subject: 'Your session was moved',
    client: ['Your session has a new time.'],
    agent: 'The appointment was moved.',
    showTimes: true,
  },
  'move-refused': {
    subject: 'Please choose another time',
    client: [
      'The time that you asked for could not be had. Your session stays as it was.',
      "You can choose another time on your session's page.",
    ],
    agent: 'The provider refused the time that was asked for. The session stays as it was.',
    showTimes: true,
  },
  rebook: {
    subject: 'Please choose a new time',
    client: [
      'Your appointment was cancelled; your session stays paid.',
      "Please choose a new time on your session's page.",
    ],
    agent: 'The appointment was cancelled. The session stays, and waits for a new time.',
    showTimes: false,
  },
  'host-asks-reschedule': {
    subject: 'Please choose another time',
    client: ['Your host asks you to choose another time for your session.'],
    agent: 'The host asked the client to choose another time. Nothing is cancelled or refunded.',
    showTimes: true,
  },
  'provider-changed': {
    subject: 'Please book your time once more',
    client: [
      "We make appointments in another calendar now. Please book your time once more on your session's page.",
      'Until you have, your appointment below stands. It is cancelled by itself as soon as there is the new one.',
    ],
    agent:
      'The session was handed over to another provider. The client is asked to book there; then the old appointment is cancelled.',
    showTimes: true,
  },
  locked: {
    subject: 'Your session can no longer be changed',
    client: ['The time to reschedule or cancel has passed. We look forward to your session.'],
    agent: 'The cutoff has passed. From now on a change needs a person.',
    showTimes: true,
  },
  'late-change-requested': {
    subject: 'Late change requested',
    client: ['We have received your wish for a late change. A person looks at it and you will hear from us.'],
    agent:
      'A change was asked for, or made at the provider, after the cutoff. Set the session action to approve_change or decline_change. Both times stay open until then.',
    showTimes: true,
  },
  'late-change-reminder': {
    subject: 'Late change still waits for an answer',
    client: ['Your wish for a late change is still being looked at. You will hear from us.'],
    agent:
      'Half of the time to answer this late change is over. Set the session action to approve_change or decline_change.',
    showTimes: true,
  },
  'late-change-withdrawn': {
    subject: 'Late change withdrawn',
    client: ['Your late change is no longer needed. Your session stays as it was.'],
    agent: 'The late change is no longer wanted: the provider has the session at its own time again.',
    showTimes: true,
  },
  'late-change-approved': {
    subject: 'Late change approved',
    client: ['Your late change is approved.'],
    agent: 'The late change was approved.',
    showTimes: true,
  },
  'late-change-declined': {
    subject: 'Late change declined',
    client: ['We could not accept your late change. Your session stays as it was.'],
    agent: 'The late change was declined.',
    showTimes: true,
  },
  'late-change-declined-but-moved': {
    subject: 'Late change declined, but already moved at the provider',
    client: [
      'We could not accept your late change. Your session stays at the time below, although the booking page may show another one.',
    ],
    agent:
      'The late change was declined, but it is already made at the provider. The session keeps the time below, and only for that time its join link opens.',
    showTimes: true,
  },
  'late-change-set-back': {
    subject: 'Late change declined, and set back at the provider',
    client: ['We could not accept your late change. Your session stays at the time below.'],
    agent:
      'The late change was declined, and the appointment is moved back to the time below at the provider. If that fails, this ticket says so.',
    showTimes: true,
  },
  cancelled: {
    subject: 'Your session is cancelled',
    client: ['Your session is cancelled.'],
    agent: 'The session was cancelled.',
    showTimes: false,
    pageIsShut: true,
  },
  expired: {
    subject: 'Your session has expired',
    client: ['No time was chosen before the deadline, so your session has expired.'],
    agent: 'No appointment was booked before the deadline. The session expired.',
    showTimes: false,
    pageIsShut: true,
  },
  refund: {
    subject: 'Your refund',
    client: ['This is about the refund of your session.'],
    agent: 'The refund of this session.',
    showTimes: false,
    pageIsShut: true,
  },
  'refund-approval': {
    subject: 'Refund waits for an approval',
    client: ['We are looking into the refund of your session and will write to you.'],
    agent:
      'The refund of this session is above the limit, and nothing is paid back yet. An operator approves or declines it by the admin API, POST /api/v1/admin/sessions/{id}/refund/decision, or in Temporal UI with the Update decideRefund. The session action cannot.',
    showTimes: false,
  },
  'no-show': {
    subject: 'Marked as no-show',
    client: ['Your session was marked as missed. If that is wrong, please answer this mail.'],
    agent: 'The host marked the client as a no-show.',
    showTimes: true,
  },
  'no-show-cleared': {
    subject: 'No-show cleared',
    client: ['Your session is no longer marked as missed.'],
    agent: 'The host cleared the no-show.',
    showTimes: true,
  },
  attention: {
    subject: 'Needs attention',
    client: ['We are looking into a problem with your session and will write to you.'],
    agent: 'This session needs a person.',
    showTimes: true,
  },
  'link-reissued': {
    subject: 'Your new link',
    client: ['Here is the new link to your session. Earlier links no longer work.'],
    agent: 'A new link was issued; earlier ones no longer work.',
    showTimes: true,
  },
  'access-revoked': {
    subject: 'Access withdrawn',
    client: ['The access to your session was withdrawn. If you have questions, please answer this mail.'],
    agent: 'The access to this session was revoked. All its links and cookies are dead.',
    showTimes: false,
    pageIsShut: true,
  },
  'access-restored': {
    subject: 'Access restored',
    client: ['The access to your session is restored. Earlier links no longer work.'],
    agent: 'The access to this session was restored, with a new link.',
    showTimes: true,
  },
  closed: {
    subject: 'Your session has ended',
    client: ['Your session has ended. Thank you.'],
    agent: 'The session has ended. Its URL is gone and this ticket is closed.',
    showTimes: true,
    pageIsShut: true,
  },
};

/** What an agent does at the provider about a late change that was declined and is already made there. */
export const putRightTexts: Readonly<Record<LateNote['kind'], string | null>> = {
  move: "At the provider, move the appointment below back to the session's time: its reschedule page works for you as well. If that is not possible, cancel it there and agree on the time with the host.",
  cancel:
    "At the provider the appointment is cancelled. Book the session's time there again for the client, or agree on it with the host.",
  request: null,
};

/** How a late change is answered when nobody does. */
export const lateDefaultTexts: Readonly<Record<LateNote['byDefault'], string>> = {
  approve: 'Without an answer it is approved then.',
  decline: 'Without an answer it is declined then.',
};

/** Of a session that came to nothing, for agents. */
export const STOCK_AFTER_CANCEL =
  "Stock: this does not change the shop's. Unless the order is cancelled in Saleor, its unit stays allocated there and cannot be sold again.";

/** @param before how long before the start, in words. */
export function reminderText(before: string): NoticeText {
  return {
    subject: `Your session begins in ${before}`,
    client: [`A reminder: your session begins in ${before}.`],
    agent: `The client was reminded ${before} before the start.`,
    showTimes: true,
  };
}

/** Reasons in words. A code that is missing here is shown to agents as it is, and not to clients. */
export const reasonTexts: Readonly<Record<string, string | undefined>> = {
  completed: 'It took place.',
  'no-show': 'It was marked as missed.',
  cancelled: 'It was cancelled.',
  expired: 'It was not booked in time.',
  refunded: 'It was refunded.',
  'refund-done': 'Its price was paid back.',
  'refund-declined': 'Its price is not paid back. If you have questions about that, please answer this mail.',
  grace: 'This was the one late change that is granted without a person’s yes; the next one needs it.',
  'approved-by-default': 'Nobody answered in time, and then it is approved.',
  'declined-by-default': 'Nobody could confirm it in time.',
  'order-cancelled': 'The order was cancelled in the shop.',
  'refunded-by-shop': 'The shop paid its price back.',
  'cancelled-by-client': "It was cancelled on the session's page.",
  'cancelled-by-agent': 'Our team cancelled it.',
  'cancelled-by-operator': 'Our team cancelled it.',
  'cancelled-at-provider': 'The appointment was cancelled.',
  'not-booked': 'No time was booked before the deadline.',
  'after-cutoff': 'The time to change it had passed.',
  'not-a-duration': 'A length of time that came with the product could not be read.',
  'not-an-instant': 'A time that came with the order could not be read.',
  'not-a-number': 'A number that came with the product could not be read.',
  'start-in-the-past': 'The start that came with the order lies in the past.',
  'over-capacity': 'This start was sold more often than it has places.',
};
