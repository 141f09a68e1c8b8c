/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Ms = number;

export interface HeldHost {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly username: string;
  readonly timeZone: string;
}

export interface HeldEventType {
  readonly id: number;
  readonly title: string;
  readonly slug: string;
  readonly durationMs: number;
  /** Guests may not reschedule later than this before the start; 0: they may. */
  readonly rescheduleNoticeMinutes: number;
  readonly disableRescheduling: boolean;
  readonly disableCancelling: boolean;
  readonly requiresConfirmation: boolean;
}

/** A private link: limited by its uses or by time, never by both. */
export interface HeldLink {
  readonly code: string;
  readonly eventType: HeldEventType;
  readonly maxUsageCount: number | null;
  readonly expiresAt: Ms | null;
  usageCount: number;
}

export interface HeldBooking {
  readonly id: number;
  readonly uid: string;
  readonly eventType: HeldEventType;
  readonly attendee: { readonly name: string; readonly email: string; readonly timeZone: string };
  startsAt: Ms;
  endsAt: Ms;
  readonly createdAt: Ms;
  updatedAt: Ms;
  status: 'ACCEPTED' | 'PENDING' | 'CANCELLED' | 'REJECTED';
  /** Its end is half of a reschedule, or a host's request for one. */
  rescheduled: boolean;
  readonly fromReschedule: string | null;
  readonly rescheduledBy: string | null;
  readonly reschedulingReason: string | null;
  cancelledBy: string | null;
  cancellationReason: string | null;
  absent: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  /** The private link that it was made with. */
  readonly hashedLink: string | null;
  readonly iCalUID: string;
  readonly iCalSequence: number;
  /** The job that tells of the meeting's end; gone once it ran, whatever came of it. */
  endIsDue: boolean;
}

export interface HeldWebhook {
  readonly id: string;
  readonly subscriberUrl: string;
  readonly active: boolean;
  readonly triggers: readonly string[];
  readonly secret: string | null;
  readonly payloadTemplate: string | null;
}

export interface CalcomState {
  readonly host: HeldHost;
  readonly eventTypes: readonly HeldEventType[];
  readonly links: Map<string, HeldLink>;
  /** By uid. */
  readonly bookings: Map<string, HeldBooking>;
  readonly webhooks: Map<string, HeldWebhook>;
}

/** The booking that took this one's place. */
export function successorOf({ bookings }: CalcomState, uid: string): HeldBooking | undefined {
  return [...bookings.values()].find((one) => one.fromReschedule === uid);
}
