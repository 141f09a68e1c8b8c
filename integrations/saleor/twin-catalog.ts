import type { Policy } from '../../workflows/contract/session.ts';
import type { SoldLine } from './twin-orders.ts';
import { readPolicy } from './policy.ts';
import { Refusals } from './problems.ts';

/** What the sandbox's shop sells: something for each deal that a newcomer wants to see. */
export interface CatalogProduct {
  readonly key: string;
  readonly name: string;
  /** What it is good for, to who tries the system out. */
  readonly about: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly durationMinutes: number;
  /** How long after the payment it begins; absent: the client books. */
  readonly startsInMs?: number;
}

const MINUTE = 60_000;
const DAY = 86_400_000;

export const catalog: readonly CatalogProduct[] = [
  {
    key: 'consulting',
    name: 'Consulting session',
    about: 'The client pays, gets a link by mail, and books a time.',
    metadata: {},
    durationMinutes: 60,
  },
  {
    key: 'workshop',
    name: 'Workshop seat',
    about: 'The time is sold with it: ten days from now.',
    metadata: {},
    durationMinutes: 120,
    startsInMs: 10 * DAY,
  },
  {
    key: 'strict',
    name: 'Strict session',
    about: 'Little may be changed, and late wishes are granted unless somebody says no.',
    metadata: {
      'session.cutoff': 'PT48H',
      'session.refund': 'none',
      'session.on-cancel': 'end',
      'session.late-default': 'approve',
    },
    durationMinutes: 45,
  },
  {
    key: 'quick',
    name: 'Session in three minutes',
    about: 'A whole life while you watch: it locks after two minutes, and is over after six.',
    metadata: {
      'session.cutoff': 'PT1M',
      'session.gate-opens': 'PT1M',
      'session.gate-closes': 'PT1M',
      'session.reminders': 'PT90S',
      'session.settle': 'PT1M',
      'session.late-deadline': 'PT1M',
    },
    durationMinutes: 2,
    startsInMs: 3 * MINUTE,
  },
];

const UNITS: readonly (readonly [string, number])[] = [
  ['day', DAY],
  ['hour', 3_600_000],
  ['minute', MINUTE],
  ['second', 1000],
];

/** `24 hours`, `90 seconds`: in the largest unit that it is a whole number of, days from two on. */
export function lengthInWords(ms: number): string {
  const [unit, size] = UNITS.find(
    ([name, one]) => ms % one === 0 && ms >= (name === 'day' ? 2 * one : one),
  ) ?? ['second', 1000];
  const count = ms / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** The deal that a product is sold under, in words. */
export function policyInWords(policy: Policy): readonly string[] {
  const cutoff = lengthInWords(policy.cutoffMs);
  return [
    `May be moved or cancelled until ${cutoff} before its start.`,
    policy.refund === 'full'
      ? 'Cancelled in time, it is paid back in full.'
      : 'Cancelled in time, nothing is paid back.',
    `After that a person decides within ${lengthInWords(policy.lateDeadlineMs)}; without an answer the wish is ${policy.lateDefault === 'approve' ? 'granted' : 'declined'}.`,
    policy.onCancel === 'rebook'
      ? 'A time that is given up at the calendar can be booked anew.'
      : 'Giving the time up at the calendar cancels the session.',
  ];
}

export function policyOf(metadata: Readonly<Record<string, string>>): Policy {
  return readPolicy((key) => metadata[key], new Refusals());
}

/** The line of an order for one of the catalog's products; undefined for one that is not there. */
export function lineOf(key: string, quantity: number, now: number): SoldLine | undefined {
  const product = catalog.find((one) => one.key === key);
  if (!product) return undefined;
  const { name, metadata, durationMinutes, startsInMs } = product;
  return {
    productName: name,
    quantity,
    durationMinutes,
    productMetadata: metadata,
    ...(startsInMs === undefined ? {} : { start: new Date(now + startsInMs).toISOString() }),
  };
}
