import type { Evidence, Violation } from '../evidence.ts';
import { everyClientGotIn, noGateOpenWhenClosed } from './doors.ts';
import { endedAsDemanded, everyRunReplays, oneSessionPerUnit } from './sessions.ts';
import { booksBalance, oneMailEach, oneRefundEach, oneTicket, routesCameAndWent } from './vendors.ts';
import { everyWebhookArrives, noWebhookIsLost } from './webhooks.ts';

/** Every promise; each is a pure function of the evidence. */
const promises: readonly ((evidence: Evidence) => readonly Violation[])[] = [
  oneSessionPerUnit,
  endedAsDemanded,
  oneTicket,
  oneMailEach,
  routesCameAndWent,
  oneRefundEach,
  booksBalance,
  noWebhookIsLost,
  everyWebhookArrives,
  noGateOpenWhenClosed,
  everyClientGotIn,
  everyRunReplays,
];

export function violationsOf(evidence: Evidence): readonly Violation[] {
  return promises.flatMap((promise) => promise(evidence));
}
