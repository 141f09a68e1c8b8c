import type { Gate } from '../contract/session.ts';
import type { Interval } from '../contract/values.ts';

function covers(wider: readonly Interval[], part: Interval): boolean {
  let reached = part.from;
  for (const { from, until } of wider.toSorted((a, b) => a.from - b.from)) {
    if (from > reached) break;
    if (until > reached) reached = until;
  }
  return reached >= part.until;
}

/**
 * True when somebody who could pass under `before` can no longer pass under `after`: such a change is not
 * acknowledged before it is published.
 */
export function narrows(before: Gate, after: Gate): boolean {
  if (before.state === 'over') return false;
  if (after.state === 'over') return true;
  if (before.access === 'granted' && after.access === 'revoked') return true;
  if (before.linkId !== null && after.linkId !== before.linkId) return true;
  if (before.page !== null && !covers(after.page ? [after.page] : [], before.page)) return true;
  return before.join.some((interval) => !covers(after.join, interval));
}
