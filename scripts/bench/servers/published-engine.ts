import type { SessionEngine, UpdateAnswer } from '../../../api/gate/engine.ts';
import type { Database } from '../../../db/connect.ts';
import { publishedGate } from '../../../db/queries/gate.ts';
import { writePublication } from '../../../db/queries/publication.ts';
import type { Gate, SessionRecord } from '../../../workflows/contract/session.ts';
import type { Instant, SessionKey } from '../../../workflows/contract/values.ts';

const RECORD: SessionRecord = {
  phase: 'awaiting-booking',
  outcome: null,
  startsAt: null,
  endsAt: null,
  cutoffAt: null,
  needsAttention: false,
};

/**
 * Stands in for Temporal: every session's run answers at once, with the gate that it published, and an Update that
 * narrows the gate returns when the narrower one is published. What is measured is the gate; what a query of Temporal
 * costs is not part of it, and a hit asks none.
 */
export function createPublishedEngine(db: Database): SessionEngine {
  async function narrow(key: SessionKey, change: Partial<Gate>): Promise<UpdateAnswer> {
    const published = await publishedGate(db, key);
    if (!published?.gate) return { kind: 'not-found' };
    const now = Date.now() as Instant;
    const gate = { ...published.gate, ...change, version: Math.max(published.gate.version + 1, now) };
    await writePublication(db, { sessionKey: key, gate, record: RECORD, entries: [], at: now });
    return { kind: 'answer', verdict: { accepted: true, next: 'none' } };
  }

  return {
    async gate(key) {
      const published = await publishedGate(db, key);
      return published?.gate ? { kind: 'answer', value: published.gate } : { kind: 'not-found' };
    },
    view: async () => ({ kind: 'unavailable', why: 'no workflow in the bench' }),
    async update(key, name) {
      switch (name) {
        case 'revokeAccess':
          return narrow(key, { access: 'revoked' });
        case 'revokeLink':
          return narrow(key, { linkId: null });
        default:
          return { kind: 'unavailable', why: 'no workflow in the bench' };
      }
    },
    reachable: async () => true,
    settled: async () => {},
  };
}
