import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { publishedGate } from '../../db/queries/gate.ts';
import type { Gate } from '../../workflows/contract/session.ts';
import type { Instant, LinkId, SessionKey } from '../../workflows/contract/values.ts';
import type { GateReading } from './decision.ts';
import type { EngineSilence, SessionEngine } from './engine.ts';

/** Asks for a session's gate now. Never throws: what cannot be told is `unavailable`. */
export type ReadGate = (key: SessionKey) => Promise<GateReading>;

export interface GateReport {
  readonly sessionKey: SessionKey;
  /** `attention`: a run that should be there is not, or ended uncleanly. `degraded`: answered without it. */
  readonly kind: 'attention' | 'degraded';
  readonly why: string;
}

const instant = z.number().transform((value) => value as Instant);
const interval = z.object({ from: instant, until: instant });
const gateSchema: z.ZodType<Gate> = z.object({
  sessionKey: z.string().transform((value) => value as SessionKey),
  version: z.number(),
  state: z.enum(['live', 'over']),
  access: z.enum(['granted', 'revoked']),
  page: interval.nullable(),
  join: z.array(interval),
  linkId: z
    .string()
    .transform((value) => value as LinkId)
    .nullable(),
});

function checked(gate: unknown, key: SessionKey): GateReading {
  const parsed = gateSchema.safeParse(gate);
  return parsed.success && parsed.data.sessionKey === key
    ? { kind: 'gate', gate: parsed.data }
    : { kind: 'unavailable' };
}

/**
 * The workflow is the truth. Where Temporal cannot answer, the last gate that the workflow published does: its
 * instants are absolute, so it goes on shutting on time. A run that is not there, or that ended uncleanly, is
 * another matter: its published gate is only believed when it says `over`.
 */
export function createReadGate(deps: {
  readonly db: Database;
  readonly engine: SessionEngine;
  readonly report: (report: GateReport) => void;
}): ReadGate {
  async function withoutRun(key: SessionKey, silence: EngineSilence): Promise<GateReading> {
    const published = await publishedGate(deps.db, key);
    if (published === undefined) return { kind: 'closed' };
    if (silence.kind === 'unavailable') {
      deps.report({ sessionKey: key, kind: 'degraded', why: silence.why });
      return published.gate === null ? { kind: 'unavailable' } : checked(published.gate, key);
    }
    if (published.startState === 'ended' || published.gate?.state === 'over') return { kind: 'over' };
    // The row is written before its run is started: until then there is no run to miss.
    if (published.startState !== 'intended' || silence.kind === 'ended-uncleanly')
      deps.report({ sessionKey: key, kind: 'attention', why: silence.kind });
    return { kind: 'closed' };
  }

  return async (key) => {
    const answer = await deps.engine.gate(key);
    if (answer.kind === 'answer') return checked(answer.value, key);
    try {
      return await withoutRun(key, answer);
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
