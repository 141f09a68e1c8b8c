import { ApplicationFailure, heartbeat } from '@temporalio/activity';
import type {
  HousekeepingJob,
  HousekeepingNote,
  HousekeepingPage,
  HousekeepingPageRequest,
  HousekeepingTally,
} from '../../workflows/contract/housekeeping.ts';
import type { ActivityLog } from '../dependencies.ts';
import { toApplicationFailure } from '../failures.ts';

/** Does one bounded page of a job. */
export type PageOf = (request: HousekeepingPageRequest) => Promise<HousekeepingPage>;

/** Something that was found about one item, and what was done about it. A stable code. */
export interface Finding {
  readonly kind: 'repaired' | 'raised';
  readonly code: string;
}

export const repaired = (code: string): Finding => ({ kind: 'repaired', code });
export const raised = (code: string): Finding => ({ kind: 'raised', code });

/** After this many items for which somebody was away, the others of the page would only wait for the same. */
const MOST_AWAY = 3;

export interface Looked extends HousekeepingTally {
  /** How many of the items were looked at, from the first on. */
  readonly handled: number;
  readonly halted: string | null;
}

/**
 * Looks at each item in turn, with a heartbeat after each. One that cannot be looked at does not keep the others from
 * it. Everything that was found stands in the log too, by code and id.
 */
export async function lookAtEach<Item>(
  items: readonly Item[],
  about: {
    readonly job: HousekeepingJob;
    readonly log: ActivityLog;
    readonly idOf: (item: Item) => string;
  },
  look: (item: Item) => Promise<readonly Finding[]>,
): Promise<Looked> {
  const { job, log } = about;
  const notes: HousekeepingNote[] = [];
  const counts = { repaired: 0, raised: 0, failed: 0 };
  let handled = 0;
  let away = 0;
  let halted: string | null = null;
  const note = (kind: keyof typeof counts, code: string, id: string): void => {
    counts[kind] += 1;
    notes.push({ code, id, ...(kind === 'raised' && { raised: true as const }) });
    const level = kind === 'repaired' ? 'info' : 'warn';
    log[level]({ job, code, id }, `housekeeping: ${kind}`);
  };
  for (const item of items) {
    const id = about.idOf(item);
    try {
      for (const { kind, code } of await look(item)) note(kind, code, id);
    } catch (error) {
      const failure = toApplicationFailure(error);
      if (!(failure instanceof ApplicationFailure)) throw failure;
      const code = failure.type ?? 'internal';
      note('failed', code, id);
      if (!failure.nonRetryable) away += 1;
      if (away === MOST_AWAY) halted = code;
    }
    handled += 1;
    heartbeat(handled);
    if (halted !== null) break;
  }
  return { looked: handled, ...counts, untouched: 0, notes, handled, halted };
}

/** The page that a look at its items came to. */
export function pageOf(looked: Looked, cursor: string | null): HousekeepingPage {
  const { handled: _, ...tally } = looked;
  return { ...tally, cursor };
}

/** Two looks at one page as one. */
export function together(one: Looked, other: Looked): Looked {
  return {
    looked: one.looked + other.looked,
    repaired: one.repaired + other.repaired,
    raised: one.raised + other.raised,
    failed: one.failed + other.failed,
    untouched: one.untouched + other.untouched,
    notes: [...one.notes, ...other.notes],
    handled: one.handled + other.handled,
    halted: one.halted ?? other.halted,
  };
}
