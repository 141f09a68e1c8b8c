import { readFileSync } from 'node:fs';

export const calcomFixtures = [
  'BOOKING_CREATED',
  'BOOKING_RESCHEDULED',
  'BOOKING_CANCELLED',
  'BOOKING_CANCELLED.request_reschedule',
  'BOOKING_NO_SHOW_UPDATED',
  'BOOKING_PAID',
  'BOOKING_PAYMENT_INITIATED',
  'MEETING_ENDED',
] as const;

export type CalcomFixture = (typeof calcomFixtures)[number];

/** A body as Cal.com sends it. */
export function readCalcomFixture(name: CalcomFixture): Buffer {
  return readFileSync(new URL(`../fixtures/calcom/${name}.json`, import.meta.url));
}

export interface CalcomBody {
  triggerEvent: string;
  createdAt: string;
  payload: Record<string, unknown>;
}

/** The same with something changed in its payload. */
export function changedFixture(name: CalcomFixture, payload: Record<string, unknown>, root = {}): Buffer {
  const body = JSON.parse(readCalcomFixture(name).toString('utf8')) as CalcomBody;
  return Buffer.from(JSON.stringify({ ...body, ...root, payload: { ...body.payload, ...payload } }));
}
