/**
 * One thing that an outside system must have for us, beside what it has. `unmanageable`: only a person can make it so.
 */
export type SetupState = 'as-wanted' | 'missing' | 'different' | 'unmanageable';

export interface SetupStep {
  /** What it is, in words an operator knows, e.g. `ticket attribute session_action`. */
  readonly subject: string;
  readonly state: SetupState;
  /** One sentence: what differs, or what a person must do. Null when it is as wanted. Never holds a secret. */
  readonly detail: string | null;
  /**
   * Makes it so, looking up again what it needs of the steps before it, and answers in one sentence what it did. Safe to
   * repeat. Null when there is nothing that it could do.
   */
  readonly apply: (() => Promise<string>) | null;
}

/**
 * Looks at one outside system and says, in the order in which they are to be applied, everything that it must have. It
 * changes nothing.
 */
export type PlanSetup = () => Promise<readonly SetupStep[]>;
