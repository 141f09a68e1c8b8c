import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  WorkflowUpdateStage,
} from '@temporalio/client';
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import type { Database } from '../../db/connect.ts';
import { type Booking, markBookingStarted } from '../../db/queries/bookings.ts';
import type { Clock } from '../../platform/clock.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { TASK_QUEUE } from '../../platform/temporal.ts';
import {
  BOOKING_WORKFLOW,
  type BookingInput,
  type BookingUpdates,
  type BookingVerdict,
} from '../../workflows/contract/booking.ts';
import type { IntakeLog } from '../intake/log.ts';
import { engineFailure } from '../sessions/start.ts';
import { within } from '../../platform/within.ts';

/**
 * What became of the wait for a scheduling link. `ready`: it stands in the booking's row. `refused`: it cannot be made
 * now. `late`: the run goes on making it. `over`: the run has returned. `unavailable`: nobody said that there is a run.
 */
export type LinkWait = 'ready' | 'refused' | 'late' | 'over' | 'unavailable';

/** What an Update came to. */
export type BookingAnswer =
  | { readonly kind: 'answer'; readonly verdict: BookingVerdict }
  /** No such run, or it has returned. */
  | { readonly kind: 'not-found' }
  /** It may or may not be carried out; the same update id gets its answer. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unavailable' };

/** The runs of bookings, as the API sees them. */
export interface BookingRuns {
  /**
   * Once per id, for ever: a run that is open or closed under this id makes it `already`.
   *
   * @throws {CodedFailure} `engine-unavailable` when nobody answered within `ms`.
   */
  start(booking: Booking, ms: number): Promise<'started' | 'already'>;
  /**
   * Starts the run unless it is there, and waits for its link, in one request and at most for `ms`. Never throws.
   * Everyone who waits shares one Update, however many ask.
   */
  startAndAwaitLink(booking: Booking, ms: number): Promise<LinkWait>;
  /**
   * Asks an open run for something, at most for `ms`. Never throws.
   *
   * @param updateId the same id gets the first answer again.
   */
  update<Name extends Exclude<keyof BookingUpdates, 'awaitLink'>>(
    workflowId: string,
    name: Name,
    argument: BookingUpdates[Name],
    updateId: string,
    ms: number,
  ): Promise<BookingAnswer>;
  /** Resolves when no call is under way, given-up ones included. Only then may the connection be closed. */
  settled(): Promise<void>;
}

const sessionStatus = defineSearchAttributeKey('SessionStatus', SearchAttributeType.KEYWORD);
const tenantId = defineSearchAttributeKey('TenantId', SearchAttributeType.KEYWORD);
const needsAttention = defineSearchAttributeKey('NeedsAttention', SearchAttributeType.KEYWORD);
const rulesVersion = defineSearchAttributeKey('RulesVersion', SearchAttributeType.KEYWORD);

const AWAIT_LINK_ID = 'await-link';

type BookingRun = (input: BookingInput) => Promise<unknown>;

/** Once per id, for ever: an id whose run has returned starts no second one. */
const startOptions = ({ workflow_id: workflowId, kind, input }: Booking) =>
  ({
    workflowId,
    taskQueue: TASK_QUEUE,
    args: [input],
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    staticSummary: kind === 'link' ? 'Booking made with a link' : 'Meeting that a visitor asked for',
    typedSearchAttributes: new TypedSearchAttributes([
      { key: sessionStatus, value: 'pending' },
      { key: tenantId, value: String(input.tenantId) },
      { key: needsAttention, value: 'no' },
      { key: rulesVersion, value: String(input.rulesVersion) },
    ]),
  }) satisfies WorkflowStartOptions<BookingRun>;

async function start(client: Client, booking: Booking): Promise<'started' | 'already'> {
  try {
    await client.workflow.start<BookingRun>(BOOKING_WORKFLOW, {
      ...startOptions(booking),
      workflowIdConflictPolicy: 'FAIL',
    });
    return 'started';
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already';
    throw engineFailure(error);
  }
}

/** @param onRun is called as soon as the run has taken the request: that it is there is known before its link is. */
async function startAndAwaitLink(client: Client, booking: Booking, onRun: () => void): Promise<LinkWait> {
  const update = await client.workflow.startUpdateWithStart<
    BookingRun,
    BookingVerdict,
    [BookingUpdates['awaitLink']]
  >('awaitLink', {
    args: [{}],
    updateId: AWAIT_LINK_ID,
    waitForStage: WorkflowUpdateStage.ACCEPTED,
    startWorkflowOperation: new WithStartWorkflowOperation<BookingRun>(BOOKING_WORKFLOW, {
      ...startOptions(booking),
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
  });
  onRun();
  return (await update.result()).accepted ? 'ready' : 'refused';
}

/** @param there the run is known to be there. */
function waitThatFailed(error: unknown, there: boolean): LinkWait {
  // A run that returned meanwhile fails the Updates that it had not finished.
  const over = [WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, WorkflowUpdateFailedError];
  if (over.some((kind) => error instanceof kind)) return 'over';
  return there ? 'late' : 'unavailable';
}

function answerThatFailed(error: unknown): BookingAnswer {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return { kind: 'unknown' };
  if (error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError)
    return { kind: 'not-found' };
  return { kind: 'unavailable' };
}

/** The client is asked for at each call, so that the API answers while Temporal is away. */
export function createBookingRuns(connect: () => Promise<Client>): BookingRuns {
  const underWay = new Set<Promise<unknown>>();

  function called<T>(ms: number, call: (client: Client) => Promise<T>): Promise<T> {
    const running = (async () => {
      const client = await connect();
      return client.withDeadline(Date.now() + ms, () => call(client));
    })();
    const tracked = running.catch(() => undefined).finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    return running;
  }

  return {
    async start(booking, ms) {
      const started = called(ms, (client) => start(client, booking)).catch((error: unknown) =>
        error instanceof CodedFailure ? error : engineFailure(error),
      );
      const result = await within<'started' | 'already' | CodedFailure>(
        ms,
        started,
        () => new CodedFailure('engine-unavailable', 'Temporal did not answer in time'),
      );
      if (result instanceof CodedFailure) throw result;
      return result;
    },
    startAndAwaitLink(booking, ms) {
      let there = false;
      const waited = called(ms, (client) =>
        startAndAwaitLink(client, booking, () => {
          there = true;
        }),
      ).catch((error: unknown) => waitThatFailed(error, there));
      return within<LinkWait>(ms, waited, () => (there ? 'late' : 'unavailable'));
    },
    update(workflowId, name, argument, updateId, ms) {
      const answered = called(ms, async (client): Promise<BookingAnswer> => {
        const verdict = await client.workflow
          .getHandle(workflowId)
          .executeUpdate<BookingVerdict, [typeof argument]>(name, { args: [argument], updateId });
        return { kind: 'answer', verdict };
      }).catch(answerThatFailed);
      return within<BookingAnswer>(ms + 500, answered, () => ({ kind: 'unknown' }));
    },
    async settled() {
      await Promise.allSettled(underWay);
    },
  };
}

export interface StartDeps {
  readonly db: Database;
  readonly runs: Pick<BookingRuns, 'start'>;
  readonly clock: Clock;
  readonly log: IntakeLog;
}

/** Gives a booking its run if it is still owed one, and writes that down. Safe to repeat. */
export async function startBooking(booking: Booking, ms: number, deps: StartDeps): Promise<void> {
  if (booking.start_state !== 'intended') return;
  const result = await deps.runs.start(booking, ms);
  await markBookingStarted(deps.db, booking.booking_key, new Date(deps.clock()));
  deps.log.info({ bookingKey: booking.booking_key, result }, 'booking started');
}
