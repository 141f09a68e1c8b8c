/**
 * What a person does about what needs attention, by its code, for the run's page in Temporal UI. Workflows import nothing
 * of ours, so the table of failures is not read here; a test holds the two together.
 */
export const HINTS: Readonly<Record<string, string>> = {
  'vendor-unreachable': 'check that the worker reaches the vendor, then retry',
  'vendor-timeout': 'the outcome is unknown and the step looks before it acts; retry when the vendor answers',
  'vendor-unavailable': 'wait for the vendor, then retry',
  'vendor-rate-limited': 'lower the load, then retry',
  'vendor-unauthorized': 'put a valid credential in the configuration, restart, then retry',
  'vendor-forbidden': 'grant our credential the missing permission, then retry',
  'ticket-out-of-reach':
    'grant our user in Zammad read, create and change in the group of the ticket, or move the ticket back, then retry',
  'vendor-not-found': 'look whether it was deleted at the vendor; recreate it and retry, or skip',
  'vendor-conflict': 'look at what the vendor already holds under this name, then retry or skip',
  'vendor-rejected': "compare the vendor's configuration with ours, then retry",
  'vendor-malformed': 'look for a proxy in between or a new version of the vendor, then retry',
  'app-not-installed': 'install the app in the shop again, then retry',
  'credential-unreadable': 'put the key back into `CREDENTIAL_KEYS`, or install the app again, then retry',
  'not-configured': 'set the missing setting, restart, then retry',
  'row-missing': 'restore the row in PostgreSQL, then retry',
  'refund-failed': 'refund by hand in Saleor, then skip',
  'refund-by-hand': 'it was not paid in the shop: refund it where it was paid, then skip',
  'refund-approval': 'it is above the limit: answer with the Update `decideRefund`',
  'refund-pending': 'wait for the payment provider, then retry',
  'refund-unclear':
    'the shop paid a part back, and does not say for which sessions: look at the order, then cancel this session or skip',
  'order-not-paid':
    'the shop says that the order is not paid: look there, then retry, or skip to open it all the same',
  'provider-disagrees':
    'a cancellation was told that the provider does not have: look there, then retry, or skip to end the session',
  'second-appointment':
    'two appointments are made for this session: cancel the one at the provider that is not meant',
  'appointment-after-end':
    'an appointment was made after the end: cancel it at the provider if it should not be, then skip',
  'late-change-declined-but-moved':
    "the provider still has the time that was declined: put the session's own time back there",
  'start-in-the-past': 'the order names a start that is over: have the client book another time, or refund',
  'over-capacity': 'this start was sold more often than it has places: move this session, or refund',
  'not-a-duration':
    'correct the metadata of the product in the shop; this session goes by the default; then skip',
  'not-an-instant': 'correct the start in the shop; the client books a time meanwhile; then skip',
  'not-a-number':
    'correct the metadata of the product in the shop; this session goes by the default; then skip',
  'not-allowed':
    'correct the metadata of the product in the shop; this session goes by the default; then skip',
  'store-unavailable': 'wait for PostgreSQL; it is repeated by itself',
  internal: 'look for it in the log of the worker, then retry',
};

/** For a code that nobody thought of. */
export const NO_HINT = 'look at the session and decide';
