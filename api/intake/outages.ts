import type { InboxRow, InboxSource } from '../../db/tables.ts';
import type { Clock } from '../../platform/clock.ts';
import type { IntakeLog } from './log.ts';
import type { Outcome } from './outcome.ts';

/** Who a delivery may have to wait for. */
type Away = 'temporal' | 'postgresql' | InboxSource;

/**
 * Twice the longest back-off and more: what waits would have met it again. Another replica may have done the rest, so
 * that nobody here saw the end.
 */
const FORGOTTEN_AFTER_MS = 5 * 60 * 1000;

/** Says once that somebody is away and once that they are back, however many rows and passes meet it. */
export interface Outages {
  met(away: Away, reason: string): void;
  over(away: Away): void;
  /** What an attempt to deliver a row tells of who it needed. */
  attempted(row: Pick<InboxRow, 'source' | 'reason'>, outcome: Outcome): void;
}

/** Whom a row waits for, by the reason that was written for it. */
function awaited(source: InboxSource, reason: string | null): Away | undefined {
  if (reason === 'engine-unavailable') return 'temporal';
  return reason?.startsWith('vendor-') ? source : undefined;
}

export function createOutages(deps: { readonly log: IntakeLog; readonly clock: Clock }): Outages {
  const known = new Map<Away, { readonly since: number; last: number; attempts: number }>();

  function met(away: Away, reason: string): void {
    const now = deps.clock();
    const outage = known.get(away);
    if (outage && now - outage.last < FORGOTTEN_AFTER_MS) {
      outage.last = now;
      outage.attempts += 1;
      return;
    }
    known.set(away, { since: now, last: now, attempts: 1 });
    deps.log.warn({ away, reason }, 'deliveries wait');
  }

  function over(away: Away): void {
    const outage = known.get(away);
    if (!outage) return;
    known.delete(away);
    const { since, attempts } = outage;
    deps.log.info({ away, seconds: Math.round((deps.clock() - since) / 1000), attempts }, 'deliveries go on');
  }

  return {
    met,
    over,
    attempted(row, outcome) {
      const now = outcome.kind === 'wait' ? awaited(row.source, outcome.reason) : undefined;
      if (now) met(now, outcome.reason ?? '');
      const before = awaited(row.source, row.reason);
      // Who waits for another now has not come far enough to tell.
      if (before && !now) over(before);
    },
  };
}
