import { type LeftLink, leftLinks, settleLink } from '../../db/queries/withdrawable-links.ts';
import type { Withdrawal } from '../../integrations/scheduling/provider.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { HousekeepingDependencies } from './dependencies.ts';
import { type Finding, type Looked, lookAtEach, raised, repaired } from './page.ts';

const PAGE_SIZE = 20;

/** Takes one link back at its provider, and remembers that nothing is left to do. */
export async function withdrawLink(
  { db, clock, scheduling }: Pick<ActivityDependencies, 'db' | 'clock' | 'scheduling'>,
  { link, provider }: Pick<LeftLink, 'link' | 'provider'>,
): Promise<Withdrawal> {
  const withdrawal = await scheduling(provider).withdrawLink(link);
  await settleLink(db, link, new Date(clock()));
  return withdrawal;
}

/**
 * Links of sessions that are over or were handed over, and those that a later one took the place of. Where the provider
 * takes links back, nobody then books in vain with what is still in a mail. One that was booked with is not worth a note.
 */
export async function leftLinksPage(
  dependencies: HousekeepingDependencies,
  after: string,
): Promise<{ readonly looked: Looked; readonly next: string | null }> {
  const { db, log } = dependencies;

  async function compare(left: LeftLink): Promise<readonly Finding[]> {
    const withdrawal = await withdrawLink(dependencies, left);
    if (left.isSpent) return [];
    switch (withdrawal) {
      case 'withdrawn':
        return [repaired('link-withdrawn')];
      case 'booked':
        // The appointment was not heard of yet, or the provider refuses for a reason of its own.
        return [raised('link-not-withdrawn')];
      case 'gone':
        return [];
    }
  }

  const left = await leftLinks(db, { after, limit: PAGE_SIZE });
  const about = { job: 'sessions', log, idOf: (one: LeftLink) => one.sessionKey } as const;
  const looked = await lookAtEach(left, about, compare);
  const last = left[looked.handled - 1];
  const isLast = looked.handled === left.length && left.length < PAGE_SIZE;
  return { looked, next: isLast || last === undefined ? null : last.link };
}
