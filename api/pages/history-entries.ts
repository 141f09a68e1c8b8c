import type { Decision } from '../../db/queries/session-page.ts';
import type { HistoryEntry } from './messages/records.ts';

/** What a provider's answer or its webhook did to the session's time. */
const timeChanges = {
  booked: 'booked',
  moved: 'moved',
  freed: 'freed',
  'cancel-pending': 'cancel-pending',
  'late-change': 'late-asked',
  'late-change-withdrawn': 'late-withdrawn',
} as const satisfies Readonly<Record<string, HistoryEntry>>;

const entries = {
  opened: 'opened',
  ...timeChanges,
  'reschedule-allowed': 'reschedule-begun',
  'late-change-was-approved': 'reschedule-begun',
  'after-cutoff': 'refused-late',
  'late-change-requested': 'late-asked',
  'late-change-approved': 'late-approved',
  'approved-by-default': 'late-approved',
  'approved-by-grace': 'late-approved',
  'late-change-declined': 'late-declined',
  'declined-by-default': 'late-declined',
  'move-refused': 'move-refused',
  locked: 'locked',
  'cutoff-moved': 'cutoff-moved',
  reminded: 'reminded',
  'link-reissued': 'link-renewed',
  'link-mailed-again': 'link-mailed',
  'session-cancelled': 'cancelled',
  expired: 'expired',
  refunded: 'refunded',
  'refunded-by-shop': 'refunded',
  'order-cancelled': 'refunded',
  'gate-over': 'over',
} as const satisfies Readonly<Record<string, HistoryEntry>>;

/** By the reason that a session's timeline gives: what of it is told to its client, and as what. */
const clientEntries: ReadonlyMap<string, HistoryEntry> = new Map<string, HistoryEntry>([
  ...Object.entries(entries),
  ...Object.entries(timeChanges).flatMap(([change, entry]) => [
    [`provider-says-${change}`, entry] as const,
    [`half-reschedule-${change}`, entry] as const,
  ]),
]);

/** That the run began is the reason `opened` too, and is nothing to a client: the payment is confirmed later. */
const WITHIN = ['clock.opened'];

/** What of a timeline its client may read. */
export const clientTold = { reasons: [...clientEntries.keys()], exceptEvents: WITHIN } as const;

/** A decision as its client reads it; undefined for one that is not theirs to read. */
export function clientEntry({ event, reason }: Decision): HistoryEntry | undefined {
  return WITHIN.includes(event) ? undefined : clientEntries.get(reason);
}
