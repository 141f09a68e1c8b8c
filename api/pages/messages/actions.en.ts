import type { RefusalReason } from '../../../workflows/contract/messages.ts';
import type { ClientAction } from '../client-action.ts';

/** What a client may do to a session: told before, asked, and told after. */
export interface ActionWords {
  readonly title: Readonly<Record<ClientAction, string>>;
  readonly press: Readonly<Record<ClientAction, string>>;
  readonly keep: string;
  readonly cancel: {
    readonly whole: string;
    readonly booked: (when: string) => string;
    readonly unbooked: string;
    readonly refund: (amount: string) => string;
    readonly noRefund: (amount: string) => string;
    readonly unknownRefund: string;
    readonly until: (cutoff: string) => string;
    readonly final: string;
  };
  readonly reschedule: {
    readonly now: (when: string) => string;
    readonly until: (cutoff: string) => string;
    readonly approvedUntil: (until: string) => string;
    readonly stands: string;
    readonly atProvider: string;
    readonly byLink: string;
    readonly here: string;
    readonly newStart: string;
    readonly newStartHint: (zone: string) => string;
    readonly ask: string;
    readonly orCalendar: string;
    readonly goToCalendar: string;
    readonly which: string;
    readonly earlier: (offset: string) => string;
    readonly later: (offset: string) => string;
  };
  readonly late: {
    readonly closed: (cutoff: string) => string;
    readonly person: string;
    readonly answerBy: (deadline: string) => string;
    readonly byDefault: Readonly<Record<'approve' | 'decline', string>>;
    readonly grace: string;
    readonly stands: string;
  };
  readonly startError: Readonly<Record<'missing' | 'unreadable' | 'gap' | 'twice' | 'past' | 'zone', string>>;
  readonly done: string;
  readonly cancelled: string;
  readonly cancelledRefund: (amount: string) => string;
  readonly cancelledNoRefund: string;
  readonly cancelledFile: string;
  readonly written: string;
  readonly refused: string;
  readonly unknown: string;
  readonly unknownText: string;
  readonly again: string;
  readonly refusal: Readonly<Record<RefusalReason, string>>;
  /** Of a change after the cutoff, where that is known. */
  readonly refusedSince: (cutoff: string) => string;
  readonly place: string;
  readonly placeHere: string;
  readonly placeMailed: string;
}

const notNow = 'This is not possible now.';

export const actionsEn: ActionWords = {
  title: {
    cancel: 'Cancel the session?',
    reschedule: 'Choose another time?',
    'late-change': 'Ask for another time?',
  },
  press: {
    cancel: 'Yes, cancel the session',
    reschedule: 'Go on to the calendar',
    'late-change': 'Send the request',
  },
  keep: 'Leave it as it is',
  cancel: {
    whole: 'This cancels the whole session that you have paid for, not only its time.',
    booked: (when) => `It is booked for ${when}.`,
    unbooked: 'No time is booked yet.',
    refund: (amount) => `You get ${amount} back, the way you paid.`,
    noRefund: (amount) =>
      `You get nothing back: the ${amount} that you paid are not refunded for this offer.`,
    unknownRefund: 'What happens to your payment follows the terms you bought it under.',
    until: (cutoff) => `You can cancel until ${cutoff}.`,
    final: 'This cannot be undone.',
  },
  reschedule: {
    now: (when) => `It is booked for ${when}.`,
    until: (cutoff) => `You can choose another time until ${cutoff}.`,
    approvedUntil: (until) => `Your request was approved: you can choose another time until ${until}.`,
    stands: 'Your time stays yours until the new one is booked. If you do not finish, nothing changes.',
    atProvider: 'The next step is the calendar: you choose the new time there.',
    byLink: 'You get a booking link on the session’s page, and choose the new time there.',
    here: 'Say when it shall be, and we ask the calendar for that time.',
    newStart: 'New start',
    newStartHint: (zone) => `In the time zone ${zone}.`,
    ask: 'Ask for this time',
    orCalendar: 'Or look in the calendar for what is free.',
    goToCalendar: 'Go on to the calendar',
    which: 'The clocks are turned back then, so this time comes twice. Which one?',
    earlier: (offset) => `The first one (${offset})`,
    later: (offset) => `The second one (${offset})`,
  },
  late: {
    closed: (cutoff) => `You could change it by yourself until ${cutoff}.`,
    person: 'You can still ask for another time: a person looks at your request.',
    answerBy: (deadline) => `You have an answer by ${deadline} at the latest, by e-mail.`,
    byDefault: {
      approve: 'If nobody has answered by then, your request counts as approved.',
      decline: 'If nobody has answered by then, your request counts as declined and your time stays.',
    },
    grace: 'If this is your first late change, it is approved at once.',
    stands: 'Until you have an answer your session stays as it is.',
  },
  startError: {
    missing: 'Please enter the new start.',
    unreadable: 'Please enter a date and a time.',
    gap: 'There is no such time: the clocks are put forward then. Please choose one before or after.',
    twice: 'Please say which of the two you mean.',
    past: 'That time has passed. Please choose a later one.',
    zone: 'We do not know that time zone.',
  },
  done: 'Done',
  cancelled: 'Your session is cancelled',
  cancelledRefund: (amount) => `You get ${amount} back, the way you paid.`,
  cancelledNoRefund: 'Your payment is not refunded.',
  cancelledFile: 'Take it out of your calendar',
  written: 'We have written to you about what happens to your payment.',
  refused: 'This is not possible',
  unknown: 'We do not know yet',
  unknownText: 'Your request may have arrived, but there was no answer in time. Asking again is safe.',
  again: 'Ask again',
  refusal: {
    'after-cutoff': 'The last moment for changes has passed.',
    'cutoff-passed': 'The last moment for changes has passed.',
    started: 'The session has already started.',
    opening: 'Your session is still being prepared. Please try again in a minute.',
    ended: 'This session is over.',
    settling: 'This session is over.',
    'not-booked': 'There is no time booked yet.',
    'move-pending': 'You are already moving this session. Please finish in the calendar.',
    'in-the-past': 'That time has passed.',
    'late-change-pending': 'A change is already being looked at. We will answer by e-mail.',
    'cancel-pending': 'This session is already being cancelled.',
    'access-revoked': 'Access to this session is suspended.',
    'already-revoked': 'Access to this session is suspended.',
    'before-cutoff': 'You can still reschedule or cancel it yourself; nobody has to be asked.',
    'no-late-change': notNow,
    'no-refund-to-decide': notNow,
    'not-revoked': notNow,
    'unknown-link': notNow,
    'unknown-step': notNow,
    'step-running': notNow,
    'unknown-rules': notNow,
    'already-granted': notNow,
    'not-movable': notNow,
  },
  refusedSince: (cutoff) => `The last moment for changes was ${cutoff}.`,
  place: 'Your session',
  placeHere: 'Your session takes place here:',
  placeMailed: 'The place of your session is in the calendar’s e-mail.',
};
