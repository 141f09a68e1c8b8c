import { parseDuration } from '../../platform/duration.ts';
import type { Policy } from '../../workflows/contract/session.ts';
import type { Refusals } from './problems.ts';

const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The deal that a product without any `session.*` metadata is sold under. */
export const defaultPolicy: Policy = {
  cutoffMs: 24 * HOUR,
  bookingDeadlineMs: 30 * DAY,
  gateOpensMs: 15 * MINUTE,
  gateClosesMs: 30 * MINUTE,
  remindersMs: [24 * HOUR, HOUR],
  refund: 'full',
  onCancel: 'rebook',
  lateDeadlineMs: 12 * HOUR,
  lateDefault: 'decline',
  lateGrace: 'none',
  settleMs: 24 * HOUR,
  refundSettleMs: 2 * MINUTE,
  halfRescheduleMs: 2 * MINUTE,
};

/** Product metadata by key; a key that is absent or empty is undefined. */
export type Metadata = (key: string) => string | undefined;

/**
 * Reads the policy from a product's metadata. A value that cannot be read leaves the default in force and is
 * noted. `session.settle`, `session.refund-settle` and `session.half-reschedule` are there so that a
 * demonstration can pass in seconds.
 */
export function readPolicy(metadata: Metadata, refusals: Refusals): Policy {
  const duration = (key: string, fallback: number): number => {
    const value = metadata(key);
    if (value === undefined) return fallback;
    return parseDuration(value.trim()) ?? refusals.instead(fallback, key, value, 'not-a-duration');
  };
  const durations = (key: string, fallback: readonly number[]): readonly number[] => {
    const value = metadata(key);
    if (value === undefined) return fallback;
    const read: number[] = [];
    for (const part of value.split(',')) {
      const ms = parseDuration(part.trim());
      if (ms === undefined) return refusals.instead(fallback, key, value, 'not-a-duration');
      if (!read.includes(ms)) read.push(ms);
    }
    return read;
  };
  const oneOf = <Choice extends string>(
    key: string,
    choices: readonly Choice[],
    fallback: Choice,
  ): Choice => {
    const value = metadata(key);
    if (value === undefined) return fallback;
    return (
      choices.find((choice) => choice === value.trim()) ??
      refusals.instead(fallback, key, value, 'not-allowed')
    );
  };

  return {
    cutoffMs: duration('session.cutoff', defaultPolicy.cutoffMs),
    bookingDeadlineMs: duration('session.booking-deadline', defaultPolicy.bookingDeadlineMs),
    gateOpensMs: duration('session.gate-opens', defaultPolicy.gateOpensMs),
    gateClosesMs: duration('session.gate-closes', defaultPolicy.gateClosesMs),
    remindersMs: durations('session.reminders', defaultPolicy.remindersMs),
    refund: oneOf('session.refund', ['full', 'none'], defaultPolicy.refund),
    onCancel: oneOf('session.on-cancel', ['rebook', 'end'], defaultPolicy.onCancel),
    lateDeadlineMs: duration('session.late-deadline', defaultPolicy.lateDeadlineMs),
    lateDefault: oneOf('session.late-default', ['approve', 'decline'], defaultPolicy.lateDefault),
    lateGrace: oneOf('session.late-grace', ['none', 'once'], defaultPolicy.lateGrace),
    settleMs: duration('session.settle', defaultPolicy.settleMs),
    refundSettleMs: duration('session.refund-settle', defaultPolicy.refundSettleMs),
    halfRescheduleMs: duration('session.half-reschedule', defaultPolicy.halfRescheduleMs),
  };
}
