import type { Revocation, RevocationNotice } from '../../db/queries/revocations.ts';
import type { Instant } from '../../workflows/contract/values.ts';

/** What was read from the rows, and is to be joined with what was heard while it was read. */
export interface Loading {
  /**
   * Everything that is live: what is in memory and not in it any more goes.
   *
   * @param newest the number of the newest revocation, read before the rows.
   */
  replace(newest: number, live: readonly Revocation[]): void;
  /** What came after the watermark. */
  append(newest: number, later: readonly Revocation[]): void;
  /** The rows could not be read. */
  giveUp(): void;
}

/** The revocations that this process knows, and up to which number it has missed none. */
export interface RevokedMemory {
  /** A link or a login. */
  isRevoked(id: string): boolean;
  /** A session whose access was revoked and whose workflow is yet to publish that. */
  isHeld(key: string): boolean;
  /** Every revocation up to this number has been applied. */
  watermark(): number;
  /** One has been heard, and applied, before which others may be missing. */
  isBehind(): boolean;
  hear(notice: RevocationNotice): void;
  /** Before the rows are read: what is released meanwhile must not come back with them. */
  load(): Loading;
  /** Lets go of what cannot be shown any more. */
  prune(now: Instant): void;
  size(): { readonly ids: number; readonly held: number };
}

export function createRevokedMemory(): RevokedMemory {
  const ids = new Map<string, { readonly seq: number; readonly keepUntil: Instant | null }>();
  const holds = new Map<number, string>();
  const held = new Map<string, number>();
  const released = new Set<number>();
  let loadings = 0;
  let watermark = 0;
  let heard = 0;

  function hold(seq: number, key: string): void {
    if (holds.has(seq) || released.has(seq)) return;
    holds.set(seq, key);
    held.set(key, (held.get(key) ?? 0) + 1);
  }

  function release(seq: number): void {
    if (loadings > 0) released.add(seq);
    const key = holds.get(seq);
    if (key === undefined) return;
    holds.delete(seq);
    const left = (held.get(key) ?? 1) - 1;
    if (left > 0) held.set(key, left);
    else held.delete(key);
  }

  function apply(revocation: Revocation): void {
    const { seq, kind, subject, keepUntil } = revocation;
    switch (kind) {
      case 'access':
        hold(seq, subject);
        return;
      case 'link':
      case 'login':
        ids.set(subject, { seq, keepUntil });
    }
  }

  function forgetAllBut(newest: number, live: readonly Revocation[]): void {
    const kept = new Set(live.map((revocation) => revocation.seq));
    const isGone = (seq: number): boolean => seq <= newest && !kept.has(seq);
    for (const [id, { seq }] of ids) if (isGone(seq)) ids.delete(id);
    for (const seq of holds.keys()) if (isGone(seq)) release(seq);
  }

  function finish(newest: number, revocations: readonly Revocation[], heardBefore: number): void {
    for (const revocation of revocations) apply(revocation);
    // The rows are one picture in the order of the commits: nothing below the highest is missing.
    watermark = revocations.reduce((top, { seq }) => Math.max(top, seq), Math.max(watermark, newest));
    // What was told is committed: a number that the rows do not reach is none of theirs.
    if (heard === heardBefore) heard = Math.min(heard, watermark);
  }

  return {
    isRevoked: (id) => ids.has(id),
    isHeld: (key) => held.has(key),
    watermark: () => watermark,
    isBehind: () => heard > watermark,
    hear(notice) {
      switch (notice.type) {
        case 'released':
          release(notice.seq);
          return;
        case 'revoked': {
          const { seq } = notice.revocation;
          apply(notice.revocation);
          heard = Math.max(heard, seq);
          if (notice.after <= watermark) watermark = Math.max(watermark, seq);
        }
      }
    },
    load() {
      loadings += 1;
      const heardBefore = heard;
      let open = true;
      const close = (): void => {
        if (!open) return;
        open = false;
        loadings -= 1;
        if (loadings === 0) released.clear();
      };
      return {
        replace(newest, live) {
          forgetAllBut(newest, live);
          finish(newest, live, heardBefore);
          close();
        },
        append(newest, later) {
          finish(newest, later, heardBefore);
          close();
        },
        giveUp: close,
      };
    },
    prune(now) {
      const shownUntil = now - 3_600_000;
      for (const [id, { keepUntil }] of ids) if (keepUntil !== null && keepUntil < shownUntil) ids.delete(id);
    },
    size: () => ({ ids: ids.size, held: held.size }),
  };
}
