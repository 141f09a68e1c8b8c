import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultSwitch } from '../sandbox/faults.ts';
import type { Neighbour, PageTable } from '../sandbox/page.ts';
import { startTwin, type TwinLog } from '../sandbox/twin.ts';
import { APISIX_ACCESS_LOG_FORMAT } from './twin/access-log.ts';
import { createAdminListener } from './twin/admin.ts';
import { createDataPlane } from './twin/data-plane.ts';
import { routeOf } from './twin/router.ts';
import { createStore } from './twin/store.ts';

export interface ApisixTwinOptions {
  /** Where the twin's page leads besides. */
  readonly neighbours?: () => readonly Neighbour[];
  /** 0 takes any free port. */
  readonly adminPort: number;
  readonly gatewayPort: number;
  readonly host?: string;
  readonly adminKey: string;
  /** A second key that may only read. */
  readonly viewerKey?: string;
  /** The version that its Admin API names. Default 3.18.0; the behaviour stays that version's. */
  readonly version?: string;
  readonly log?: TwinLog;
  /** `nginx_config.http.access_log_format`. Default: APISIX's own, which holds queries. */
  readonly accessLogFormat?: string;
  /** The twin's clock, in milliseconds: leases and rate windows follow it. */
  readonly now?: () => number;
}

/** A route that the gateway serves now. */
export interface TwinRoute {
  readonly id: string;
  readonly uris: readonly string[];
  readonly serviceId: string | null;
  /** The end of its lease in milliseconds; null when it is permanent. */
  readonly expiresAt: number | null;
}

export interface ApisixTwin {
  /** The Admin API; `/__sandbox` on it shows what the twin holds. */
  readonly adminUrl: string;
  readonly gatewayUrl: string;
  /** On the Admin API's side. */
  readonly faults: FaultSwitch;
  /** While down, the Admin API answers as APISIX does without etcd; the gateway goes on with what it has. */
  etcdDown(down: boolean): void;
  routes(): readonly TwinRoute[];
  /** The gateway's access log, oldest line first. */
  accessLog(): readonly string[];
  /** Sends what http-logger keeps instead of waiting for it; resolves when nothing of it is under way. */
  flushLogs(): Promise<void>;
  close(): Promise<void>;
}

const LINES_ON_PAGE = 200;

function isoOrDash(instant: number | null): string {
  return instant === null ? 'permanent' : new Date(instant).toISOString();
}

/**
 * A twin of APISIX 3.18 in traditional mode: the Admin API and a data plane that matches, runs uri-blocker,
 * ip-restriction, limit-count, forward-auth, proxy-rewrite and http-logger, and proxies. Not there: consumers, other
 * plugins, `vars`, WebSockets.
 */
export async function startApisixTwin(options: ApisixTwinOptions): Promise<ApisixTwin> {
  const now = options.now ?? Date.now;
  const host = options.host ?? '127.0.0.1';
  const store = createStore(now);
  const dataPlane = createDataPlane({
    store,
    now,
    accessLogFormat: options.accessLogFormat ?? APISIX_ACCESS_LOG_FORMAT,
    ...(options.log ? { log: options.log } : {}),
  });

  const gateway = createServer(dataPlane.listener);
  gateway.listen(options.gatewayPort, host);
  await once(gateway, 'listening');
  const gatewayUrl = `http://${host}:${(gateway.address() as AddressInfo).port}`;

  const routes = (): TwinRoute[] =>
    store.list('routes').map((stored) => {
      const route = routeOf(stored);
      return {
        id: stored.id,
        uris: route.uris ?? (route.uri === undefined ? [] : [route.uri]),
        serviceId: route.service_id === undefined ? null : String(route.service_id),
        expiresAt: stored.expiresAt,
      };
    });

  const tables = (): PageTable[] => [
    {
      title: 'Routes',
      columns: ['Id', 'URIs', 'Service', 'Lease until'],
      rows: routes().map((route) => [
        route.id,
        route.uris.join(' '),
        route.serviceId ?? '',
        isoOrDash(route.expiresAt),
      ]),
    },
    {
      title: 'Other resources',
      columns: ['Key'],
      rows: (['services', 'upstreams', 'plugin_configs', 'global_rules'] as const).flatMap((collection) =>
        store.list(collection).map((stored) => [stored.key]),
      ),
    },
    {
      title: 'Access log',
      columns: ['Newest first'],
      rows: dataPlane
        .accessLog()
        .slice(-LINES_ON_PAGE)
        .toReversed()
        .map((line) => [line]),
    },
  ];

  try {
    const admin = await startTwin(
      {
        vendor: 'APISIX',
        listener: createAdminListener({
          store,
          adminKey: options.adminKey,
          ...(options.viewerKey === undefined ? {} : { viewerKey: options.viewerKey }),
          ...(options.version === undefined ? {} : { version: options.version }),
        }),
        errorBody: (status) => ({
          contentType: 'application/json',
          body: `${JSON.stringify(status === 404 ? { message: 'Key not found' } : { error_msg: `sandbox fault ${status}` })}\n`,
        }),
        tables,
      },
      {
        port: options.adminPort,
        host,
        ...(options.log ? { log: options.log } : {}),
        ...(options.neighbours ? { neighbours: options.neighbours } : {}),
        now,
      },
    );
    options.log?.info({ sandbox: 'APISIX', url: gatewayUrl }, 'sandbox gateway listens');
    return {
      adminUrl: admin.url,
      gatewayUrl,
      faults: admin.faults,
      etcdDown(down) {
        store.etcdDown = down;
      },
      routes,
      accessLog: () => dataPlane.accessLog(),
      flushLogs: () => dataPlane.flushLogs(),
      async close() {
        dataPlane.close();
        gateway.closeAllConnections();
        gateway.close();
        await Promise.all([once(gateway, 'close'), admin.close()]);
      },
    };
  } catch (error) {
    gateway.close();
    throw error;
  }
}
