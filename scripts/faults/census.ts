import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../db/connect.ts';

const EVERY_MS = 10_000;

/** Says every ten seconds how many sessions are in which phase, until `stop`. */
export function startCensus(db: Database, say: (line: string) => void): { stop(): void } {
  const stopped = new AbortController();
  async function count(): Promise<void> {
    const rows = await db
      .selectFrom('sessions')
      .select((select) => ['phase', select.fn.countAll<string>().as('n')])
      .groupBy('phase')
      .orderBy('phase')
      .execute();
    say(`sessions: ${rows.map(({ phase, n }) => `${n} ${phase}`).join(', ') || 'none'}`);
  }
  void (async () => {
    while (!stopped.signal.aborted) {
      await sleep(EVERY_MS, undefined, { signal: stopped.signal, ref: false });
      await count().catch(() => say('sessions: the store does not answer'));
    }
  })().catch(() => undefined);
  return { stop: () => stopped.abort() };
}
