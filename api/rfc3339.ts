/** RFC 3339, UTC, whole seconds: `2024-01-15T19:30:00Z`. */
export function wholeSeconds(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
