import type { Gate } from '../../workflows/contract/session.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { Snapshot } from './memory.ts';

/** Proof that notifications were heard when a look began; none is dealt out while they are not. */
export type Ticket = number;

/** The snapshots of this process, and what keeps an older answer from replacing a newer notification. */
export interface Snapshots {
  /** The snapshot of this slug, which counts as a use. Whether it may be behind is not its business. */
  bySlug(slug: string): Snapshot | undefined;
  byKey(key: SessionKey): Snapshot | undefined;
  /** A gate that was published: replaces an older one. */
  hear(gate: Gate): void;
  /** What was published of this session cannot be read: nothing kept or under way is good any more. */
  distrust(key: SessionKey | null): void;
  /** The greatest version ever heard of this session, as far as it is remembered; -Infinity when none. */
  floor(key: SessionKey): number;
  /** Taken before a look reads anything. Undefined: what it finds is not to be kept. */
  ticket(): Ticket | undefined;
  /**
   * Keeps what a look found, unless something may have been missed or was heard meanwhile.
   *
   * @param askedAt when the workflow was asked, in monotonic milliseconds.
   */
  offer(ticket: Ticket | undefined, snapshot: Snapshot, askedAt: number): boolean;
  /** The run is gone or ended uncleanly: until something newer is published, no published gate is believed. */
  shut(key: SessionKey, version: number): void;
  /** True while no newer gate than the one that `shut` knew was heard or is given here. */
  isShut(key: SessionKey, version: number): boolean;
  /** The workflow answers again. */
  unshut(key: SessionKey): void;
  /** From here on every change is heard. */
  receive(): void;
  /** From here on changes are missed. */
  lose(): void;
  /** All that is kept, for catching up after a loss. */
  known(): readonly { readonly sessionKey: SessionKey; readonly version: number }[];
  /** The next snapshot, in a circle, that nobody has asked the workflow about since `before`; counts as asked. */
  nextUnchecked(before: number, now: number): Snapshot | undefined;
  size(): number;
  /** When the snapshot was checked that was checked longest ago; Infinity when there is none. */
  oldestCheck(): number;
}

interface Entry {
  snapshot: Snapshot;
  /** Since it was last passed over for removal. */
  used: boolean;
  checkedAt: number;
}

export interface SnapshotLimits {
  readonly snapshots: number;
  /** Versions of sessions without a snapshot, and sessions that are shut. */
  readonly floors: number;
}

const LOOKED_THROUGH_AT_ONCE = 500;

export function createSnapshots(limits: SnapshotLimits): Snapshots {
  const bySlug = new Map<string, Entry>();
  const byKey = new Map<SessionKey, Entry>();
  const floors = new Map<SessionKey, number>();
  const shutAt = new Map<SessionKey, number>();
  let epoch = 0;
  let receiving = false;
  let circle = byKey.values();

  const floorOf = (key: SessionKey): number =>
    byKey.get(key)?.snapshot.gate.version ?? floors.get(key) ?? Number.NEGATIVE_INFINITY;

  function raiseFloor(key: SessionKey, version: number): void {
    if (version <= floorOf(key)) return;
    floors.set(key, version);
    if (floors.size <= limits.floors) return;
    // A forgotten floor protects nobody, so what is under way is not kept.
    floors.clear();
    epoch += 1;
  }

  function remove(entry: Entry): void {
    const { slug, sessionKey, gate } = entry.snapshot;
    bySlug.delete(slug);
    byKey.delete(sessionKey);
    raiseFloor(sessionKey, gate.version);
  }

  /** The first in line goes, unless it was used since it was last first in line. */
  function makeRoom(): void {
    for (const [slug, entry] of bySlug) {
      if (bySlug.size <= limits.snapshots) return;
      if (!entry.used) {
        remove(entry);
        continue;
      }
      entry.used = false;
      bySlug.delete(slug);
      bySlug.set(slug, entry);
    }
  }

  function write(snapshot: Snapshot, checkedAt: number): void {
    const { sessionKey: key, slug, tenantId, clientId } = snapshot;
    // The key's text is in memory once, whoever parsed it.
    const kept: Snapshot = {
      slug,
      sessionKey: key,
      tenantId,
      clientId,
      gate: { ...snapshot.gate, sessionKey: key },
    };
    const entry = byKey.get(key);
    if (entry !== undefined) {
      entry.snapshot = kept;
      entry.checkedAt = checkedAt;
      return;
    }
    const added: Entry = { snapshot: kept, used: true, checkedAt };
    byKey.set(key, added);
    bySlug.set(slug, added);
    floors.delete(key);
    makeRoom();
  }

  return {
    bySlug(slug) {
      const entry = bySlug.get(slug);
      if (entry === undefined) return undefined;
      entry.used = true;
      return entry.snapshot;
    },
    byKey: (key) => byKey.get(key)?.snapshot,
    hear(gate) {
      const key = gate.sessionKey;
      const shut = shutAt.get(key);
      if (shut !== undefined && gate.version > shut) shutAt.delete(key);
      const entry = byKey.get(key);
      if (entry === undefined) raiseFloor(key, gate.version);
      else if (gate.version > entry.snapshot.gate.version)
        write({ ...entry.snapshot, gate }, entry.checkedAt);
    },
    distrust(key) {
      epoch += 1;
      if (key === null) {
        bySlug.clear();
        byKey.clear();
        return;
      }
      const entry = byKey.get(key);
      if (entry !== undefined) remove(entry);
    },
    floor: floorOf,
    ticket: () => (receiving ? epoch : undefined),
    offer(ticket, snapshot, askedAt) {
      const { sessionKey: key, gate } = snapshot;
      if (!receiving || ticket !== epoch || gate.version < floorOf(key) || shutAt.has(key)) return false;
      write(snapshot, askedAt);
      return true;
    },
    shut(key, version) {
      const entry = byKey.get(key);
      if (entry !== undefined) remove(entry);
      shutAt.delete(key);
      shutAt.set(key, Math.max(version, floorOf(key)));
      for (const oldest of shutAt.keys()) {
        if (shutAt.size <= limits.floors) break;
        shutAt.delete(oldest);
      }
    },
    isShut(key, version) {
      const shut = shutAt.get(key);
      return shut !== undefined && version <= shut;
    },
    unshut: (key) => void shutAt.delete(key),
    receive() {
      epoch += 1;
      receiving = true;
    },
    lose() {
      epoch += 1;
      receiving = false;
    },
    known: () =>
      [...byKey.values()].map(({ snapshot }) => ({
        sessionKey: snapshot.sessionKey,
        version: snapshot.gate.version,
      })),
    nextUnchecked(before, now) {
      for (let looked = 0; looked < LOOKED_THROUGH_AT_ONCE; looked += 1) {
        const next = circle.next();
        if (next.done === true) {
          circle = byKey.values();
          return undefined;
        }
        const entry = next.value;
        if (entry.checkedAt > before || entry.snapshot.gate.state === 'over') continue;
        entry.checkedAt = now;
        return entry.snapshot;
      }
      return undefined;
    },
    size: () => byKey.size,
    oldestCheck() {
      let oldest = Number.POSITIVE_INFINITY;
      for (const { snapshot, checkedAt } of byKey.values())
        if (snapshot.gate.state !== 'over') oldest = Math.min(oldest, checkedAt);
      return oldest;
    },
  };
}
