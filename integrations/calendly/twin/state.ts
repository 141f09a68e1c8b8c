/** Microseconds since 1970-01-01T00:00:00Z: Calendly writes six decimals. */
export type Micros = number;

export type CancelledBy = 'host' | 'invitee';

export interface HeldCancellation {
  readonly canceledBy: string;
  readonly reason: string | null;
  readonly cancelerType: CancelledBy;
  readonly createdAt: Micros;
}

export interface Tracking {
  readonly campaign: string | null;
  readonly source: string | null;
  readonly medium: string | null;
  readonly content: string | null;
  readonly term: string | null;
}

export interface HeldEvent {
  readonly uuid: string;
  readonly eventTypeUuid: string;
  readonly name: string;
  startsAt: Micros;
  endsAt: Micros;
  readonly meeting: { readonly id: number; readonly password: string; readonly joinUrl: string };
  readonly createdAt: Micros;
  updatedAt: Micros;
  cancellation: HeldCancellation | null;
}

export interface InviteeId {
  readonly eventUuid: string;
  readonly uuid: string;
}

/** An invitee; the twin's events have exactly one each. */
export interface HeldInvitee extends InviteeId {
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly name: string;
  readonly timeZone: string;
  readonly answers: readonly {
    readonly question: string;
    readonly answer: string;
    readonly position: number;
  }[];
  readonly tracking: Tracking;
  readonly createdAt: Micros;
  updatedAt: Micros;
  readonly oldInvitee: InviteeId | null;
  newInvitee: InviteeId | null;
  noShow: { readonly uuid: string; readonly createdAt: Micros } | null;
}

/** The account that the twin plays. */
export interface HeldHost {
  readonly userUuid: string;
  readonly organizationId: string;
  readonly name: string;
  readonly slug: string;
  readonly email: string;
  readonly timeZone: string;
}

export interface HeldEventType {
  readonly uuid: string;
  readonly name: string;
  readonly slug: string;
  readonly durationMs: number;
}

/** A single-use link, or a share's; it closes with the booking that is made through it. */
export interface HeldLink {
  readonly code: string;
  /** Of the share; null for a link that cannot be deleted. */
  readonly shareUuid: string | null;
  readonly createdAt: Micros;
  /** The share was deleted. */
  isDeleted: boolean;
  readonly eventType: HeldEventType;
  bookedBy: InviteeId | null;
}

export interface HeldSubscription {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly scope: string;
  readonly organization: string;
  readonly user: string | null;
  readonly signingKey: string | null;
  readonly createdAt: Micros;
  /** Webhooks that were sent before it was made say nothing about its health. */
  readonly deliveriesBefore: number;
}

export interface CalendlyState {
  readonly host: HeldHost;
  readonly eventTypes: readonly HeldEventType[];
  readonly links: Map<string, HeldLink>;
  readonly events: Map<string, HeldEvent>;
  /** By the invitee's uuid. */
  readonly invitees: Map<string, HeldInvitee>;
  readonly subscriptions: Map<string, HeldSubscription>;
}

/** Six decimals and `Z`, as Calendly writes every time. */
export function formatMicros(instant: Micros): string {
  const millis = Math.floor(instant / 1000);
  const rest = String(instant - millis * 1000).padStart(3, '0');
  return new Date(millis).toISOString().replace('Z', `${rest}Z`);
}

/** Reads such a time without losing its microseconds. */
export function parseMicros(text: string): Micros {
  const decimals = (/\.(\d+)/.exec(text)?.[1] ?? '').padEnd(6, '0').slice(0, 6);
  const whole = Date.parse(text.replace(/\.\d+/, ''));
  return whole * 1000 + Number(decimals);
}
