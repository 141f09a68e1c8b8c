/** The sandbox's event type for the sessions of a fault run. */
export const FAULTS_EVENT_TYPE = 'b0c1d2e3-0000-4000-8000-000000000005';
export const FAULTS_DURATION_MS = 4500;

/** Where an open door leads. */
export const JOIN_URL = 'https://meet.example.com/faults';

/** A product of the shop; its policy in milliseconds, as far as what happens depends on it. */
export interface Product {
  readonly name: string;
  readonly cutoffMs: number;
  readonly bookingDeadlineMs: number;
  readonly gateOpensMs: number;
  readonly gateClosesMs: number;
  readonly onCancel: 'rebook' | 'end';
  readonly lateDeadlineMs: number;
  readonly settleMs: number;
}

const SECOND = 1000;

/**
 * A worker that dies in the middle of a task costs that task's ten seconds, so each interval in which something must be
 * heard, decided or done is at least fifteen. Nothing has to happen between the end and the closing of the gate.
 */
const plain: Product = {
  name: 'Consulting',
  cutoffMs: 15 * SECOND,
  bookingDeadlineMs: 600 * SECOND,
  gateOpensMs: 15 * SECOND,
  gateClosesMs: 5 * SECOND,
  onCancel: 'rebook',
  lateDeadlineMs: 60 * SECOND,
  settleMs: 15 * SECOND,
};

export const products = {
  plain,
  ending: { ...plain, name: 'Ending', onCancel: 'end' },
  expiring: { ...plain, name: 'Expiring', bookingDeadlineMs: 20 * SECOND },
  declining: { ...plain, name: 'Declining', cutoffMs: 35 * SECOND, lateDeadlineMs: 15 * SECOND },
  approving: { ...plain, name: 'Approving', cutoffMs: 35 * SECOND },
  missed: { ...plain, name: 'Missed', settleMs: 25 * SECOND },
} as const satisfies Readonly<Record<string, Product>>;

export type ProductName = keyof typeof products;

const iso = (ms: number): string => `PT${ms / SECOND}S`;

/** The product's metadata, by the shop's convention. */
export function metadataOf(product: Product): Readonly<Record<string, string>> {
  return {
    'session.cutoff': iso(product.cutoffMs),
    'session.booking-deadline': iso(product.bookingDeadlineMs),
    'session.gate-opens': iso(product.gateOpensMs),
    'session.gate-closes': iso(product.gateClosesMs),
    'session.reminders': iso(product.cutoffMs),
    'session.on-cancel': product.onCancel,
    'session.late-deadline': iso(product.lateDeadlineMs),
    'session.late-default': 'decline',
    'session.settle': iso(product.settleMs),
    'session.refund-settle': 'PT5S',
    'session.half-reschedule': 'PT15S',
    'session.event-type': FAULTS_EVENT_TYPE,
  };
}
