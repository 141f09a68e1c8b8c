import { z } from 'zod';
import type { StartState } from '../../db/tables.ts';
import type { Gate } from '../../workflows/contract/session.ts';
import type { Instant, LinkId, SessionKey } from '../../workflows/contract/values.ts';
import type { GateReading } from './decision.ts';
import type { EngineAnswer } from './engine.ts';

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

/** A gate from outside this process; undefined when it is not of our form. */
export function readGateValue(value: unknown): Gate | undefined {
  const parsed = gateSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

function gateOfSession(value: unknown, key: SessionKey): Gate | undefined {
  const gate = readGateValue(value);
  return gate?.sessionKey === key ? gate : undefined;
}

const readingOf = (gate: Gate | undefined): GateReading =>
  gate === undefined ? { kind: 'unavailable' } : { kind: 'gate', gate };

export interface Conclusion {
  readonly reading: GateReading;
  /** A gate worth keeping; that of a session whose reading is `over` is final. */
  readonly gate: Gate | null;
  /** `attention`: a run that should be there is not, or ended uncleanly. `degraded`: answered without it. */
  readonly report: { readonly kind: 'attention' | 'degraded'; readonly why: string } | null;
}

/**
 * What follows from the workflow's answer and the gate it last published. The workflow is the truth, unless it has
 * published something newer since. Where Temporal cannot answer, the published gate does: its instants are
 * absolute, so it goes on shutting on time. A run that is not there, or that ended uncleanly, is another matter: its
 * published gate is only believed when it says `over`.
 *
 * @param facts.published undefined when there is no row of this session, or none was read.
 */
export function concludeReading(facts: {
  readonly key: SessionKey;
  readonly answer: EngineAnswer<Gate>;
  readonly published: { readonly gate: unknown; readonly startState: StartState } | undefined;
}): Conclusion {
  const { key, answer, published } = facts;
  const row = published?.gate ?? null;
  const known = row === null ? undefined : gateOfSession(row, key);
  switch (answer.kind) {
    case 'answer': {
      const told = gateOfSession(answer.value, key);
      const gate = told !== undefined && known !== undefined && known.version > told.version ? known : told;
      return { reading: readingOf(gate), gate: gate ?? null, report: null };
    }
    case 'unavailable':
      if (published === undefined) return { reading: { kind: 'closed' }, gate: null, report: null };
      return {
        reading: readingOf(known),
        gate: known ?? null,
        report: { kind: 'degraded', why: answer.why },
      };
    case 'not-found':
    case 'ended-uncleanly': {
      if (published === undefined) return { reading: { kind: 'closed' }, gate: null, report: null };
      const over = known?.state === 'over';
      if (published.startState === 'ended' || over)
        return { reading: { kind: 'over' }, gate: over ? known : null, report: null };
      // The row is written before its run is started: until then there is no run to miss.
      const missed = published.startState !== 'intended' || answer.kind === 'ended-uncleanly';
      return {
        reading: { kind: 'closed' },
        gate: null,
        report: missed ? { kind: 'attention', why: answer.kind } : null,
      };
    }
  }
}
