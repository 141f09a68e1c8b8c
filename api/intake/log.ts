/** The part of a logger that intake needs. Ids and codes only: no body, address or name is ever handed to it. */
export interface IntakeLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}
