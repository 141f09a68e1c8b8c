import type { FailureCode } from '../../../platform/failures.ts';
import type { RefusalReason } from '../../../workflows/contract/messages.ts';

/** Reasons of refusals that the API gives beside those of the rules. */
type ApiReason =
  | 'closed'
  | 'revocation-pending'
  | 'nothing-ticked'
  | 'not-sure'
  | 'waiting'
  | 'pruned'
  | 'no-appointment'
  | 'unknown-appointment'
  | 'appointment-of-another'
  | 'reference-of-another'
  | 'unknown-session'
  | 'unknown-booking'
  | 'under-way'
  | 'missing'
  | 'too-many-views'
  | 'too-many-endpoints'
  | 'endpoint-disabled'
  | 'pending'
  | 'running'
  | 'tenant';

/** What operators do, and why it was not done. */
export const operatorOutcomesEn = {
  /** By the id of the operation. */
  acts: {
    cancelSession: 'Cancel the session',
    rescheduleSession: 'Move the session',
    handOverSession: 'Book with another provider',
    decideLateChange: 'Decide the late change',
    decideRefund: 'Decide the refund',
    grantCutoff: 'Grant another cutoff',
    reissueSessionLink: 'Issue a new link',
    revokeSessionLink: 'Revoke a link',
    revokeSessionAccess: 'Revoke access',
    restoreSessionAccess: 'Restore access',
    correctSessionEmail: 'Correct the e-mail address',
    resendSessionMail: 'Mail the link again',
    retrySessionStep: 'Retry a step',
    skipSessionStep: 'Skip a step',
    startSession: 'Start a session that was paid elsewhere',
    actOnSessions: 'Act on many sessions',
    listBookings: 'List bookings',
    updateBooking: 'Change the booking',
    cancelBooking: 'Cancel the booking',
    deleteBookings: 'Delete bookings',
    getCalendlyEvent: 'Ask Calendly for the event',
    getCalendlyInvitee: 'Ask Calendly for the invitee',
    getCalendlyAccount: 'Ask Calendly for the account',
    listInbox: 'List webhooks',
    replayInboxEntry: 'Deliver the webhook again',
    replayInbox: 'Deliver webhooks again',
    adoptAppointment: 'Give the appointment away',
    triggerSchedule: 'Start the job',
    createView: 'Save the view',
    replaceView: 'Change the view',
    deleteView: 'Delete the view',
    createWebhookEndpoint: 'Add the endpoint',
    changeWebhookEndpoint: 'Change the endpoint',
    deleteWebhookEndpoint: 'Delete the endpoint',
    getWebhookSecret: 'Show the secret',
    rotateWebhookSecret: 'Replace the secret',
    testWebhookEndpoint: 'Send a test message',
    listWebhookDeliveries: 'List messages',
    replayWebhookDelivery: 'Send the message again',
    replayFailedWebhookDeliveries: 'Send messages again',
    createCalendar: 'Add the calendar',
    createTemplate: 'Add the template',
    createClient: 'Add the client',
    listBookingLinks: 'List booking links',
    createBookingLink: 'Make the booking link',
    revokeBookingLink: 'Revoke the booking link',
    eraseClient: 'Begin the erasure',
    exportClient: 'Hand out the data',
    zone: 'Time zone',
  },
  /** By the reason of a refusal; each goes on "refused, because …". */
  reasons: {
    opening: 'the session is still being opened',
    ended: 'the session has ended',
    settling: 'the session has taken place and only waits to be closed',
    'after-cutoff': 'the cutoff has passed',
    'before-cutoff': 'the cutoff has not passed yet',
    started: 'the session has begun',
    'not-booked': 'there is no appointment',
    'move-pending': 'another move is under way',
    'in-the-past': 'that time has passed',
    'not-movable': 'the provider moves appointments only on its own page',
    'late-change-pending': 'a late change waits for a decision first',
    'no-late-change': 'no late change waits for a decision',
    'no-refund-to-decide': 'no refund waits for a decision',
    'cancel-pending': 'a cancellation is under way',
    'access-revoked': 'access is revoked',
    'already-revoked': 'it is revoked already',
    'not-revoked': 'access is not revoked',
    'unknown-link': 'the session has no such link',
    'unknown-step': 'the session has no such failed step',
    'step-running': 'the step is running now',
    'cutoff-passed': 'the cutoff that it would have has passed',
    'already-granted': 'another cutoff was granted before',
    'unknown-rules': 'this version does not know the rules of the session',
    'nothing-ticked': 'nothing was ticked',
    'not-sure': 'the box that says so was not ticked',
    waiting: 'it waits already, and is delivered without this',
    pruned: 'its body is gone',
    'no-appointment': 'it is not about an appointment',
    'unknown-appointment': 'the provider does not know the appointment',
    'appointment-of-another': 'the appointment belongs to another session or booking',
    'reference-of-another': 'the appointment was made with a link of another session or booking',
    'unknown-session': 'there is no such session',
    'unknown-booking': 'there is no such booking',
    'under-way': 'a run of it is under way',
    missing: 'it is not there; a worker makes it when it starts',
    'too-many-views': 'the tenant has as many views as it may have',
    'too-many-endpoints': 'the tenant has as many endpoints as it may have',
    'endpoint-disabled': 'the endpoint is disabled',
    pending: 'it is still on its way',
    running: 'a session or booking of theirs runs',
    tenant: 'only admins of the default tenant may',
    closed: 'its run was ended by hand or has yet to begin',
    'revocation-pending': 'the revocation is still being told everywhere; try again in a few seconds',
  } satisfies Record<RefusalReason | ApiReason, string>,
  /** By the code of the failure; whole sentences. */
  failures: {
    'invalid-request': 'Something in the form must be corrected.',
    'not-found': 'It does not exist, or it belongs to another tenant.',
    'not-allowed': 'Your role may not do this.',
    'session-over': 'The session is over.',
    refused: 'The rules say no.',
    'already-exists': 'There is one of these already.',
    'key-reused': 'This form was sent before with other values. Please open it anew.',
    'precondition-failed': 'Somebody changed it in the meantime. Please look at it again.',
    'too-many-requests': 'Too many requests. Please wait a minute.',
    'engine-unavailable': 'Temporal does not answer. The same form again does it once.',
    'store-unavailable': 'The database does not answer. The same form again does it once.',
    'vendor-unavailable': 'The vendor does not answer. Please try again later.',
    'vendor-unreachable': 'The vendor cannot be reached. Please try again later.',
    'vendor-timeout': 'The vendor did not answer in time. The same form again looks before it acts.',
    'not-configured': 'A setting that this needs is missing.',
    other: 'It failed; the code below says what.',
  } satisfies Partial<Record<FailureCode | 'other', string>>,
};

export type OperatorOutcomeWords = typeof operatorOutcomesEn;
