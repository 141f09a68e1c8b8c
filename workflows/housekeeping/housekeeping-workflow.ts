import { continueAsNew, proxyActivities, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import {
  type HousekeepingActivities,
  type HousekeepingInput,
  type HousekeepingPage,
  type HousekeepingReport,
  PAGE_PAUSE_MS,
} from '../contract/housekeeping.ts';
import type { Instant } from '../contract/values.ts';
import { failureOf, isCalledOff, isEffectFailure } from '../session/failure.ts';
import { brokenOff, describeReport, emptyReport, withPage } from './report.ts';

/**
 * A page looks before it acts, so its repeat is safe. Each of its vendor calls is bounded by 5 seconds and followed by
 * a heartbeat. The next hour's run is the real retry, so that three attempts are enough.
 */
const { housekeep } = proxyActivities<HousekeepingActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '1 minute',
  retry: {
    initialInterval: '5 seconds',
    backoffCoefficient: 4,
    maximumAttempts: 3,
    nonRetryableErrorTypes: ['vendor-unauthorized', 'vendor-forbidden', 'vendor-rejected', 'not-configured'],
  },
});

/** A page is some ten events. */
const PAGES_PER_RUN = 100;

/** Somebody who was away several times during a page may be back soon; who is not, is asked again in an hour. */
const HALT_PAUSE = '1 minute';
const MOST_HALTS = 3;

/**
 * One run of one job of the housekeeping, page by page. A page that fails ends the run, not as a failure: what was done
 * until then stands in the report, and so does why it ended.
 *
 * @returns the report; it stands in the run's current details as well.
 */
export async function housekeepingWorkflow({ job, carried }: HousekeepingInput): Promise<HousekeepingReport> {
  let report = carried?.report ?? emptyReport(job, new Date(Date.now()).toISOString());
  let cursor = carried?.cursor ?? null;
  const startedAt = Date.parse(report.startedAt) as Instant;

  for (let pages = 1, halts = 0; ; pages += 1) {
    let page: HousekeepingPage;
    try {
      page = await housekeep({ job, cursor, startedAt });
    } catch (error) {
      if (!isEffectFailure(error) || isCalledOff(error)) throw error;
      report = brokenOff(report, failureOf(error).code, cursor);
      break;
    }
    report = withPage(report, page);
    cursor = page.cursor;
    if (cursor === null) break;
    if (page.halted !== null) halts += 1;
    if (page.halted !== null && halts > MOST_HALTS) {
      report = brokenOff(report, page.halted, cursor);
      break;
    }
    setCurrentDetails(describeReport(report, 'running'));
    await sleep(page.halted === null ? PAGE_PAUSE_MS[job] : HALT_PAUSE);
    if (pages >= PAGES_PER_RUN || workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof housekeepingWorkflow>({ job, carried: { cursor, report } });
  }
  setCurrentDetails(describeReport(report, 'over'));
  return report;
}
