/** What the gate and the end of every path say to people. */
export const noticesEn = {
  overTitle: 'This session is over',
  over: 'This address does not lead anywhere any more.',
  overNext: 'If you have a question about it, please answer one of our e-mails about this session.',

  notYoursTitle: 'This is another session’s address',
  notYours:
    'This address belongs to another session. Please use the link from the e-mail about this session.',
  openingTitle: 'One moment',
  opening: 'Your session is being prepared. Please try again in a minute.',
  notBookedTitle: 'No time is booked yet',
  notBooked: 'There is no time booked for this session yet. Please book one on the session’s page first.',
  notYetTitle: 'It is too early',
  notYet: (at: string | null): string =>
    at === null ? 'This is not open yet.' : `This opens on ${at}. Please come back then.`,
  noLongerTitle: 'It is too late',
  noLonger: (at: string | null): string =>
    at === null ? 'This is not open any more.' : `This was open until ${at}.`,
  closedTitle: 'Closed at the moment',
  closed: 'This session is closed at the moment. Please answer the e-mail about it, and we will look at it.',
  toSession: 'To the session’s page',
  toLogin: 'To the login',

  tryAgainTitle: 'Please try again',
  cannotTell: 'We cannot check your access at the moment. Please try again in a minute.',
  failed: 'This did not work. Please try again in a minute.',
  failedNothingLost: 'This did not work, and nothing is lost. Please try again in a minute.',
  notFoundTitle: 'Not found',
  notFound: 'Nothing is here.',
  notNowTitle: 'This is not possible now',
  notNow: 'Please try again later.',
  incompleteTitle: 'This does not work',
  incomplete: 'This address is not complete. Please use the link from your e-mail.',
  tooManyTitle: 'One moment',
  tooMany: 'There were many attempts from your network. Please wait a little, then try again.',
  requestNumber: 'If you write to us about it, please add this number:',
};

export type NoticesWords = typeof noticesEn;
