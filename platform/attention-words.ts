import { type FailureCode, failures } from './failures.ts';

/** What needs a person's look and is no failure: what is the matter, and what to do. */
const FACTS: Readonly<Record<string, string>> = {
  'second-appointment':
    'Two appointments are made for this session. Cancel the one at the provider that is not meant.',
  'appointment-after-end':
    'An appointment was made after the end of this session. Decide, and cancel it at the provider if it should not be; then skip the code.',
  'late-change-declined-but-moved':
    "A late change was declined, and the provider has it all the same. Put the session's own time back there.",
  'refund-unclear':
    'The shop paid a part of the order back, and does not say for which sessions. Look at the order; then cancel this session, or skip the code.',
  'order-not-paid':
    'The shop says that the order is not paid. Look at it there; then retry the step, or skip it to open the session all the same.',
  'provider-disagrees':
    'A cancellation was told that the provider does not have. Look at it there; then retry the step, or skip it to end the session.',
  'start-in-the-past': 'The order names a start that is over. Have the client book another time, or refund.',
  'over-capacity': 'This start was sold more often than it has places. Move this session, or refund.',
  'not-a-duration':
    'A length of time in the metadata of the product cannot be read, and the default was used. Correct it in the shop; then skip the code.',
  'not-an-instant':
    'A start that came with the order cannot be read, so that the client books one. Correct it in the shop; then skip the code.',
  'not-a-number':
    'A number in the metadata of the product cannot be read, and the default was used. Correct it in the shop; then skip the code.',
  'not-allowed':
    'A value in the metadata of the product is none of those that are known, and the default was used. Correct it in the shop; then skip the code.',
};

const isFailureCode = (code: string): code is FailureCode => Object.hasOwn(failures, code);

/** What a person does about a code that needs attention; null for one that nobody explains. */
export function remedyOf(code: string): string | null {
  // A few facts share their code with what the API refuses; a session that needs attention means the fact.
  if (Object.hasOwn(FACTS, code)) return FACTS[code] ?? null;
  return isFailureCode(code) ? failures[code].remedy : null;
}

/** What failed, by the kind of its step: what stands before a colon in its name. */
const STEPS: Readonly<Record<string, string>> = {
  'confirm-payment': 'asking the shop whether the order is paid',
  'issue-link': "making the session's link",
  'open-ticket': 'opening the ticket in Zammad',
  'write-ticket': 'writing to the ticket in Zammad',
  remind: 'reminding the client',
  'put-route': 'making the route at the gateway',
  'delete-route': 'deleting the route at the gateway',
  publish: 'writing the session down in PostgreSQL',
  'make-booking-link': 'making a booking link at the provider',
  'ask-provider': 'asking the provider about the appointment',
  'cancel-appointment': 'cancelling the appointment at the provider',
  'move-appointment': 'moving the appointment at the provider',
  'hand-over': 'handing the session over to another provider',
  'claim-grace': "looking up the client's one late change without a yes",
  refund: 'paying the price back',
};

/** A step in words, e.g. `making the route at the gateway`; an unknown one as it is. */
export function stepInWords(step: string): string {
  const [kind = step] = step.split(':');
  return STEPS[kind] ?? step;
}
