import type { Database } from '../../db/connect.ts';
import { migrate, pendingMigrations } from '../../db/migrate.ts';
import type { PlanSetup } from '../../integrations/setup/step.ts';

/** Every process also migrates when it starts. */
export function planPostgres(db: Database): PlanSetup {
  return async () => {
    const pending = await pendingMigrations(db);
    const subject = 'schema of the database';
    if (pending.length === 0) return [{ subject, state: 'as-wanted', detail: null, apply: null }];
    return [
      {
        subject,
        state: 'different',
        detail: `these migrations were not run: ${pending.join(', ')}`,
        async apply() {
          const ran = await migrate(db);
          return ran.length === 0 ? 'somebody else had run them' : `ran ${ran.join(', ')}`;
        },
      },
    ];
  };
}
