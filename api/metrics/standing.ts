import type { Registry } from 'prom-client';
import type { Standing } from '../../db/queries/standing.ts';
import { alone, readGauge } from '../../platform/metrics/register.ts';
import { within } from '../../platform/within.ts';

/** Every scrape within this time is answered by one look. */
const GOOD_FOR_MS = 10_000;
/** Prometheus waits for ten seconds; what else this process can tell must not be lost with it. */
const PATIENCE_MS = 4000;

/** How things stand, as it was read at most ten seconds ago; null while PostgreSQL does not say. */
export function createStandingReader(deps: {
  readonly read: () => Promise<Standing>;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
}): () => Promise<Standing | null> {
  let last: { readonly at: number; readonly standing: Promise<Standing | null> } | undefined;
  return () => {
    const now = deps.monotonic();
    if (last === undefined || now - last.at >= GOOD_FOR_MS) {
      const reading = deps.read().catch(() => null);
      last = { at: now, standing: within<Standing | null>(PATIENCE_MS, reading, () => null) };
    }
    return last.standing;
  };
}

/** How the whole installation stands. While nobody can tell, only that is exported. */
export function registerStanding(registry: Registry, read: () => Promise<Standing | null>): void {
  async function told<T>(tell: (standing: Standing) => readonly T[]): Promise<readonly T[]> {
    const standing = await read();
    return standing === null ? [] : tell(standing);
  }
  readGauge(registry, 'latchkey_standing_up', async () => alone((await read()) === null ? 0 : 1));
  readGauge(registry, 'latchkey_inbox_webhooks', () =>
    told(({ inbox }) =>
      inbox.map(({ source, state, count }) => ({ labels: { source, state }, value: count })),
    ),
  );
  readGauge(registry, 'latchkey_inbox_oldest_seconds', () =>
    told(({ inbox }) =>
      inbox.map(({ source, state, oldestSeconds }) => ({ labels: { source, state }, value: oldestSeconds })),
    ),
  );
  readGauge(registry, 'latchkey_sessions_open', () =>
    told(({ openSessions }) => openSessions.map(({ phase, count }) => ({ labels: { phase }, value: count }))),
  );
  readGauge(registry, 'latchkey_sessions_unstarted', () => told(({ unstarted }) => alone(unstarted.count)));
  readGauge(registry, 'latchkey_sessions_unstarted_oldest_seconds', () =>
    told(({ unstarted }) => alone(unstarted.oldestSeconds)),
  );
  readGauge(registry, 'latchkey_attention', () =>
    told(({ attention }) =>
      attention.map(({ kind, code, count }) => ({ labels: { kind, code }, value: count })),
    ),
  );
  readGauge(registry, 'latchkey_attention_oldest_seconds', () =>
    told(({ attention }) =>
      attention.map(({ kind, code, oldestSeconds }) => ({ labels: { kind, code }, value: oldestSeconds })),
    ),
  );
  readGauge(registry, 'latchkey_late_changes_waiting', () =>
    told(({ lateChanges }) => alone(lateChanges.count)),
  );
  readGauge(registry, 'latchkey_late_changes_oldest_seconds', () =>
    told(({ lateChanges }) => alone(lateChanges.oldestSeconds)),
  );
  readGauge(registry, 'latchkey_late_changes_unanswered', () =>
    told(({ lateChanges }) => alone(lateChanges.dueSoon)),
  );
  readGauge(registry, 'latchkey_webhooks_out_pending', () =>
    told(({ webhooksOut }) => alone(webhooksOut.count)),
  );
  readGauge(registry, 'latchkey_webhooks_out_oldest_seconds', () =>
    told(({ webhooksOut }) => alone(webhooksOut.oldestSeconds)),
  );
  readGauge(registry, 'latchkey_revocations_untold', () => told(({ untold }) => alone(untold)));
}
