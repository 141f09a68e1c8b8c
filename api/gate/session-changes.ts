import type { SessionKey } from '../../workflows/contract/values.ts';

/** Tells whoever shows a session that something about it, or about who may see it, has changed. */
export interface SessionChanges {
  /** Null: it may have been any session. */
  heard(key: SessionKey | null): void;
  /** @returns ends it. */
  follow(key: SessionKey, onChange: () => void): () => void;
}

/** The one connection of this process that listens, shared by all that follow. */
export function createSessionChanges(): SessionChanges {
  const followers = new Map<SessionKey, Set<() => void>>();
  return {
    heard(key) {
      const told = key === null ? [...followers.values()].flatMap((all) => [...all]) : followers.get(key);
      for (const tell of told ?? []) tell();
    },
    follow(key, onChange) {
      const all = followers.get(key) ?? new Set();
      all.add(onChange);
      followers.set(key, all);
      return () => {
        all.delete(onChange);
        if (all.size === 0 && followers.get(key) === all) followers.delete(key);
      };
    },
  };
}
