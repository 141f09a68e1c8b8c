import { type Client, isGrpcServiceError, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
  type SearchAttributePair,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import type { Session } from '../../db/tables.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { sessionWorkflowId } from '../../platform/session-ids.ts';
import { TASK_QUEUE } from '../../platform/temporal.ts';
import {
  OUTSIDE_EVENTS,
  type OutsideEventsArgs,
  SESSION_WORKFLOW,
} from '../../workflows/contract/messages.ts';
import type { SessionInput } from '../../workflows/contract/session.ts';
import { type Described, detailsOf, summaryOf } from './described.ts';
import type { SessionStarter } from './starter.ts';

/** gRPC status 3: what we sent is wrong, and waiting does not make it right. */
const INVALID_ARGUMENT = 3;

const sessionStatus = defineSearchAttributeKey('SessionStatus', SearchAttributeType.KEYWORD);
const tenantId = defineSearchAttributeKey('TenantId', SearchAttributeType.KEYWORD);
const sessionStart = defineSearchAttributeKey('SessionStart', SearchAttributeType.DATETIME);
const rescheduleCutoff = defineSearchAttributeKey('RescheduleCutoff', SearchAttributeType.DATETIME);
const needsAttention = defineSearchAttributeKey('NeedsAttention', SearchAttributeType.KEYWORD);
const rulesVersion = defineSearchAttributeKey('RulesVersion', SearchAttributeType.KEYWORD);

/** What a session is listed by from its start on; the workflow upserts only what changes. */
export function searchAttributesOf(input: SessionInput): TypedSearchAttributes {
  const pairs: SearchAttributePair[] = [
    { key: sessionStatus, value: 'opening' },
    { key: tenantId, value: String(input.tenantId) },
    { key: needsAttention, value: input.problems.length > 0 ? 'yes' : 'no' },
    { key: rulesVersion, value: String(input.rulesVersion) },
  ];
  if (input.startsAt !== null)
    pairs.push(
      { key: sessionStart, value: new Date(input.startsAt) },
      { key: rescheduleCutoff, value: new Date(input.startsAt - input.policy.cutoffMs) },
    );
  return new TypedSearchAttributes(pairs);
}

/** What a failed call to Temporal means to who waits for it. Everything that is not our own mistake is waited out. */
export function engineFailure(cause: unknown): CodedFailure {
  const grpc = cause instanceof ServiceError ? cause.cause : cause;
  if (isGrpcServiceError(grpc) && Number(grpc.code) === INVALID_ARGUMENT)
    return new CodedFailure('internal', 'Temporal refused the request as invalid', { cause });
  return new CodedFailure('engine-unavailable', 'Temporal did not answer', { cause });
}

/**
 * Starts a session's workflow, once per id: a run that is open or closed under this id makes it `already`. What
 * holds after Temporal's retention is the session's own row, not this.
 *
 * @param described where the run's page is to lead; null: nowhere.
 * @throws {CodedFailure} `engine-unavailable`, or `internal` for a request that Temporal calls invalid.
 */
export async function startSession(
  client: Client,
  session: Session,
  described: Described | null,
): Promise<'started' | 'already'> {
  try {
    await client.workflow.start(SESSION_WORKFLOW, {
      workflowId: session.workflow_id,
      taskQueue: TASK_QUEUE,
      args: [session.input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      typedSearchAttributes: searchAttributesOf(session.input),
      staticSummary: summaryOf(session.product_name),
      ...(described && { staticDetails: detailsOf(session, described) }),
      memo: { orderId: session.order_id, lineId: session.line_id, unit: session.unit },
    });
    return 'started';
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already';
    throw engineFailure(error);
  }
}

/** Sends events to the open run of a session or a booking. Never starts one: an event alone is not a payment. */
export async function signalRun(
  client: Client,
  workflowId: string,
  events: OutsideEventsArgs[0],
): Promise<'delivered' | 'not-found'> {
  try {
    await client.workflow.getHandle(workflowId).signal<OutsideEventsArgs>(OUTSIDE_EVENTS, events);
    return 'delivered';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'not-found';
    throw engineFailure(error);
  }
}

/**
 * Temporal as intake sees it. The client is asked for at each call, so that the API starts and takes payments
 * while Temporal is away.
 */
export function createSessionStarter(options: {
  client: () => Promise<Client>;
  /** How long one call may take, in milliseconds. */
  deadlineMs: number;
  /** Where runs' pages are to lead; left out: nowhere. */
  described?: Described;
}): SessionStarter {
  async function within<T>(call: (client: Client) => Promise<T>): Promise<T> {
    let client: Client;
    try {
      client = await options.client();
    } catch (error) {
      throw engineFailure(error);
    }
    return client.withDeadline(Date.now() + options.deadlineMs, () => call(client));
  }
  return {
    start: (session) => within((client) => startSession(client, session, options.described ?? null)),
    signal: (key, events) => within((client) => signalRun(client, sessionWorkflowId(key), events)),
    signalBooking: (workflowId, events) => within((client) => signalRun(client, workflowId, events)),
  };
}
