import type { RunningPostgres } from '../../scripts/servers/postgres.ts';

interface Kept {
  readonly postgres: RunningPostgres | undefined;
  /** Holds what was made for the tests; removed at the end. */
  readonly folder: string | undefined;
}

declare global {
  // Jest loads setup and teardown as two modules; only the global object is common to them.
  var latchkeyTests: Kept | undefined;
}

const nothing: Kept = { postgres: undefined, folder: undefined };

export function keepFolder(folder: string): void {
  globalThis.latchkeyTests = { ...(globalThis.latchkeyTests ?? nothing), folder };
}

export function keepPostgres(postgres: RunningPostgres): void {
  globalThis.latchkeyTests = { ...(globalThis.latchkeyTests ?? nothing), postgres };
}

export function takeKept(): Kept {
  const kept = globalThis.latchkeyTests ?? nothing;
  globalThis.latchkeyTests = undefined;
  return kept;
}
