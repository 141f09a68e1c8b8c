/** What came back from the provider with the client. */
export type OidcOutcome =
  | {
      readonly ok: true;
      /** Verified by the provider. */
      readonly email: string;
      readonly back: string | null;
    }
  | {
      readonly ok: false;
      readonly reason: 'no-state' | 'refused' | 'unverified-email' | 'provider-unavailable';
    };

/** The login with an account at an outside provider. */
export interface OidcLogin {
  /**
   * Where to send the client, and a sealed text for a cookie that the client must bring back.
   *
   * @param back a path that `readReturnPath` has accepted, or null.
   * @throws when the provider cannot be reached.
   */
  begin(back: string | null): Promise<{ readonly location: string; readonly state: string }>;
  /**
   * Reads what the provider sent the client back with. Never throws.
   *
   * @param callback the URL that was asked for, with its query.
   * @param state the cookie's text, or undefined when there was none.
   */
  finish(callback: URL, state: string | undefined): Promise<OidcOutcome>;
}
