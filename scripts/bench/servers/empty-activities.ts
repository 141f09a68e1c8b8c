import type { SessionActivities } from '../../../workflows/contract/activities.ts';
import type { Instant } from '../../../workflows/contract/values.ts';

/** Tells what a session has reached: a phase that it published, or `reminded`. */
export type OnReached = (sessionKey: string, what: string) => void;

const LEASE_MS = 24 * 3_600_000;

/**
 * Activities that do nothing and succeed.
 *
 * @param store what is carried out in earnest instead.
 */
export function emptyActivities(
  onReached: OnReached,
  store: Partial<Pick<SessionActivities, 'publish' | 'issueLink'>> = {},
): SessionActivities {
  const publish: SessionActivities['publish'] =
    store.publish ??
    (async ({ gate, entries }) => ({
      kind: 'publish',
      version: gate.version,
      seq: entries.at(-1)?.seq ?? 0,
    }));
  return {
    confirmPayment: async () => ({ kind: 'confirm-payment', verdict: 'paid' }),
    issueLink: store.issueLink ?? (async () => ({ kind: 'issue-link' })),
    openTicket: async () => ({ kind: 'open-ticket', ticketId: 7, ticketNumber: '99000000000000000007' }),
    writeTicket: async () => ({ kind: 'write-ticket' }),
    async remind({ sessionKey }) {
      onReached(sessionKey, 'reminded');
      return { kind: 'remind', truth: { appointments: [] }, sent: true };
    },
    putRoute: async ({ until }) => ({ kind: 'put-route', leaseUntil: (until + LEASE_MS) as Instant }),
    deleteRoute: async () => ({ kind: 'delete-route' }),
    async publish(input) {
      const published = await publish(input);
      onReached(input.sessionKey, input.record.phase);
      return published;
    },
    makeBookingLink: async () => ({ kind: 'make-booking-link' }),
    askProvider: async () => ({ kind: 'ask-provider', truth: { appointments: [] } }),
    cancelAppointment: async () => ({ kind: 'cancel-appointment' }),
    moveAppointment: async () => ({ kind: 'move-appointment', truth: { appointments: [] } }),
    handOver: async () => ({ kind: 'hand-over' }),
    claimGrace: async () => ({ kind: 'claim-grace', granted: true }),
    refund: async () => ({ kind: 'refund', status: 'done' }),
  };
}
