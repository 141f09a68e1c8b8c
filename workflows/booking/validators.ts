import { ApplicationFailure } from '@temporalio/workflow';
import type { BookingStatus } from '../contract/booking.ts';

// Each refuses malformed input before it is written to the history: synchronous, pure, and without the input's words.

type Fields = Readonly<Record<string, unknown>>;

function refuse(message: string): never {
  throw ApplicationFailure.create({ type: 'invalid-request', message, nonRetryable: true });
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** The argument of `retryStep` and `skipStep`. */
export function validateStep(argument: unknown): void {
  if (!isName(fieldsOf(argument)['step'])) refuse('step: not a text');
}

const statuses: Readonly<Record<BookingStatus, true>> = {
  pending: true,
  scheduled: true,
  completed: true,
  cancelled: true,
};

function isEnd(end: Fields): boolean {
  switch (end['kind']) {
    case 'none':
      return true;
    case 'cancelled':
      return Number.isFinite(end['at']) && (end['by'] === 'client' || end['by'] === 'host');
    case 'replaced':
      return Number.isFinite(end['at']) && (end['replacedBy'] === null || isName(end['replacedBy']));
    default:
      return false;
  }
}

function isTruth(truth: Fields): boolean {
  return (
    isName(truth['appointment']) &&
    ['createdAt', 'startsAt', 'endsAt'].every((name) => Number.isFinite(truth[name])) &&
    (truth['replaces'] === null || isName(truth['replaces'])) &&
    typeof truth['noShow'] === 'boolean' &&
    isEnd(fieldsOf(truth['end']))
  );
}

/** The argument of `changeStatus`. */
export function validateChange(argument: unknown): void {
  const { status, appointment } = fieldsOf(argument);
  if (typeof status !== 'string' || !Object.hasOwn(statuses, status)) refuse('status: not one of a booking');
  if (appointment !== null && !isTruth(fieldsOf(appointment)))
    refuse('appointment: not what a provider answers');
}
