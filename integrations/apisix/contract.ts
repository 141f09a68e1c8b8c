export interface GatewayBootstrap {
  /** Where APISIX reaches our internal forward-auth endpoint; `gateway/events` is beside it. */
  readonly forwardAuthUrl: string;
  /** Where APISIX reaches our public listener, `http://host:port`. */
  readonly upstreamUrl: string;
  /** Sent to forward-auth as `X-Gateway-Auth`, and with the gateway's events as a bearer token. */
  readonly gatewaySecret: string;
  /** Sent to our public listener as `X-Upstream-Auth`, without which `/customer/*` is 401. */
  readonly upstreamSecret: string;
  /** Every header that forward-auth sets on a 200. */
  readonly identityHeaders: readonly string[];
  /** Addresses or CIDRs that reach `/api/v1/admin` through the gateway. None: nobody does. */
  readonly adminAllow?: readonly string[];
  /** forward-auth is told of the trace that the gateway began. Default: it is not. */
  readonly traceparent?: boolean;
}

/** Where the gateway is not as it should be. No value stands in it: some are secrets. */
export interface GatewayDifference {
  /** `<collection>/<id>` as in the Admin API's path. */
  readonly resource: string;
  readonly kind: 'missing' | 'different' | 'unwanted';
  /** Of a different one: where, e.g. `plugins.forward-auth.timeout`. */
  readonly fields: readonly string[];
}

/** What all sessions share at the gateway: upstream, services, rule and the permanent routes. */
export interface GatewayControl {
  /** Looks only. @throws {VendorFailure | CodedFailure} */
  inspect(settings: GatewayBootstrap): Promise<readonly GatewayDifference[]>;
  /**
   * PUTs what is missing or different and deletes what is unwanted; what is right is left alone, since each change
   * makes every worker of the gateway rebuild its routes. Idempotent, and safe beside another replica's.
   *
   * @returns what it changed.
   * @throws {VendorFailure | CodedFailure} with `not-configured` before anything is written.
   */
  bootstrap(settings: GatewayBootstrap): Promise<readonly GatewayDifference[]>;
}

export interface RouteLease {
  /** `sess-<session key>` */
  readonly id: string;
  readonly slug: string;
  readonly sessionKey: string;
  /** Whole seconds, positive. */
  readonly ttlSeconds: number;
}

/** What a session needs at the gateway. */
export interface GatewayClient {
  /** PUT with `ttl`; never PATCH. `vendor-unavailable` also while the gateway is not set up yet. */
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

/** A route of its own that a session has at the gateway. Instants in milliseconds. */
export interface HeldRoute {
  readonly id: string;
  /** As its label says; not checked. */
  readonly sessionKey: string;
  readonly updatedAt: number;
  /** When it runs out by itself; null where that is not written on it. */
  readonly leaseUntil: number | null;
}

/** What housekeeping looks at. Routes without our labels are only counted. */
export interface GatewayRoutes {
  /** Undefined when there is none, or one that is not ours. */
  readRoute(id: string): Promise<HeldRoute | undefined>;
  /** @param page from 1. */
  listRoutes(
    page: number,
  ): Promise<{ readonly sessions: readonly HeldRoute[]; readonly others: number; readonly isLast: boolean }>;
}
