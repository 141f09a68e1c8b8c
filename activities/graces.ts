import { claimGrace } from '../db/queries/graces.ts';
import { CodedFailure } from '../platform/failures.ts';
import type { SessionActivities } from '../workflows/contract/activities.ts';
import type { ActivityDependencies } from './dependencies.ts';

export function graceActivities({
  db,
  clock,
}: Pick<ActivityDependencies, 'db' | 'clock'>): Pick<SessionActivities, 'claimGrace'> {
  return {
    async claimGrace({ sessionKey, lateChange }) {
      const granted = await claimGrace(db, { sessionKey, lateChange, at: new Date(clock()) });
      if (granted === undefined) throw new CodedFailure('row-missing', `no session ${sessionKey}`);
      return { kind: 'claim-grace', granted };
    },
  };
}
