import type { Provider } from '../../workflows/contract/values.ts';

/** What a scheduling provider says of an appointment. Instants in milliseconds. */
export interface ProviderAppointment {
  /**
   * Names it, for ever, and tells which provider's it is: Calendly's invitee URI, or `calcom:bookings/<uid>`. A
   * reschedule makes a new one.
   */
  readonly uri: string;
  /** The provider's event that it belongs to: Calendly's scheduled event; at Cal.com the appointment itself. */
  readonly eventUri: string;
  readonly createdAt: number;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly status: 'active' | 'cancelled';
  /** Its end is, or will be, half of a reschedule: never a cancellation. */
  readonly rescheduled: boolean;
  readonly replaces: string | null;
  readonly replacedBy: string | null;
  readonly noShow: boolean;
  readonly cancellation: { readonly by: 'client' | 'host'; readonly at: number } | null;
  readonly rescheduleUrl: string | null;
  readonly cancelUrl: string | null;
  readonly joinUrl: string | null;
  readonly timeZone: string | null;
  /** Our reference as it came back; verify its signature before use. */
  readonly reference: string | null;
  /** By which of our links it was booked. */
  readonly campaign: string | null;
}

/** What was wrong with a provider's webhook subscription, and was put right. */
export type SubscriptionChange =
  | 'none'
  | 'was-missing'
  | 'was-disabled'
  | 'had-other-events'
  | 'had-other-secret'
  /** A template of its own replaced the whole body. */
  | 'had-a-template';

/** What a scheduling link carries for whoever books with it, and for us when the webhook comes. */
export interface LinkFacts {
  /** Signed; comes back with the appointment. */
  readonly reference: string;
  /** Names the link among those of its session; null for a link that is the only one. */
  readonly campaign: string | null;
  /** First and last name, or an empty text. */
  readonly name: string;
  readonly email: string;
}

/** A link that was made. */
export interface SchedulingLink {
  readonly bookingUrl: string;
  /** Names it for `withdrawLink`; null for one that cannot be taken back. */
  readonly link: string | null;
}

/** What came of taking a link back: nobody books with it any more, whichever it is. */
export type Withdrawal = 'withdrawn' | 'gone' | 'booked';

/** Calendly or Cal.com, as sessions and bookings need them. Failures are `VendorFailure`s; nothing retries by itself. */
export interface SchedulingProvider {
  readonly provider: Provider;
  /**
   * A link that one appointment can be made with, prefilled, and marked with our reference. Not idempotent: a repeat
   * makes a second live link.
   *
   * @param eventType Calendly's UUID, Cal.com's numeric id.
   * @param how.withdrawable asks for one that can be taken back, where the provider has such links. Default: false.
   */
  createSchedulingLink(
    eventType: string,
    facts: LinkFacts,
    how?: { readonly withdrawable: boolean },
  ): Promise<SchedulingLink>;
  /** Takes a link back that nobody has booked with. A repeat finds it `gone`. */
  withdrawLink(link: string): Promise<Withdrawal>;
  /** Undefined when the provider does not know it. */
  getAppointment(uri: string): Promise<ProviderAppointment | undefined>;
  /** Every appointment of this address from `since` on, pages followed; for a search by reference. */
  findAppointments(search: {
    readonly email: string;
    readonly since: number;
  }): Promise<readonly ProviderAppointment[]>;
  /** "Already cancelled" is success. */
  cancelAppointment(uri: string, reason: string): Promise<void>;
  /**
   * Moves an appointment and answers with the one that took its place; a repeat after a move that was made finds it.
   * Null where the provider's API moves none (Calendly).
   */
  readonly moveAppointment:
    | ((
        uri: string,
        to: { readonly startsAt: number; readonly reason: string },
      ) => Promise<ProviderAppointment>)
    | null;
}
