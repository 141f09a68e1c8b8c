declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = Brand<number, 'Instant'>;

/** A length of time in milliseconds. */
export type Millis = number;

/** `base64url(sha256(saleorDomain | orderUuid | lineUuid | unit))`, first 22 characters. */
export type SessionKey = Brand<string, 'SessionKey'>;

/** Names a booking that is not a paid session: 22 characters of base64url. */
export type BookingKey = Brand<string, 'BookingKey'>;

/**
 * The `jti` of a link's token. A session's is `<session key>-<n>`, n counting from 1; one of the Booking Link API is
 * 22 random characters of base64url. Never reused once revoked.
 */
export type LinkId = Brand<string, 'LinkId'>;

/** What names an appointment at its provider: Calendly's invitee URI, `calcom:bookings/<uid>`. */
export type AppointmentUri = Brand<string, 'AppointmentUri'>;

/** Names one effect of one session, e.g. `open-ticket` or `write-ticket:1795257987`. Unique per session. */
export type StepId = Brand<string, 'StepId'>;

export type Provider = 'calendly' | 'calcom';

/** Half-open: `from` is inside, `until` is not. */
export interface Interval {
  readonly from: Instant;
  readonly until: Instant;
}

/** Who asked for a change. */
export type Actor = 'client' | 'agent' | 'operator' | 'host' | 'shop' | 'system';
