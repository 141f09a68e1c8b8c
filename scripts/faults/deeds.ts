import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Story } from './plan.ts';
import type { ProductName } from './products.ts';

/** A time that the provider confirmed. Instants in milliseconds. */
export interface Booked {
  readonly uri: string;
  readonly at: number;
  readonly startsAt: number;
  readonly endsAt: number;
  /** The appointment that it replaced, and whether an accepted request led there. */
  readonly replaces: { readonly uri: string; readonly allowed: boolean } | null;
}

/**
 * What was really done about one paid unit, as it was acknowledged: what the run must end in follows from this alone.
 * A request whose answer never came is repeated until it has one.
 */
export interface Deeds {
  readonly key: SessionKey;
  readonly story: Story;
  readonly product: ProductName;
  readonly orderId: string;
  readonly lineId: string;
  /** The time that came with the order. */
  readonly fixed: { readonly startsAt: number; readonly endsAt: number } | null;
  /** That time had passed when the order was taken in, so the client chose another. */
  fixedWasPast: boolean;
  /** When the client had opened its link. */
  openedAt: number | null;
  readonly booked: Booked[];
  /** The client's cancellations at the provider. */
  readonly cancelledThere: { readonly uri: string; readonly at: number }[];
  /** When the answer came that the session is cancelled; null while there is none, or it was refused. */
  cancelledOnPageAt: number | null;
  shopEndedAt: number | null;
  noShowAt: number | null;
  lateChange: 'approved' | 'refused' | null;
  /** When every replica had confirmed the revocation. */
  revokedAt: number | null;
  /** Steps that an operator sent on their way again. */
  readonly retried: string[];
  /** Why the story could not be told to its end; null when it could. */
  stuck: string | null;
}

export function noDeeds(
  unit: Pick<Deeds, 'key' | 'story' | 'product' | 'orderId' | 'lineId' | 'fixed'>,
): Deeds {
  return {
    ...unit,
    fixedWasPast: false,
    openedAt: null,
    booked: [],
    cancelledThere: [],
    cancelledOnPageAt: null,
    shopEndedAt: null,
    noShowAt: null,
    lateChange: null,
    revokedAt: null,
    retried: [],
    stuck: null,
  };
}
