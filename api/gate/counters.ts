import { GATE_METRICS } from '../../platform/metrics/gate.ts';
import type { GateVerdict } from './decision.ts';

/** How often the gate gave one answer for one reason. */
export interface VerdictCount {
  readonly verdict: string;
  readonly reason: string;
  readonly count: number;
}

export interface GateCounts {
  readonly verdicts: readonly VerdictCount[];
  /** 200s that were given before the router, from memory alone. */
  readonly answeredAtOnce: number;
  /** Sessions that were found in memory, at once or after a signature was checked. */
  readonly memoryHits: number;
  /** Sessions that the stores were asked about. */
  readonly memoryMisses: number;
  /** How many verdicts took how long: one number for each bucket, then those that took longer. */
  readonly durations: { readonly counts: readonly number[]; readonly sumSeconds: number };
}

export interface GateCounters {
  /** 200s given at once. Plain numbers: whoever counts a hit adds one, and that is all. */
  readonly atOnce: { page: number; join: number };
  /** @param ms from the question to the verdict. */
  count(verdict: GateVerdict, ms: number): void;
  /** Somebody who is not the gateway asked. */
  countStranger(): void;
  countLook(found: 'in-memory' | 'in-stores'): void;
  read(): GateCounts;
}

/** Every answer there is, so that one which never happened stands at zero instead of not at all. */
const answers = [
  ['200', 'page'],
  ['200', 'join'],
  ['302', 'no-credential'],
  ['302', 'bad-credential'],
  ['302', 'revoked'],
  ['303', 'exchanged'],
  ['303', 'cleaned'],
  ['401', 'no-credential'],
  ['401', 'bad-credential'],
  ['401', 'revoked'],
  ['401', 'not-the-gateway'],
  ['403', 'not-yours'],
  ['403', 'opening'],
  ['403', 'not-booked'],
  ['403', 'not-yet'],
  ['403', 'no-longer'],
  ['403', 'closed'],
  ['410', 'over'],
  ['503', 'store'],
  ['503', 'engine'],
  ['503', 'late'],
  ['503', 'failed'],
] as const;

/** The finer half of a verdict, for metrics and the audit. */
export function reasonOf(verdict: GateVerdict): (typeof answers)[number][1] {
  switch (verdict.status) {
    case 200:
      return verdict.access;
    case 303:
      return verdict.exchange === null ? 'cleaned' : 'exchanged';
    case 302:
    case 401:
    case 403:
    case 503:
      return verdict.reason;
    case 410:
      return 'over';
  }
}

const { buckets } = GATE_METRICS.latchkey_gate_verdict_duration_seconds;

export function createGateCounters(): GateCounters {
  const counted = new Map<string, number>();
  const atOnce = { page: 0, join: 0 };
  let inMemory = 0;
  let inStores = 0;
  const durations = buckets.map(() => 0).concat(0);
  let sumSeconds = 0;
  const add = (verdict: string, reason: string): void => {
    const name = `${verdict} ${reason}`;
    counted.set(name, (counted.get(name) ?? 0) + 1);
  };
  function took(ms: number): void {
    const seconds = ms / 1000;
    const place = buckets.findIndex((upTo) => seconds <= upTo);
    const bucket = place < 0 ? buckets.length : place;
    durations[bucket] = (durations[bucket] ?? 0) + 1;
    sumSeconds += seconds;
  }
  return {
    atOnce,
    count(verdict, ms) {
      add(String(verdict.status), reasonOf(verdict));
      took(ms);
    },
    countStranger() {
      add('401', 'not-the-gateway');
      took(0);
    },
    countLook(found) {
      if (found === 'in-memory') inMemory += 1;
      else inStores += 1;
    },
    read() {
      const answeredAtOnce = atOnce.page + atOnce.join;
      return {
        verdicts: answers.map(([verdict, reason]) => ({
          verdict,
          reason,
          count:
            (counted.get(`${verdict} ${reason}`) ?? 0) +
            (verdict === '200' ? (reason === 'page' ? atOnce.page : atOnce.join) : 0),
        })),
        answeredAtOnce,
        memoryHits: answeredAtOnce + inMemory,
        memoryMisses: inStores,
        // Reading a clock for them would cost more than anything that it could tell.
        durations: { counts: durations.map((n, at) => (at === 0 ? n + answeredAtOnce : n)), sumSeconds },
      };
    },
  };
}
