import { writePublication } from '../db/queries/publication.ts';
import type { Publication, SessionActivities } from '../workflows/contract/activities.ts';
import type { Instant, Millis } from '../workflows/contract/values.ts';
import type { ActivityDependencies, ActivityObserver } from './dependencies.ts';

/** How long ago the cutoff was that this publication tells of; null when it tells of none. */
export function cutoffDelay({ record, entries }: Publication, now: Instant): Millis | null {
  const told = entries.some(({ event, from, to }) => event === 'clock.cutoff' && from !== to);
  if (!told || record.cutoffAt === null) return null;
  return Math.max(0, now - record.cutoffAt);
}

function observe(observer: ActivityObserver, publication: Publication, now: Instant): void {
  const delay = cutoffDelay(publication, now);
  if (delay !== null) observer.cutoffPassed(delay);
  const { record, entries } = publication;
  const ended = entries.some(({ from, to }) => to === 'ended' && from !== to);
  if (ended && record.outcome !== null) observer.sessionEnded(record.outcome);
}

export function recordActivities({
  db,
  clock,
  observer,
}: Pick<ActivityDependencies, 'db' | 'clock' | 'observer'>): Pick<SessionActivities, 'publish'> {
  return {
    async publish(publication) {
      const { sessionKey, gate, record, entries } = publication;
      const now = clock();
      // An older version than the published one is no failure: what it would have said is already overtaken.
      const written = await writePublication(db, { sessionKey, gate, record, entries, at: now });
      if (written && observer) observe(observer, publication, now);
      const seq = entries.reduce((highest, entry) => Math.max(highest, entry.seq), 0);
      return { kind: 'publish', version: gate.version, seq };
    },
  };
}
