import { ApplicationFailure, CancelledFailure, TemporalFailure, TimeoutFailure } from '@temporalio/workflow';

/** What an operator needs to know of a failed effect: a stable code and the vendor's request id. */
export interface EffectFailure {
  readonly code: string;
  readonly requestId: string | null;
}

const CODE = /^[a-z]+(-[a-z]+)*$/;

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) causes.push(cause);
  return causes;
}

function requestIdOf(failure: ApplicationFailure): string | null {
  const detail: unknown = failure.details?.[0];
  if (typeof detail !== 'object' || detail === null || !('requestId' in detail)) return null;
  return typeof detail.requestId === 'string' ? detail.requestId : null;
}

/**
 * The code of an activity that failed for good: the type of its last `ApplicationFailure`, `vendor-timeout` when
 * only a time-out is known, `internal` for everything that carries no code of ours.
 */
export function failureOf(error: unknown): EffectFailure {
  const causes = causesOf(error);
  const application = causes.find((cause) => cause instanceof ApplicationFailure);
  if (application) {
    const { type } = application;
    return { code: type && CODE.test(type) ? type : 'internal', requestId: requestIdOf(application) };
  }
  const timedOut = causes.some((cause) => cause instanceof TimeoutFailure);
  return { code: timedOut ? 'vendor-timeout' : 'internal', requestId: null };
}

/** True for the outcome of an activity; everything else thrown is a bug of this workflow's own. */
export function isEffectFailure(error: unknown): boolean {
  return error instanceof TemporalFailure;
}

/** True when the attempt was called off because a newer one took its place. */
export function isCalledOff(error: unknown): boolean {
  return causesOf(error).some((cause) => cause instanceof CancelledFailure);
}
