import { type Deeds, noDeeds } from '../../../scripts/faults/deeds.ts';
import type { Evidence } from '../../../scripts/faults/evidence.ts';
import type { Story } from '../../../scripts/faults/plan.ts';
import { sessionWorkflowId } from '../../../platform/session-ids.ts';
import type { SessionKey } from '../../../workflows/contract/values.ts';

export const KEY = 'k3yk3yk3yk3yk3yk3yk3yA' as SessionKey;
export const BOOKED_AT = 100_000;
export const STARTS_AT = 200_000;
export const ENDS_AT = 204_500;

const appointment = { uri: 'A1', at: BOOKED_AT, startsAt: STARTS_AT, endsAt: ENDS_AT, replaces: null };

/** A unit whose client opened its link and booked a time. */
export function bookedDeeds(story: Story = 'completed', change: Partial<Deeds> = {}): Deeds {
  return {
    ...noDeeds({ key: KEY, story, product: 'plain', orderId: 'order', lineId: 'line', fixed: null }),
    openedAt: 50_000,
    booked: [appointment],
    ...change,
  };
}

const poll = { key: KEY, status: 200, passed: true } as const;

/** Everything that is found of such a session when all promises were kept. */
export function goodEvidence(deeds: Deeds = bookedDeeds()): Evidence {
  return {
    deeds: [deeds],
    rows: [
      {
        key: KEY,
        workflowId: sessionWorkflowId(KEY),
        startState: 'ended',
        phase: 'ended',
        outcome: 'completed',
      },
    ],
    runs: [
      {
        workflowId: sessionWorkflowId(KEY),
        status: 'COMPLETED',
        view: { phase: 'ended', outcome: 'completed', refund: 'none', attention: [], timeline: [] },
        replay: null,
      },
    ],
    tickets: [
      {
        key: KEY,
        state: 'closed',
        status: 'ended',
        mails: ['link', 'booked', 'reminder'],
        notes: ['opened', 'closed'],
      },
    ],
    routesSeen: new Set([`sess-${KEY}`]),
    routesLeft: new Set(),
    orders: [{ orderId: 'order', charged: '49.00', units: 1 }],
    grants: [],
    webhooks: [{ vendor: 'saleor', event: 'order_fully_paid', attempts: [503, 200], digests: ['d1', 'd1'] }],
    inbox: [{ source: 'saleor', event: 'OrderFullyPaid', status: 'done', reason: null, digest: 'd1' }],
    polls: [
      { ...poll, door: 'page', sentAt: 60_000, answeredAt: 60_010 },
      { ...poll, door: 'join', sentAt: STARTS_AT, answeredAt: STARTS_AT + 10 },
      { ...poll, door: 'join', sentAt: 60_000, answeredAt: 60_010, status: 403, passed: false },
    ],
    seenOver: new Map([[KEY, ENDS_AT + 5000]]),
  };
}
