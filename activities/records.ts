import { writePublication } from '../db/queries/publication.ts';
import type { SessionActivities } from '../workflows/contract/activities.ts';
import type { ActivityDependencies } from './dependencies.ts';

export function recordActivities({
  db,
  clock,
}: Pick<ActivityDependencies, 'db' | 'clock'>): Pick<SessionActivities, 'publish'> {
  return {
    async publish({ sessionKey, gate, record, entries }) {
      // An older version than the published one is no failure: what it would have said is already overtaken.
      await writePublication(db, { sessionKey, gate, record, entries, at: clock() });
      const seq = entries.reduce((highest, entry) => Math.max(highest, entry.seq), 0);
      return { kind: 'publish', version: gate.version, seq };
    },
  };
}
