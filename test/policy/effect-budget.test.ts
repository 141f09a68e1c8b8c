import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Effect } from '../../workflows/contract/effects.ts';
import { rules } from '../../workflows/policy/v1/index.ts';
import { DAY, type Heard, HOUR, inputOf, PAID_AT, Simulation } from './simulation.ts';
import { occasions, phases, sessionIn } from './transitions.ts';

const DECISION = new URL('../../docs/decisions/0011-a-budget-for-effects.md', import.meta.url);

/** The rows of the decision's table: what is decided, and the effects that it causes. */
function budgeted(): readonly string[] {
  return readFileSync(DECISION, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, decision, effects] = /^\| `([^`]+)` \| (.+?) \|/.exec(line) ?? [];
      return decision === undefined || effects === undefined ? [] : [`${decision}: ${effects}`];
    });
}

function told({ call }: Effect): string {
  return call.kind === 'write-ticket' ? `write-ticket ${call.note.topic}` : call.kind;
}

function decisionsOfALife(): readonly string[] {
  const decisions: string[] = [];
  const hear = ({ event, effects }: Heard): void => {
    if (effects.length === 0) return;
    const what = event.type === 'effect.done' ? `${event.result.kind} done` : event.type;
    decisions.push(`${what}: ${effects.map(told).join(', ')}`);
  };
  const session = new Simulation(rules, inputOf(), hear).open();
  session.passTo(PAID_AT + HOUR);
  session.hear(session.provider.book(session.now, PAID_AT + 10 * DAY)).drain();
  const [booked] = session.provider.live();
  if (!booked) throw new Error('nothing was booked');
  session.passTo(PAID_AT + DAY);
  session.hear(session.provider.move(booked, session.now, PAID_AT + 12 * DAY)).drain();
  session.passTo(PAID_AT + 20 * DAY);
  return decisions;
}

describe('the budget for effects', () => {
  test('of a whole life is that of the decision record, decision by decision', () => {
    expect(decisionsOfALife()).toEqual(budgeted());
  });

  test.each(Object.entries(occasions))('%s: at most one effect of each lane', (_name, make) => {
    for (const phase of phases) {
      const session = sessionIn(phase, rules);
      for (const event of make(session)) {
        const { effects } = rules.decide(session.state, event, session.now);
        const lanes = effects.map(({ lane }) => lane);
        expect(lanes).toEqual([...new Set(lanes)]);
        session.send(event);
      }
    }
  });
});
