// Deliberately wrong: the same commands in the same order, with another input.
import type { Effect } from '../../../workflows/contract/effects.ts';
import type { SessionInput } from '../../../workflows/contract/session.ts';
import type { Rules } from '../../../workflows/policy/rules.ts';
import { rulesByVersion } from '../../../workflows/policy/versions.ts';
import { runSession } from '../../../workflows/session/session-workflow.ts';
import { recorded } from '../../support/workflow-recorder.ts';

function reversed(effect: Effect): Effect {
  const { call } = effect;
  if (call.kind !== 'write-ticket') return effect;
  return { ...effect, call: { ...call, note: { ...call.note, toClient: !call.note.toClient } } };
}

const rules: Rules = rulesByVersion[1];
const wrong: Rules = {
  ...rules,
  decide(state, event, now) {
    const decision = rules.decide(state, event, now);
    return { ...decision, effects: decision.effects.map(reversed) };
  },
};

export function sessionWorkflow(input: SessionInput) {
  return runSession(input, recorded({ 1: wrong }));
}
