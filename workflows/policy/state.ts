/** Everything a session knows; JSON-safe, replaced and never mutated. */
export interface SessionState {
  readonly rulesVersion: 1;
}
