import { raiseFound } from '../../db/queries/attentions.ts';
import type {
  HousekeepingActivities,
  HousekeepingJob,
  HousekeepingPage,
  HousekeepingPageRequest,
} from '../../workflows/contract/housekeeping.ts';
import { withFailureCodes } from '../failures.ts';
import { appointmentsJob } from './appointments.ts';
import type { HousekeepingDependencies } from './dependencies.ts';
import { ordersJob } from './orders.ts';
import type { PageOf } from './page.ts';
import { pruneJob } from './prune.ts';
import { routesJob } from './routes.ts';
import { sessionsJob } from './sessions.ts';
import { subscriptionsJob } from './subscriptions.ts';
import { ticketsJob } from './tickets.ts';

/** The jobs of `housekeepingWorkflow` on real dependencies. Failures leave here as those of `createActivities`. */
export function createHousekeepingActivities(dependencies: HousekeepingDependencies): HousekeepingActivities {
  const jobs = {
    orders: ordersJob(dependencies),
    sessions: sessionsJob(dependencies),
    tickets: ticketsJob(dependencies),
    appointments: appointmentsJob(dependencies),
    routes: routesJob(dependencies),
    subscriptions: subscriptionsJob(dependencies),
    prune: pruneJob(dependencies),
  } satisfies Record<HousekeepingJob, PageOf>;
  const { observer } = dependencies;
  async function housekeep(request: HousekeepingPageRequest): Promise<HousekeepingPage> {
    try {
      const page = await jobs[request.job](request);
      const raised = page.notes.filter((note) => note.raised);
      await raiseFound(dependencies.db, raised, new Date(dependencies.clock()));
      observer?.housekept(request.job, page);
      return page;
    } catch (error) {
      observer?.housekept(request.job, null);
      throw error;
    }
  }
  return { housekeep: withFailureCodes(dependencies, 'housekeep', housekeep) };
}
