import { randomBytes } from 'node:crypto';

export type Values = Readonly<Record<string, unknown>>;

/** A refusal in Zammad's own words. */
export class ZammadRefusal extends Error {
  readonly status: number;
  /** Some answers have `error` only. */
  readonly human: boolean;

  constructor(status: number, message: string, human = true) {
    super(message);
    this.status = status;
    this.human = human;
  }
}

/** What Zammad says of an exception to a caller who is no admin. */
export function internalError(): ZammadRefusal {
  const id = randomBytes(6).toString('base64url').replace(/[-_]/g, 'x').slice(0, 8);
  return new ZammadRefusal(500, `Error ID ${id}: Please contact your administrator.`, false);
}

/** A scalar as text; nothing, and what is no scalar, is empty. */
export function scalarText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}
