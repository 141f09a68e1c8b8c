import type { FaultInput } from '../../../integrations/sandbox/faults.ts';
import type { FailureCode } from '../../../platform/failures.ts';

/** Waits of minutes are tested in seconds. */
export const SCALE = 100;

/** A vendor that is silent for 25 s. */
export const SILENCE_MS = 25_000 / SCALE;

/** One way for one request to go wrong. */
export interface VendorFault {
  readonly name: string;
  readonly rule: FaultInput;
  /** How the attempt fails that meets it. */
  readonly code: FailureCode;
  /** The wait that the next attempt is told, from and to in milliseconds; null: none. */
  readonly wait: readonly [number, number] | null;
  readonly silent: boolean;
}

const fault = (
  name: string,
  code: FailureCode,
  rule: FaultInput,
  more: Partial<VendorFault> = {},
): VendorFault => ({
  name,
  rule,
  code,
  wait: null,
  silent: false,
  ...more,
});

const limited = (
  name: string,
  headers: () => Record<string, string>,
  wait: VendorFault['wait'],
): VendorFault =>
  fault(name, 'vendor-rate-limited', { kind: 'status', status: 429, headers: headers() }, { wait });

/** What every vendor may do. A date in a header has no fractions of a second. */
const faults = (afterUnknown: VendorFault['wait']): readonly VendorFault[] => [
  // Whoever shuts its port breaks the connection of the request that it was just sent.
  fault('connection refused', 'vendor-unreachable', { kind: 'refuse', delayMs: 30 }, { wait: afterUnknown }),
  fault(
    'reset before the server did anything',
    'vendor-unreachable',
    { kind: 'drop' },
    { wait: afterUnknown },
  ),
  fault(
    'reset after the server committed',
    'vendor-unreachable',
    { kind: 'commit-then-hang-up' },
    { wait: afterUnknown },
  ),
  fault(
    'silence, and committed at its end',
    'vendor-timeout',
    { kind: 'delay', delayMs: SILENCE_MS },
    { wait: afterUnknown, silent: true },
  ),
  fault(
    'committed, then silence',
    'vendor-timeout',
    { kind: 'commit-then-silence', delayMs: SILENCE_MS },
    { wait: afterUnknown, silent: true },
  ),
  fault('500', 'vendor-unavailable', { kind: 'status', status: 500 }),
  fault(
    '503 with seconds',
    'vendor-unavailable',
    { kind: 'status', status: 503, headers: { 'retry-after': '2' } },
    { wait: [2000, 2000] },
  ),
  limited('429 with seconds', () => ({ 'retry-after': '7' }), [7000, 7000]),
  limited(
    '429 with a date',
    () => ({ 'retry-after': new Date(Date.now() + 12_000).toUTCString() }),
    [0, 12_000],
  ),
  limited('429 without a header', () => ({}), null),
  fault('malformed JSON', 'vendor-malformed', { kind: 'malformed' }),
  fault('a page instead of JSON', 'vendor-malformed', { kind: 'wrong-content-type' }),
];

/** Calendly says in a header of its own how many seconds are left. */
const calendlyLimit = limited(
  '429 with the seconds left',
  () => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '17' }),
  [17_000, 17_000],
);

/** Cal.com says in a header of its own at which second it takes more. */
const calcomLimit = (): VendorFault =>
  limited(
    '429 with the second of the reset',
    () => ({
      'x-ratelimit-remaining-default': '0',
      'x-ratelimit-reset-default': String(Math.ceil(Date.now() / 1000) + 17),
    }),
    [1000, 18_000],
  );

/** Who may still be at work on a request that timed out is asked again only when that must be over. */
const UNTIL_OVER = [30_000, 30_000] as const;

export const faultsOf = {
  saleorReads: () => faults(null),
  saleorRefunds: () => faults(UNTIL_OVER),
  zammad: () => faults(UNTIL_OVER),
  apisix: () => faults(null),
  calendly: () => [...faults(null), calendlyLimit],
  calcom: () => [...faults(null), calcomLimit()],
} as const;
