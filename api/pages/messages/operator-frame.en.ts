/** What stands around every page of operators, and the pages that any of them may turn into. */
export const operatorFrameEn = {
  brand: 'Latchkey',
  skip: 'To the content',
  navigation: 'Places',
  places: {
    overview: 'Overview',
    sessions: 'Sessions',
    bookings: 'Bookings',
    inbox: 'Webhooks in',
    health: 'Health',
    schedules: 'Schedules',
    webhooks: 'Webhooks out',
    catalog: 'Catalog',
    audit: 'Audit',
  },
  who: (name: string, tenant: number) => `${name}, tenant ${tenant}`,
  signOut: 'Sign out',
  times: (zone: string) => `Times in ${zone}`,
  changeZone: 'Change',
  requestId: (id: string) => `Request ${id}`,
  reason: 'Reason',
  reasonHint: 'For the audit, and nowhere else.',
  optional: 'optional',
  back: 'Back',

  signIn: {
    title: 'Sign in',
    lead: 'For operators: sessions, bookings, and what needs attention.',
    withAccount: 'Sign in with your account',
    or: 'Or with a token',
    token: 'A bearer token of role admin',
    tokenHint: 'On one’s own machine:',
    submit: 'Sign in',
    over: 'Your session is over. Please sign in again.',
    signedOut: 'You are signed out.',
    badToken: 'This token is not good, or no longer.',
    wrongRole: 'Operators need the role admin. This token has another one.',
    keysAway: 'The keys of who issued this token cannot be had now. Please try again.',
    tooMany: (seconds: number) => `Too many attempts. Please try again in ${seconds} seconds.`,
    storeAway: 'The database does not answer. Please try again.',
    provider: {
      'no-state': 'This sign-in took too long, or it was begun in another window. Please begin again.',
      refused: 'Your account’s provider did not let you in.',
      'provider-unavailable': 'Your account’s provider does not answer. Please try again in a minute.',
      'no-role': 'Your account has no tenant or no role here. Its administrator can give it both.',
    },
  },

  again: {
    overTitle: 'Your session is over',
    over: 'Nothing was done, and nothing that you typed is lost.',
    overSteps: 'Sign in in another window. Then come back here and send it.',
    signInElsewhere: 'Sign in in another window',
    oldTitle: 'Please look again',
    old: 'This form is of an earlier sign-in, so nothing was done yet. This is what it says:',
    send: 'Send it',
  },

  zone: {
    title: 'Time zone',
    lead: 'The zone that times are shown and read in, in this browser.',
    label: 'Time zone',
    save: 'Save',
    unknown: 'This is no time zone of the tz database, such as Europe/Berlin.',
  },

  failed: {
    'not-found': {
      title: 'Nothing is here',
      words: 'It does not exist, or it belongs to another tenant.',
    },
    'not-allowed': {
      title: 'Not allowed',
      words: 'Your role may not see or do this.',
    },
    'cross-site': {
      title: 'Not from here',
      words: 'This form did not come from a page of ours, so nothing was done.',
    },
    'engine-unavailable': {
      title: 'Temporal does not answer',
      words: 'Nothing is lost: sessions go on when it is back. Please try again.',
    },
    'store-unavailable': {
      title: 'The database does not answer',
      words: 'Nothing was changed. Please try again.',
    },
    'too-many-requests': {
      title: 'Too many requests',
      words: 'Please try again in a minute.',
    },
    'invalid-request': {
      title: 'This address asks for something that does not exist',
      words: 'Please go back and choose again.',
    },
    other: {
      title: 'Something failed',
      words: 'It was logged under the number below. Please try again.',
    },
  },

  /** What became of a form; `act` is what was wanted. */
  told: {
    done: (act: string) => `${act}: done.`,
    unconfirmed: (act: string) =>
      `${act}: it is written, but not confirmed yet. Look again in a minute; the same form again does it once.`,
    refused: (act: string, why: string) => `${act}: refused, because ${why}.`,
    since: (when: string) => `Since ${when}.`,
    failed: (act: string, why: string) => `${act}: not done. ${why}`,
    code: (code: string) => `Code: ${code}`,
    many: (act: string, count: number) => `${act}: done for ${count}.`,
  },
};

export type OperatorFrameWords = typeof operatorFrameEn;
