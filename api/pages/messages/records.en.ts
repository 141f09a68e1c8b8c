/** What a client may read back of a session: receipt, history, calendar file; and the choice of a time zone. */
export interface RecordWords {
  readonly receipt: {
    readonly title: string;
    readonly from: string;
    readonly order: string;
    readonly paidOn: string;
    readonly product: string;
    readonly unit: string;
    readonly unitOf: (unit: number, units: number) => string;
    readonly amount: string;
    readonly refund: string;
    readonly refunds: Readonly<Record<'settling' | 'requested' | 'done' | 'none', string>>;
    readonly note: string;
  };
  readonly history: {
    readonly title: string;
    readonly empty: string;
    readonly older: string;
    readonly newest: string;
    readonly entries: Readonly<Record<HistoryEntry, string>>;
  };
  readonly zone: {
    readonly title: string;
    readonly now: (name: string) => string;
    readonly own: (name: string) => string;
    readonly label: string;
    readonly hint: string;
    readonly unknown: string;
    readonly save: string;
  };
  readonly calendar: {
    readonly description: string;
    readonly manage: string;
    readonly none: string;
    readonly noneText: string;
  };
}

/** What is worth a client's reading; an agent's timeline has more. */
export type HistoryEntry =
  | 'opened'
  | 'booked'
  | 'moved'
  | 'freed'
  | 'cancel-pending'
  | 'reschedule-begun'
  | 'refused-late'
  | 'late-asked'
  | 'late-withdrawn'
  | 'late-approved'
  | 'late-declined'
  | 'move-refused'
  | 'locked'
  | 'cutoff-moved'
  | 'reminded'
  | 'link-renewed'
  | 'link-mailed'
  | 'cancelled'
  | 'expired'
  | 'refunded'
  | 'over';

export const recordsEn: RecordWords = {
  receipt: {
    title: 'Receipt',
    from: 'From',
    order: 'Order number',
    paidOn: 'Paid on',
    product: 'Product',
    unit: 'Session',
    unitOf: (unit, units) => `${unit} of ${units}`,
    amount: 'Amount',
    refund: 'Refund',
    refunds: {
      settling: 'is being checked',
      requested: 'is on its way',
      done: 'made',
      none: 'none',
    },
    note: 'This is a confirmation of what we have on record. The shop’s invoice is the one for your accounts.',
  },
  history: {
    title: 'History',
    empty: 'Nothing has happened yet.',
    older: 'Earlier',
    newest: 'Newest',
    entries: {
      opened: 'Your payment was confirmed, and your session was opened.',
      booked: 'A time was booked.',
      moved: 'The session was moved to another time.',
      freed: 'The time was given up. Another one is to be booked.',
      'cancel-pending': 'The appointment was cancelled in the calendar.',
      'reschedule-begun': 'You set out to choose another time.',
      'refused-late': 'A change was refused, because the last moment for it had passed.',
      'late-asked': 'A change was asked for after the last moment for changes.',
      'late-withdrawn': 'The request for a late change was taken back.',
      'late-approved': 'The late change was approved.',
      'late-declined': 'The late change was declined.',
      'move-refused': 'The calendar did not accept the time that was asked for.',
      locked: 'The last moment for changes passed.',
      'cutoff-moved': 'The last moment for changes was moved for you.',
      reminded: 'We sent you a reminder.',
      'link-renewed': 'You got a new link to this page.',
      'link-mailed': 'We sent you the link to this page again.',
      cancelled: 'The session was cancelled.',
      expired: 'The session expired before a time was booked.',
      refunded: 'The session was refunded.',
      over: 'The session’s time was over.',
    },
  },
  zone: {
    title: 'Time zone',
    now: (name) => `Times are shown in ${name} now.`,
    own: (name) => `The session itself is in ${name}.`,
    label: 'Show times in',
    hint: 'It is remembered in this browser, for all of your sessions.',
    unknown: 'We do not know that time zone. Please choose one from the list.',
    save: 'Use this time zone',
  },
  calendar: {
    description: 'Everything about this session, and changes to it:',
    manage: 'Open the session’s page',
    none: 'There is nothing to add to your calendar',
    noneText: 'No time is booked for this session.',
  },
};
