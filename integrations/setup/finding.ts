/** What was looked at, and how it is. */
export interface Finding {
  /** Stable, e.g. `zammad-token`. */
  readonly check: string;
  /** `skipped`: it could not be looked at, because of a finding before it or because nothing is configured. */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** One sentence; never holds a secret. */
  readonly message: string;
  /** What an operator does about it; null when there is nothing to do. */
  readonly remedy: string | null;
}
