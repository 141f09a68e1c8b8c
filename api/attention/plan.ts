import type { MailLoad } from '../../db/queries/attention-mails.ts';
import type { Millis } from '../../workflows/contract/values.ts';

/** So many mails within `DIGEST_WINDOW_MS` are read one by one; of more nobody reads any. */
export const MOST_SINGLE = 10;
export const DIGEST_WINDOW_MS: Millis = 60_000;

/** How what is owed is mailed: one mail each, one that lists them, or later, since a list went out just now. */
export function planMails({ owed, recent, digest }: MailLoad): 'each' | 'digest' | 'later' {
  if (digest) return 'later';
  return owed + recent <= MOST_SINGLE ? 'each' : 'digest';
}

const FIRST_WAIT_MS: Millis = 5000;
const LONGEST_WAIT_MS: Millis = 3_600_000;

/**
 * How long to wait for the next attempt, in milliseconds.
 *
 * @param attempts how many there were, from 1.
 */
export function waitAfter(attempts: number): Millis {
  return Math.min(FIRST_WAIT_MS * 2.5 ** (attempts - 1), LONGEST_WAIT_MS);
}
