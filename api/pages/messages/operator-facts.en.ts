/** Facts of a session that a person must look at, where nothing is to be retried: what they are, and what to do. */
export const operatorFactsEn = {
  'appointment-after-end':
    'An appointment was made or moved after the session was over. Cancel it at the provider, or sell a new session.',
  'late-change-declined-but-moved':
    'The late change was declined, but the appointment has moved at the provider. Move it back there, or tell the client.',
  'refund-unclear':
    'The shop refunded part of an order, and not which unit. Cancel the session if it was meant, then take note.',
  'second-appointment':
    'There is more than one appointment. The newest counts; cancel the others at the provider.',
  'start-in-the-past':
    'The start that came with the order lies in the past. Agree on a time with the client.',
  'not-a-duration':
    'A length of time of the product could not be read. The usual one holds; correct the product.',
  'not-an-instant': 'A time that came with the order could not be read. The client books a time instead.',
  'not-allowed': 'A value of the product is not allowed. The usual one holds; correct the product.',
  'not-a-number': 'A number of the product could not be read. The usual one holds; correct the product.',
  'over-capacity': 'This start was sold more often than it has places. Offer another time, or a refund.',
};

export type OperatorFact = keyof typeof operatorFactsEn;
