/**
 * What operators list sessions by in Temporal UI. Keywords and instants only, since text attributes run out, and
 * no personal data, since search attributes are never encrypted.
 */
export const SEARCH_ATTRIBUTES = {
  /**
   * The session's phase, but for what the clock alone does: `scheduled` stays until somebody acts, and
   * `RescheduleCutoff`, `SessionStart` and the run's own status tell the rest. `late-change` while one waits for a
   * person's answer.
   */
  SessionStatus: 'Keyword',
  TenantId: 'Keyword',
  SessionStart: 'Datetime',
  /** Until when a reschedule is allowed. */
  RescheduleCutoff: 'Datetime',
  /** `yes` or `no`. */
  NeedsAttention: 'Keyword',
  RulesVersion: 'Keyword',
} as const satisfies Readonly<Record<string, 'Keyword' | 'Datetime'>>;

/** The flags with which `temporal server start-dev` registers them. */
export function searchAttributeFlags(): readonly string[] {
  return Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${type}`,
  ]);
}
