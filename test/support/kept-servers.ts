import type { RunningPostgres } from '../../scripts/servers/postgres.ts';

export interface KeptServers {
  readonly postgres: RunningPostgres;
  /** Holds their data; removed at the end. */
  readonly folder: string;
}

declare global {
  // Jest loads setup and teardown as two modules; only the global object is common to them.
  var latchkeyTestServers: KeptServers | undefined;
}

export function keepServers(servers: KeptServers): void {
  globalThis.latchkeyTestServers = servers;
}

export function takeServers(): KeptServers | undefined {
  const servers = globalThis.latchkeyTestServers;
  globalThis.latchkeyTestServers = undefined;
  return servers;
}
