import type { Outcome } from '../../workflows/contract/session.ts';
import type { Booked, Deeds } from './deeds.ts';
import { products } from './products.ts';

export interface Span {
  readonly from: number;
  readonly until: number;
}

/** What the deeds around one paid unit demand of its session. */
export interface Demand {
  readonly outcome: Outcome;
  /** The whole price is paid back, once, by us. */
  readonly refund: boolean;
  /** Codes that must still need attention at the end, and no others. */
  readonly attention: readonly string[];
  /** A late change was declined by default. */
  readonly declined: boolean;
  /** When the join link may be open, whatever was decided. */
  readonly join: readonly Span[];
  /** From here on nobody may pass; null where only the published gate tells. */
  readonly shutFrom: number | null;
  /** The client opened its link in time to see its page … */
  readonly seesPage: boolean;
  /** … and to join: its time came, and nobody took its access. */
  readonly joins: boolean;
}

/** What a client who comes in the last moment cannot do any more. */
const ROOM_MS = 10_000;

type Time = Pick<Booked, 'startsAt' | 'endsAt'>;

/** The time that stood last, by the order in which things happened. */
function lastTime({ fixed, fixedWasPast, booked, cancelledThere, lateChange }: Deeds): Time | null {
  let standing: (Time & { readonly uri: string | null }) | null =
    fixed && !fixedWasPast ? { ...fixed, uri: null } : null;
  const changes = [
    ...booked.map((one) => ({ at: one.at, booked: one, cancelled: null })),
    ...cancelledThere.map(({ at, uri }) => ({ at, booked: null, cancelled: uri })),
  ].toSorted((a, b) => a.at - b.at);
  for (const change of changes) {
    if (change.booked) {
      const { replaces } = change.booked;
      if (replaces === null || replaces.allowed || lateChange === 'approved') standing = change.booked;
    } else if (standing?.uri === change.cancelled) standing = null;
  }
  return standing;
}

function attentionOf(deeds: Deeds): string[] {
  const codes: string[] = [];
  if (isDeclined(deeds)) codes.push('late-change-declined-but-moved');
  if (deeds.fixedWasPast) codes.push('start-in-the-past');
  return codes;
}

function outcomeOf(deeds: Deeds, time: Time | null): Outcome {
  const endsWhenCancelled = products[deeds.product].onCancel === 'end' && deeds.cancelledThere.length > 0;
  if (deeds.shopEndedAt !== null) return 'refunded';
  if (deeds.cancelledOnPageAt !== null || endsWhenCancelled) return 'cancelled';
  if (time === null) return 'expired';
  return deeds.noShowAt === null ? 'completed' : 'no-show';
}

/** A move after the cutoff that nobody approved stays made at the provider, and somebody must look. */
function isDeclined({ booked, lateChange }: Deeds): boolean {
  return lateChange !== 'approved' && booked.some(({ replaces }) => replaces !== null && !replaces.allowed);
}

/** Pure: the policy, applied to what was acknowledged. */
export function demandOf(deeds: Deeds): Demand {
  const { gateOpensMs, gateClosesMs } = products[deeds.product];
  const time = lastTime(deeds);
  const outcome = outcomeOf(deeds, time);
  const tookPlace = outcome === 'completed' || outcome === 'no-show';
  // While nobody has decided about a late change both times are open, and its default answer may come late.
  const open = deeds.booked.filter(({ replaces }) => replaces !== null && !replaces.allowed);
  const lastEnd = Math.max(...[time, ...open].map((one) => one?.endsAt ?? 0));
  const shutFrom = tookPlace && time ? lastEnd + gateClosesMs : null;
  const opened = deeds.openedAt ?? Infinity;
  const times: readonly Time[] = deeds.fixed ? [deeds.fixed, ...deeds.booked] : deeds.booked;
  return {
    outcome,
    refund: outcome === 'cancelled' || outcome === 'expired',
    attention: attentionOf(deeds),
    declined: isDeclined(deeds),
    join: times.map(({ startsAt, endsAt }) => ({
      from: startsAt - gateOpensMs,
      until: endsAt + gateClosesMs,
    })),
    shutFrom,
    seesPage:
      tookPlace && shutFrom !== null && opened < Math.min(shutFrom, deeds.revokedAt ?? Infinity) - ROOM_MS,
    joins: tookPlace && deeds.revokedAt === null && shutFrom !== null && opened < shutFrom - ROOM_MS,
  };
}
