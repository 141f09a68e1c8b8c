import type { PageRow } from '../../db/queries/session-page.ts';
import type { Outcome, Phase, SessionView } from '../../workflows/contract/session.ts';
import type { AppointmentUri, Interval } from '../../workflows/contract/values.ts';

/** What the session's page says of the session now; instants in milliseconds. */
export interface SessionFacts {
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  readonly startsAt: number | null;
  readonly endsAt: number | null;
  readonly cutoffAt: number | null;
  readonly bookingDeadline: number | null;
  readonly appointment: AppointmentUri | null;
  /** It is to be booked anew, with another provider. */
  readonly rebook: boolean;
  readonly lateChangePending: boolean;
  /** When a late change that waits is answered at the latest. */
  readonly lateDeadline: number | null;
  /** Until when an approved late change may be made, where one was approved that was asked for here. */
  readonly moveUntil: number | null;
  readonly refund: SessionView['refund'];
  readonly join: readonly Interval[];
  /** False: from the records, because the workflow could not be asked. */
  readonly current: boolean;
}

const instant = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso));

export function factsOfView(view: SessionView): SessionFacts {
  return {
    phase: view.phase,
    outcome: view.outcome,
    startsAt: instant(view.startsAt),
    endsAt: instant(view.endsAt),
    cutoffAt: instant(view.cutoffAt),
    bookingDeadline: instant(view.bookingDeadline),
    appointment: view.appointment,
    rebook: view.rebook ?? false,
    lateChangePending: view.lateChange !== null,
    lateDeadline: instant(view.lateChange?.deadline ?? null),
    moveUntil: instant(view.moveUntil),
    refund: view.refund,
    join: view.gate.join,
    current: true,
  };
}

export function factsOfRow(row: PageRow): SessionFacts {
  return {
    phase: row.phase,
    outcome: row.outcome,
    startsAt: row.startsAt?.getTime() ?? null,
    endsAt: row.endsAt?.getTime() ?? null,
    cutoffAt: row.cutoffAt?.getTime() ?? null,
    bookingDeadline: null,
    appointment: null,
    rebook: false,
    lateChangePending: false,
    lateDeadline: null,
    moveUntil: null,
    refund: 'none',
    join: [],
    current: false,
  };
}
