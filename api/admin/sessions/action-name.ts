/** What can be done about a session; the last part of the path, and the name in bulk. */
export type ActionName =
  | 'cancel'
  | 'reschedule'
  | 'provider'
  | 'late-change/decide'
  | 'refund/decision'
  | 'cutoff'
  | 'link/reissue'
  | 'link/revoke'
  | 'access/revoke'
  | 'access/restore'
  | 'email'
  | 'mail/resend'
  | 'steps/retry'
  | 'steps/skip';
