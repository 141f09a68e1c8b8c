/** What a failure code means: its HTTP status at our API, whether a repeat can help, what an operator does. */
export interface FailureKind {
  readonly status: number;
  readonly retryable: boolean;
  readonly remedy: string;
}

/**
 * The one table of failures. A code is stable: it stands in histories, in `NeedsAttention`, in problem documents
 * and in metrics.
 */
export const failures = {
  'vendor-unreachable': {
    status: 502,
    retryable: true,
    remedy: 'Check that the vendor can be reached from the worker; then retry the step.',
  },
  'vendor-timeout': {
    status: 504,
    retryable: true,
    remedy: 'The outcome is unknown; the step looks before it acts. Retry it when the vendor answers again.',
  },
  'vendor-unavailable': {
    status: 502,
    retryable: true,
    remedy: 'The vendor answered 5xx. Wait for it, then retry the step.',
  },
  'vendor-rate-limited': {
    status: 503,
    retryable: true,
    remedy: 'The vendor limits our rate. It is retried by itself; lower the load if it stays.',
  },
  'vendor-unauthorized': {
    status: 502,
    retryable: false,
    remedy:
      'The vendor refused our credential. Put a valid one in the configuration, restart, retry the step.',
  },
  'vendor-forbidden': {
    status: 502,
    retryable: false,
    remedy: 'Our credential lacks a permission at the vendor. Grant it, then retry the step.',
  },
  'vendor-not-found': {
    status: 502,
    retryable: false,
    remedy:
      'The vendor does not know this object. Look whether it was deleted there; skip the step or recreate it.',
  },
  'vendor-conflict': {
    status: 409,
    retryable: false,
    remedy: 'The vendor already holds something under this name. Look at both before retrying.',
  },
  'vendor-rejected': {
    status: 502,
    retryable: false,
    remedy:
      'The vendor refused the request as invalid. Compare its configuration with ours, then retry the step.',
  },
  'vendor-malformed': {
    status: 502,
    retryable: true,
    remedy:
      'The answer was not what the vendor documents. Check for a proxy in between and for a new vendor version.',
  },
  'ticket-out-of-reach': {
    status: 502,
    retryable: false,
    remedy:
      'Our user in Zammad lacks rights in the group of the ticket. Grant it read, create and change there, or move the ticket back; then retry the step.',
  },
  'app-not-installed': {
    status: 502,
    retryable: false,
    remedy:
      'The shop does not know our app any more: its token is void. Install the app again, then retry the step.',
  },
  'insufficient-stock': {
    status: 409,
    retryable: false,
    remedy:
      'The warehouse has too little stock of the variant, or no row for it, which Saleor wants even where stock is not tracked. Add it there; the fulfilment is tried again every hour.',
  },
  'credential-unreadable': {
    status: 503,
    retryable: true,
    remedy:
      'A stored credential needs a key that is not in CREDENTIAL_KEYS. Put the key back, or install the app again.',
  },
  'shop-not-allowed': {
    status: 403,
    retryable: false,
    remedy: 'Only the shops of SALEOR_SHOPS, or that of SALEOR_API_URL, may install the app.',
  },
  'app-not-verified': {
    status: 401,
    retryable: false,
    remedy:
      'The shop does not say whose the token is. Check that we can reach its API URL, then install again.',
  },
  'shop-keys-missing': {
    status: 401,
    retryable: false,
    remedy:
      'The public keys of the shop could not be fetched. Check that we can reach it, then install again.',
  },
  'not-configured': {
    status: 503,
    retryable: false,
    remedy: 'A setting that this step needs is missing. Set it, restart, retry the step.',
  },
  'row-missing': {
    status: 500,
    retryable: false,
    remedy: 'A row that this session needs is gone from PostgreSQL. Restore it, then retry the step.',
  },
  'refund-failed': {
    status: 502,
    retryable: false,
    remedy: 'The payment provider refused the refund. Refund by hand in Saleor, then skip the step.',
  },
  'refund-by-hand': {
    status: 409,
    retryable: false,
    remedy: 'This session was not paid in the shop. Refund it where it was paid, then skip the step.',
  },
  'refund-approval': {
    status: 409,
    retryable: false,
    remedy:
      'The refund is above the limit. Approve or decline it: refund/decision, or the Update decideRefund.',
  },
  'refund-pending': {
    status: 503,
    retryable: true,
    remedy: 'The payment provider has not settled the refund yet.',
  },
  'receiver-unreachable': {
    status: 502,
    retryable: true,
    remedy: 'The receiver of a webhook could not be reached: check its address, its DNS and its certificate.',
  },
  'receiver-timeout': {
    status: 504,
    retryable: true,
    remedy: 'The receiver of a webhook did not answer within 10 seconds. Answer first, then work.',
  },
  'receiver-rejected': {
    status: 502,
    retryable: true,
    remedy: 'The receiver of a webhook answered with another status than 2xx; the log has it.',
  },
  'receiver-redirected': {
    status: 502,
    retryable: true,
    remedy: 'The receiver of a webhook answered with a redirect, which is not followed. Set the new address.',
  },
  'receiver-not-public': {
    status: 502,
    retryable: true,
    remedy: 'The address of a webhook leads into a network that is not public. Set a public one.',
  },
  'receiver-gone': {
    status: 502,
    retryable: false,
    remedy: 'The receiver answered 410, and its endpoint was disabled. Enable it, then replay.',
  },
  'receiver-busy': {
    status: 503,
    retryable: true,
    remedy: 'As many webhooks are under way as may be at once. It is retried by itself.',
  },
  'endpoint-disabled': {
    status: 409,
    retryable: false,
    remedy: 'The endpoint was disabled before the message arrived. Enable it, then replay.',
  },
  'run-lost': {
    status: 500,
    retryable: false,
    remedy: 'The run of a webhook ended without a word, e.g. because it was terminated. Replay the delivery.',
  },
  'bad-signature': {
    status: 401,
    retryable: false,
    remedy: 'The signature does not fit the body. Check the webhook secret on both sides.',
  },
  'keys-unavailable': {
    status: 503,
    retryable: true,
    remedy:
      'The public keys of who signed it could not be fetched. Repeat later; check that the issuer can be reached.',
  },
  'payload-key-unknown': {
    status: 503,
    retryable: true,
    remedy:
      'A payload was encrypted with a key that is not in PAYLOAD_KEYS. Put the key back; tasks then go on.',
  },
  'payload-unreadable': {
    status: 422,
    retryable: true,
    remedy:
      'A payload was changed, or encrypted with another key of the same id. Compare PAYLOAD_KEYS everywhere.',
  },
  'not-authenticated': { status: 401, retryable: false, remedy: 'Send a valid credential.' },
  'not-allowed': { status: 403, retryable: false, remedy: 'This credential may not do this.' },
  'not-found': { status: 404, retryable: false, remedy: 'Check the address.' },
  'method-not-allowed': {
    status: 405,
    retryable: false,
    remedy: 'Use one of the methods in the Allow header.',
  },
  'invalid-request': { status: 400, retryable: false, remedy: 'Correct the request as the details say.' },
  'too-large': { status: 413, retryable: false, remedy: 'Send a smaller body.' },
  'unsupported-media-type': { status: 415, retryable: false, remedy: 'Send application/json.' },
  'precondition-failed': {
    status: 412,
    retryable: false,
    remedy: 'It has changed since it was read. Read it again, then repeat with its new ETag.',
  },
  'key-reused': {
    status: 422,
    retryable: false,
    remedy: 'This Idempotency-Key stands for another request. Use a new one.',
  },
  'not-acceptable': { status: 406, retryable: false, remedy: 'Accept one of the types that are offered.' },
  'already-exists': {
    status: 409,
    retryable: false,
    remedy: 'Something with this key is there already; use that one.',
  },
  'too-many-requests': {
    status: 429,
    retryable: true,
    remedy: 'Wait as many seconds as Retry-After says.',
  },
  'link-over': {
    status: 410,
    retryable: false,
    remedy: 'The link was used, was revoked or has expired; the reason says which. Ask for a new one.',
  },
  'session-over': { status: 410, retryable: false, remedy: 'The session is over.' },
  refused: { status: 409, retryable: false, remedy: 'The rules say no; the reason says why and since when.' },
  'outcome-unknown': { status: 202, retryable: true, remedy: 'Repeat with the same idempotency key.' },
  'store-unavailable': {
    status: 503,
    retryable: true,
    remedy: 'PostgreSQL cannot be reached. Repeat later.',
  },
  'engine-unavailable': { status: 503, retryable: true, remedy: 'Temporal cannot be reached. Repeat later.' },
  internal: { status: 500, retryable: true, remedy: 'Look for the correlation id in the log.' },
} as const satisfies Record<string, FailureKind>;

export type FailureCode = keyof typeof failures;

/** A failure with a stable code. Its message never holds a secret, a token or personal data. */
export class CodedFailure extends Error {
  override readonly name: string = 'CodedFailure';
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get retryable(): boolean {
    return failures[this.code].retryable;
  }
}
