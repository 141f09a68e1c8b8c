/** What is counted, each by a key of its own. */
export type LimitName =
  | 'links-per-tenant'
  | 'links-per-user'
  | 'links-per-address'
  | 'bookings-per-address'
  | 'logins-per-address'
  | 'logins-per-email'
  | 'booking-requests-per-address'
  | 'booking-requests-per-email'
  | 'booking-reads-per-address'
  | 'registrations-per-address';

/** The standing of one counter after it was charged. */
export interface LimitStanding {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Whole seconds until the window ends. */
  readonly resetSeconds: number;
}

export interface RateLimits {
  /** Charges one point. Never throws: while the store is away each process counts for itself. */
  charge(name: LimitName, key: string): Promise<LimitStanding>;
}
