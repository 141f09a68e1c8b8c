import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { msToNumber } from '@temporalio/common/lib/time.js';
import type { FaultSwitch } from '../../../integrations/sandbox/faults.ts';
import type { VendorCall } from '../../../platform/http-client.ts';
import { SCALE, SILENCE_MS, type VendorFault } from './vendor-faults.ts';

/** A client that gives up on a silent vendor, and one that a busy machine cannot make give up. */
const HASTY_TIMEOUT_MS = 10_000 / SCALE;
const PATIENT_TIMEOUT_MS = 10_000;

export type OnCall = (call: VendorCall) => void;

/** The activities on either client. */
export type EitherWay<T> = (hasty: boolean) => T;

export function eitherWay<T>(make: (timeoutMs: number) => T): EitherWay<T> {
  const [hastily, patiently] = [make(HASTY_TIMEOUT_MS), make(PATIENT_TIMEOUT_MS)];
  return (hasty) => (hasty ? hastily : patiently);
}

/** One effect on a vendor of its own, ready to be carried out. */
export interface Cell {
  /** Of the vendor that the faults are made at. */
  readonly faults: FaultSwitch;
  /** One attempt, on the hasty client or the patient one. */
  readonly attempt: (hasty: boolean) => Promise<unknown>;
  /** What there is at the vendor and in our rows, once it is done. */
  readonly outcome: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

/** One effect of an activity, with every request that it makes at the vendor of the table. */
export interface Effect {
  readonly name: string;
  /** In order, as `METHOD /path`, ids as `:id`. */
  readonly requests: readonly string[];
  /** Which of them is put under faults, from 0. Default: each; another effect may have the rest. */
  readonly faulted?: readonly number[];
  /** The outcome, whatever went wrong on the way. */
  readonly expected: unknown;
  readonly start: (onCall: OnCall) => Promise<Cell>;
  /** False: the activity goes on by itself, without another attempt. Default true. */
  readonly failsAttempts?: boolean;
}

const MOST_ATTEMPTS = 40;

interface Tried {
  readonly failures: readonly ApplicationFailure[];
}

/** Repeats as Temporal does: not after a final failure, and not before the wait that a failure names is over. */
async function asTemporalDoes(attempt: () => Promise<unknown>): Promise<Tried> {
  const failures: ApplicationFailure[] = [];
  for (let backoffMs = 1000; failures.length < MOST_ATTEMPTS; backoffMs *= 2) {
    try {
      await attempt();
      return { failures };
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.nonRetryable) throw error;
      failures.push(error);
      const told = error.nextRetryDelay;
      await delay((told === undefined ? Math.min(backoffMs, 30_000) : msToNumber(told)) / SCALE);
    }
  }
  throw new Error(`no end: ${failures.map(({ type }) => type).join(', ')}`);
}

/** As an operator reads it: what differs from call to call is left out. */
function labelOf({ method, path }: VendorCall): string {
  const plain = path
    .replace(/\/(scheduled_events|invitees)\/[^/]+/g, '/$1/:id')
    .replace(/\/routes\/[^/]+/, '/routes/:id')
    .replace(/\/bookings\/[^/]+/, '/bookings/:id')
    .replace(/\/event-types\/\d+/, '/event-types/:id')
    .replace(/\/(private-links|shares)\/[^/]+/, '/$1/:id')
    .replace(/\/\d+$/, '/:id');
  return `${method} ${plain}`;
}

/** Every request that an effect makes when nothing goes wrong. */
export async function requestsOf(effect: Effect): Promise<{ requests: string[]; outcome: unknown }> {
  const calls: VendorCall[] = [];
  const cell = await effect.start((call) => calls.push(call));
  try {
    calls.splice(0);
    await cell.attempt(false);
    return { requests: calls.map(labelOf), outcome: await cell.outcome() };
  } finally {
    await cell.close();
  }
}

interface CellReport {
  readonly fault: string;
  readonly code: string | null;
  /** Whether the next attempt was told the wait that was asked for. */
  readonly wait: boolean;
  readonly outcome: unknown;
}

async function runCell(effect: Effect, nth: number, fault: VendorFault): Promise<CellReport> {
  const cell = await effect.start(() => undefined);
  try {
    // Nothing happens to the requests before it.
    if (nth > 0) cell.faults.set({ kind: 'delay', delayMs: 0, times: nth });
    cell.faults.set(fault.rule);
    const started = performance.now();
    const isDue = () => cell.faults.list().length > 0;
    const { failures } = await asTemporalDoes(() => cell.attempt(fault.silent && isDue()));
    // What was still under way there comes to its end.
    const left = started + SILENCE_MS * 1.5 - performance.now();
    if (fault.silent && left > 0) await delay(left);
    const [first] = failures;
    const told = first?.nextRetryDelay === undefined ? null : msToNumber(first.nextRetryDelay);
    const [from, to] = fault.wait ?? [null, null];
    return {
      fault: fault.name,
      code: first?.type ?? null,
      wait:
        first === undefined || (from === null ? told === null : told !== null && told >= from && told <= to),
      outcome: await cell.outcome(),
    };
  } finally {
    await cell.close();
  }
}

/** Carries the effect out once per fault of its nth request, all at once, and holds every report against the table. */
export async function expectOneEach(
  effect: Effect,
  nth: number,
  faults: readonly VendorFault[],
): Promise<void> {
  const reports = await Promise.all(faults.map((fault) => runCell(effect, nth, fault)));
  const fails = effect.failsAttempts ?? true;
  expect(reports).toEqual(
    faults.map(({ name, code }) => ({
      fault: name,
      code: fails ? code : null,
      wait: true,
      outcome: effect.expected,
    })),
  );
}

/** Each request of each effect: a row of the table of tests. */
export const requestRows = (effects: readonly Effect[]) =>
  effects.flatMap((effect) =>
    effect.requests
      .map((request, nth) => ({ title: `${effect.name}: ${nth + 1}. ${request}`, effect, nth }))
      .filter(({ nth }) => effect.faulted?.includes(nth) ?? true),
  );
