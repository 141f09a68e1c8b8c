import type { Database } from '../../db/connect.ts';
import { accountsOfAddress, type ClientAccount, spendTry, useChallenge } from '../../db/queries/login.ts';
import type { Clock } from '../../platform/clock.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { codeFits, hashOfNoCode, isChallenge, MOST_TRIES } from './codes.ts';
import { MOST_ACCOUNTS } from './login-cookie.ts';

/** `ended`: used, expired, replaced by a newer one, tried too often, or never there; which of them is not told. */
export type TryOutcome =
  | { readonly kind: 'in'; readonly accounts: readonly ClientAccount[] }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  | { readonly kind: 'ended' };

/**
 * One guess at a code. An address that nobody has is answered like any other, try by try.
 *
 * @param code six digits.
 */
export async function tryCode(
  deps: { readonly db: Database; readonly keys: KeyRing; readonly clock: Clock },
  challenge: string,
  code: string,
): Promise<TryOutcome> {
  const now = new Date(deps.clock());
  const spent = isChallenge(challenge) ? await spendTry(deps.db, challenge, now, MOST_TRIES) : undefined;
  const fits = codeFits(deps.keys, challenge, code, spent?.codeHash ?? hashOfNoCode());
  if (spent === undefined) return { kind: 'ended' };
  if (!fits)
    return spent.tries >= MOST_TRIES
      ? { kind: 'ended' }
      : { kind: 'wrong', triesLeft: MOST_TRIES - spent.tries };
  const emailKey = await useChallenge(deps.db, challenge, now);
  if (emailKey === undefined) return { kind: 'ended' };
  const accounts = await accountsOfAddress(deps.db, emailKey, MOST_ACCOUNTS);
  return accounts.length === 0 ? { kind: 'ended' } : { kind: 'in', accounts };
}
