import type { TicketTopic } from '../../workflows/contract/effects.ts';

/** A mail to the client, plain text. */
interface MailText {
  readonly subject: string;
  /** Paragraphs. */
  readonly client: readonly string[];
}

export interface NoticeWords {
  /** What each mail says. Its subject is the internal note's as well, in English. */
  readonly topics: Readonly<Record<TicketTopic, MailText>>;
  /** @param within how long until the start, e.g. `in 24 hours`. */
  readonly reminder: (within: string) => MailText;
  /** Reasons in words. A code that is missing here is shown to agents as it is, and not to clients. */
  readonly reasons: Readonly<Record<Reason, string>>;
  readonly hello: (firstName: string) => string;
  readonly start: string;
  readonly end: string;
  readonly changesUntil: string;
  readonly amount: string;
  readonly page: string;
  readonly yoursAlone: string;
  readonly order: (product: string, number: string) => string;
}

export type Reason = keyof typeof reasons;

const reasons = {
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

export const noticesEn: NoticeWords = {
  topics: {
    link: {
      subject: 'Your session',
      client: [
        'Thank you for your payment. Your session has a page of its own.',
        'There you choose or see its time, change it while that is possible, and join when it begins.',
      ],
    },
    booked: {
      subject: 'Your session is booked',
      client: ['Your session is booked.'],
    },
    moved: {
      subject: 'Your session was moved',
      client: ['Your session has a new time.'],
    },
    'move-refused': {
      subject: 'Please choose another time',
      client: [
        'The time that you asked for could not be had. Your session stays as it was.',
        "You can choose another time on your session's page.",
      ],
    },
    rebook: {
      subject: 'Please choose a new time',
      client: [
        'Your appointment was cancelled; your session stays paid.',
        "Please choose a new time on your session's page.",
      ],
    },
    'host-asks-reschedule': {
      subject: 'Please choose another time',
      client: ['Your host asks you to choose another time for your session.'],
    },
    'provider-changed': {
      subject: 'Please book your time once more',
      client: [
        "We make appointments in another calendar now. Please book your time once more on your session's page.",
        'Until you have, your appointment below stands. It is cancelled by itself as soon as there is the new one.',
      ],
    },
    locked: {
      subject: 'Your session can no longer be changed',
      client: ['The time to reschedule or cancel has passed. We look forward to your session.'],
    },
    'late-change-requested': {
      subject: 'Late change requested',
      client: [
        'We have received your wish for a late change. A person looks at it and you will hear from us.',
      ],
    },
    'late-change-reminder': {
      subject: 'Late change still waits for an answer',
      client: ['Your wish for a late change is still being looked at. You will hear from us.'],
    },
    'late-change-withdrawn': {
      subject: 'Late change withdrawn',
      client: ['Your late change is no longer needed. Your session stays as it was.'],
    },
    'late-change-approved': {
      subject: 'Late change approved',
      client: ['Your late change is approved.'],
    },
    'late-change-declined': {
      subject: 'Late change declined',
      client: ['We could not accept your late change. Your session stays as it was.'],
    },
    'late-change-declined-but-moved': {
      subject: 'Late change declined, but already moved at the provider',
      client: [
        'We could not accept your late change. Your session stays at the time below, although the booking page may show another one.',
      ],
    },
    'late-change-set-back': {
      subject: 'Late change declined, and set back at the provider',
      client: ['We could not accept your late change. Your session stays at the time below.'],
    },
    cancelled: {
      subject: 'Your session is cancelled',
      client: ['Your session is cancelled.'],
    },
    expired: {
      subject: 'Your session has expired',
      client: ['No time was chosen before the deadline, so your session has expired.'],
    },
    refund: {
      subject: 'Your refund',
      client: ['This is about the refund of your session.'],
    },
    'refund-approval': {
      subject: 'Refund waits for an approval',
      client: ['We are looking into the refund of your session and will write to you.'],
    },
    'no-show': {
      subject: 'Marked as no-show',
      client: ['Your session was marked as missed. If that is wrong, please answer this mail.'],
    },
    'no-show-cleared': {
      subject: 'No-show cleared',
      client: ['Your session is no longer marked as missed.'],
    },
    attention: {
      subject: 'Needs attention',
      client: ['We are looking into a problem with your session and will write to you.'],
    },
    'link-reissued': {
      subject: 'Your new link',
      client: ['Here is the new link to your session. Earlier links no longer work.'],
    },
    'access-revoked': {
      subject: 'Access withdrawn',
      client: ['The access to your session was withdrawn. If you have questions, please answer this mail.'],
    },
    'access-restored': {
      subject: 'Access restored',
      client: ['The access to your session is restored. Earlier links no longer work.'],
    },
    closed: {
      subject: 'Your session has ended',
      client: ['Your session has ended. Thank you.'],
    },
  },
  reminder: (within) => ({
    subject: `Your session begins ${within}`,
    client: [`A reminder: your session begins ${within}.`],
  }),
  reasons,
  hello: (firstName) => (firstName === '' ? 'Hello,' : `Hello ${firstName},`),
  start: 'Start',
  end: 'End',
  changesUntil: 'Changes until',
  amount: 'Amount',
  page: "Your session's page:",
  yoursAlone: 'This link is yours alone: who has it can open your session. Please do not pass it on.',
  order: (product, number) => `${product}, order ${number}`,
};
