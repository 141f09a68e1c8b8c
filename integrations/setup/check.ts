/** What one look found. A failed look or a warning may have a remedy of its own; else the check's is told. */
export type Look =
  | { readonly status: 'ok' | 'skipped'; readonly message: string }
  | { readonly status: 'warning' | 'failed'; readonly message: string; readonly remedy?: string };

/** One thing that `npm run doctor` looks at. */
export interface Check {
  /** Stable, e.g. `zammad-token`. */
  readonly name: string;
  /** What must hold, in a short sentence without a full stop; stands in the documentation's table. */
  readonly subject: string;
  /** What an operator does when it does not hold. */
  readonly remedy: string;
  /** Checks of the same area without which this one can say nothing: it is skipped unless they are well. */
  readonly after: readonly string[];
  /** Changes nothing. What it throws is a failed look. Its message never holds a secret. */
  readonly look: () => Promise<Look>;
}
