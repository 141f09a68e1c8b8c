import { withdrawLink } from '../../../activities/housekeeping/left-links.ts';
import type { ActivityDependencies } from '../../../activities/dependencies.ts';
import { withFailureCodes } from '../../../activities/failures.ts';
import type { SessionKey } from '../../../workflows/contract/values.ts';
import { type EitherWay, eitherWay } from './effect-matrix.ts';
import { withdrawableLinkOf } from './rows.ts';

/** The link that the session's page leads to, or an empty text. */
export async function storedLinkOf(db: ActivityDependencies['db'], key: SessionKey): Promise<string> {
  const row = await db
    .selectFrom('sessions')
    .select('booking_url')
    .where('session_key', '=', key)
    .executeTakeFirstOrThrow();
  return row.booking_url ?? '';
}

/** Withdraws the session's link as housekeeping does with one that is left. */
export function withdrawing(
  dependenciesWith: (timeoutMs: number) => ActivityDependencies,
  key: SessionKey,
): EitherWay<() => Promise<unknown>> {
  return eitherWay((timeoutMs) => {
    const dependencies = dependenciesWith(timeoutMs);
    const withdraw = withFailureCodes(dependencies, 'withdrawLink', async () =>
      withdrawLink(dependencies, await withdrawableLinkOf(dependencies.db, key)),
    );
    return () => withdraw({ sessionKey: key });
  });
}
