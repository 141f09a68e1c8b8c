/** Where a link of the Booking Link API leads. */
export const bookingEn = {
  bookTitle: 'Book an appointment',
  hello: (firstName: string): string => (firstName === '' ? 'Hello,' : `Hello ${firstName},`),
  youCan: 'you can book this appointment:',
  what: 'What',
  howLong: 'How long',
  minutes: (count: number): string => (count === 1 ? '1 minute' : `${count} minutes`),
  nextIsCalendar:
    'The next page is the calendar: you choose a time there, and it confirms the appointment by e-mail. Nothing is booked before that.',
  chooseTime: 'Choose a time',

  waitTitle: 'Just a moment',
  wait: 'The calendar is still being prepared. Please try again in a few seconds: it stays one booking, however often you ask.',
  goOn: 'Go on to the calendar',

  overTitle: 'This link leads nowhere any more',
  spent: 'Your appointment was booked with this link, so it has done its work.',
  spentNext:
    'The calendar’s e-mail has everything about the appointment, and how to move or cancel it. For another appointment please ask for another link, or open your link again if it is one that lasts.',
  expired: 'This link was good for a limited time, and that has passed.',
  expiredNext: 'Please ask whoever sent it to you for a new one.',
  revoked: 'This link was withdrawn.',
  revokedNext: 'Please look for a newer one, or ask whoever sent it to you.',

  badTitle: 'This link does not work',
  bad: 'The address is not complete, or it is not one of ours. Mail programs sometimes cut a long address in two: please copy all of it from the message.',
  badNext: 'If it still does not work, please ask whoever sent it to you for a new one.',
};

export type BookingWords = typeof bookingEn;
