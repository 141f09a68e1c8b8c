import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { CodedFailure, type FailureCode, failures } from '../platform/failures.ts';
import { VendorFailure } from '../platform/http-client.ts';
import { LONGEST_WAIT_MS } from '../platform/vendor-pace/pace.ts';
import type { Millis } from '../workflows/contract/values.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** What a failed activity says beside its code. */
export interface FailureDetails {
  readonly requestId: string | null;
}

/** Socket errors, and the messages of pg and its pool, which carry no code. */
const brokenConnection = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const brokenPool =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after)/;

/**
 * SQLSTATE classes that a later attempt can get past: connection exception, transaction rollback (deadlock),
 * insufficient resources, operator intervention (shutdown, statement time-out).
 */
const passingSqlState = /^(08|40|53|57)[0-9A-Z]{3}$/;

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** PostgreSQL cannot be reached, or cannot work now. */
export function isStoreUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== null) return brokenConnection.has(code) || passingSqlState.test(code);
  if (error instanceof AggregateError) return error.errors.some(isStoreUnavailable);
  return error instanceof Error && brokenPool.test(error.message);
}

/** A row that others stand on is gone (SQLSTATE 23503, foreign key violation). */
function isRowMissing(error: unknown): boolean {
  return codeOf(error) === '23503';
}

interface FailureFacts {
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
  /** One line tells of many; the SDK is not to write one for each either. */
  readonly told: boolean;
}

const NO_FACTS: FailureFacts = { requestId: null, retryAfterMs: null, told: false };

function failure(code: FailureCode, { requestId, retryAfterMs, told }: FailureFacts): ApplicationFailure {
  const details: FailureDetails = { requestId };
  return ApplicationFailure.create({
    type: code,
    message: requestId === null ? code : `${code} (request ${requestId})`,
    nonRetryable: !failures[code].retryable,
    details: [details],
    ...(retryAfterMs === null ? {} : { nextRetryDelay: Math.min(LONGEST_WAIT_MS, retryAfterMs) }),
    ...(told ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
}

const STORE_RETRY_MS: Millis = 1000;

/** PostgreSQL is away, and what waits for it is to be repeated soon. */
export function storeAway(): ApplicationFailure {
  return failure('store-unavailable', { ...NO_FACTS, retryAfterMs: STORE_RETRY_MS });
}

/**
 * What leaves an activity: a code of the failure table, a request id, and whether a repeat can help. Neither
 * message nor cause of the original goes along, because vendors and PostgreSQL echo personal data.
 *
 * @param afterTimeoutMs the least wait after a call whose outcome is unknown; null leaves it to the retry policy.
 */
export function toApplicationFailure(
  error: unknown,
  afterTimeoutMs: Millis | null = null,
): ApplicationFailure | CancelledFailure {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof VendorFailure) {
    // What stands in front of a vendor answers 408 or 504 in its stead, and it may still be at work.
    const unknown = error.outcomeUnknown || error.status === 408 || error.status === 504;
    const wait = unknown ? afterTimeoutMs : null;
    const { requestId, told } = error;
    return failure(error.code, { requestId, told, retryAfterMs: error.retryAfterMs ?? wait });
  }
  if (error instanceof CodedFailure) return failure(error.code, NO_FACTS);
  if (isStoreUnavailable(error)) return failure('store-unavailable', NO_FACTS);
  if (isRowMissing(error)) return failure('row-missing', NO_FACTS);
  return failure('internal', NO_FACTS);
}

/** Where it was thrown, without the message in front. */
function framesOf(error: unknown): string | null {
  if (!(error instanceof Error) || error.stack === undefined) return null;
  return error.stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .join('\n');
}

/** What an activity is about; its id is all that the log names. */
type Subject =
  | { readonly sessionKey: string }
  | { readonly bookingKey: string }
  | { readonly deliveryId: string }
  | { readonly erasureId: string }
  | { readonly job: string };

function subjectOf(input: Subject): Subject {
  if ('sessionKey' in input) return { sessionKey: input.sessionKey };
  if ('bookingKey' in input) return { bookingKey: input.bookingKey };
  if ('erasureId' in input) return { erasureId: input.erasureId };
  if ('job' in input) return { job: input.job };
  return { deliveryId: input.deliveryId };
}

/**
 * An activity whose failures carry codes; each one is counted, and logged by ids, code and place unless an outage's own
 * line has told of it.
 *
 * @param afterTimeoutMs how long to wait after a call whose outcome is unknown, before the next attempt looks.
 */
export function withFailureCodes<Input extends Subject, Result>(
  { log, observer }: Pick<ActivityDependencies, 'log' | 'observer'>,
  activity: string,
  run: (input: Input) => Promise<Result>,
  afterTimeoutMs: Millis | null = null,
): (input: Input) => Promise<Result> {
  return async (input) => {
    try {
      return await run(input);
    } catch (error) {
      const thrown = toApplicationFailure(error, afterTimeoutMs);
      const fields = { activity, ...subjectOf(input) };
      if (thrown instanceof ApplicationFailure) observer?.failed(activity, thrown.type ?? 'internal');
      if (thrown instanceof ApplicationFailure && thrown.type === 'internal') {
        const name = error instanceof Error ? error.name : typeof error;
        log.error({ ...fields, error: name, sqlState: codeOf(error), at: framesOf(error) }, 'activity broke');
      } else if (thrown instanceof ApplicationFailure && !(error instanceof VendorFailure && error.told)) {
        log.warn({ ...fields, code: thrown.type, details: thrown.details }, 'activity failed');
      }
      throw thrown;
    }
  };
}
