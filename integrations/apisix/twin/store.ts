import type { Collection } from './schemas.ts';

export type JsonObject = Record<string, unknown>;

/** One resource as etcd holds it. */
export interface Stored {
  readonly id: string;
  readonly key: string;
  readonly value: JsonObject;
  readonly createdIndex: number;
  readonly modifiedIndex: number;
  /** The end of its lease in milliseconds; null when it is permanent. */
  readonly expiresAt: number | null;
}

export interface Store {
  get(collection: Collection, id: string): Stored | undefined;
  list(collection: Collection): readonly Stored[];
  /** Replaces the whole value and its lease: no `ttlSeconds` makes it permanent, whatever it was before. */
  put(collection: Collection, id: string, body: JsonObject, ttlSeconds: number | null): Stored;
  delete(collection: Collection, id: string): boolean;
  /** The id that a POST would get. */
  nextId(): string;
  /** While true, the Admin API cannot read or write; the data plane keeps what it has loaded. */
  etcdDown: boolean;
}

/** An id as APISIX compares it: a number is its text; anything else is no id. */
export function idText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** etcd grants no lease below this. */
const minLeaseSeconds = 2;

/** What etcd holds for APISIX, with leases that end by themselves. `now` in milliseconds. */
export function createStore(now: () => number): Store {
  const held = new Map<string, Stored>();
  let revision = 10;
  const keyOf = (collection: Collection, id: string) => `/apisix/${collection}/${id}`;
  const isAlive = (stored: Stored) => stored.expiresAt === null || stored.expiresAt > now();

  function read(key: string): Stored | undefined {
    const stored = held.get(key);
    if (stored && !isAlive(stored)) {
      held.delete(key);
      return undefined;
    }
    return stored;
  }

  return {
    etcdDown: false,
    get: (collection, id) => read(keyOf(collection, id)),
    list(collection) {
      const prefix = keyOf(collection, '');
      return [...held.keys()].filter((key) => key.startsWith(prefix)).flatMap((key) => read(key) ?? []);
    },
    put(collection, id, body, ttlSeconds) {
      const key = keyOf(collection, id);
      const before = read(key);
      const seconds = Math.floor(now() / 1000);
      revision += 1;
      const stored: Stored = {
        id,
        key,
        value: { ...body, id, create_time: before?.value['create_time'] ?? seconds, update_time: seconds },
        createdIndex: before?.createdIndex ?? revision,
        modifiedIndex: revision,
        expiresAt: ttlSeconds === null ? null : now() + Math.max(ttlSeconds, minLeaseSeconds) * 1000,
      };
      held.set(key, stored);
      return stored;
    },
    delete(collection, id) {
      const key = keyOf(collection, id);
      const existed = read(key) !== undefined;
      if (existed) revision += 1;
      held.delete(key);
      return existed;
    },
    nextId: () => String(revision + 1).padStart(20, '0'),
  };
}
