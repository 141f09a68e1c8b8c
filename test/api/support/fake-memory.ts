import type { GateMemory, Look, Snapshot } from '../../../api/gate/memory.ts';
import type { Gate } from '../../../workflows/contract/session.ts';
import type { SessionKey } from '../../../workflows/contract/values.ts';

/** A memory that knows what it is told, and counts what it is asked. */
export interface FakeMemory extends GateMemory {
  readonly snapshots: Map<string, Snapshot>;
  readonly revoked: Set<string>;
  readonly held: Set<SessionKey>;
  readonly looks: { readonly slug: string; readonly ids: readonly string[] }[];
  /** False: no heartbeat was heard for two seconds. */
  isFresh: boolean;
  remember(slug: string, gate: Gate, owner: { readonly tenantId: number; readonly clientId: number }): void;
  forgetAll(): void;
}

/** @param stores answers a slow look; what it says is not remembered. */
export function fakeMemory(
  stores: (slug: string, ids: readonly string[]) => Promise<Look> = async () => ({ kind: 'unavailable' }),
): FakeMemory {
  const snapshots = new Map<string, Snapshot>();
  const revoked = new Set<string>();
  const held = new Set<SessionKey>();
  const looks: FakeMemory['looks'] = [];
  const memory: FakeMemory = {
    snapshots,
    revoked,
    held,
    looks,
    isFresh: true,
    remember: (slug, gate, { tenantId, clientId }) =>
      void snapshots.set(slug, { slug, sessionKey: gate.sessionKey, tenantId, clientId, gate }),
    forgetAll() {
      snapshots.clear();
      revoked.clear();
      held.clear();
      looks.length = 0;
      memory.isFresh = true;
    },
    hit: (slug) => (memory.isFresh ? snapshots.get(slug) : undefined),
    isRevoked: (id) => revoked.has(id),
    isHeld: (key) => held.has(key),
    look(slug, ids) {
      looks.push({ slug, ids });
      return stores(slug, ids);
    },
  };
  return memory;
}
