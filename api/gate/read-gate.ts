import type { Database } from '../../db/connect.ts';
import { publishedGate } from '../../db/queries/gate.ts';
import type { SessionKey } from '../../workflows/contract/values.ts';
import type { GateReading } from './decision.ts';
import type { SessionEngine } from './engine.ts';
import { concludeReading } from './reading.ts';

/** Asks for a session's gate now. Never throws: what cannot be told is `unavailable`. */
export type ReadGate = (key: SessionKey) => Promise<GateReading>;

export interface GateReport {
  readonly sessionKey: SessionKey;
  /** `attention`: a run that should be there is not, or ended uncleanly. `degraded`: answered without it. */
  readonly kind: 'attention' | 'degraded';
  readonly why: string;
}

/** The gate as the workflow says, and where it cannot, as `concludeReading` concludes. */
export function createReadGate(deps: {
  readonly db: Database;
  readonly engine: SessionEngine;
  readonly report: (report: GateReport) => void;
}): ReadGate {
  return async (key) => {
    const answer = await deps.engine.gate(key);
    try {
      const published = answer.kind === 'answer' ? undefined : await publishedGate(deps.db, key);
      const { reading, report } = concludeReading({ key, answer, published });
      if (report !== null) deps.report({ sessionKey: key, ...report });
      return reading;
    } catch (error) {
      deps.report({
        sessionKey: key,
        kind: 'degraded',
        why: `store: ${error instanceof Error ? error.name : 'unknown'}`,
      });
      return { kind: 'unavailable' };
    }
  };
}
