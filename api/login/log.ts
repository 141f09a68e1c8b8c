/** The part of a logger that the login needs. Ids and stable codes only: no address, no code, no challenge. */
export interface LoginLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}
