export interface GatewayBootstrap {
  /** Where APISIX reaches our internal forward-auth endpoint. */
  readonly forwardAuthUrl: string;
  /** Where APISIX reaches our public listener, `http://host:port`. */
  readonly upstreamUrl: string;
  /** Sent to forward-auth as `X-Gateway-Auth`. */
  readonly gatewaySecret: string;
  /** Sent to our public listener as `X-Upstream-Auth`, without which `/customer/*` is 401. */
  readonly upstreamSecret: string;
  /** Every header that forward-auth sets on a 200. */
  readonly identityHeaders: readonly string[];
}

export interface RouteLease {
  /** `sess-<session key>` */
  readonly id: string;
  readonly slug: string;
  readonly sessionKey: string;
  /** Whole seconds, positive. */
  readonly ttlSeconds: number;
}

export interface GatewayClient {
  /**
   * PUTs upstream, service, global rule, the wildcard, public and login routes. Idempotent.
   */
  bootstrap(settings: GatewayBootstrap): Promise<void>;
  /** PUT with `ttl`; never PATCH. */
  putRoute(lease: RouteLease): Promise<void>;
  /** 404 is success. */
  deleteRoute(id: string): Promise<void>;
  routeExists(id: string): Promise<boolean>;
  /**
   * GETs the session's URL at the gateway without a credential until it is live: anything but
   * `404 Route Not Found`. Throws `vendor-timeout` when it is not within `withinMs`.
   */
  awaitLive(slug: string, withinMs: number): Promise<void>;
}
