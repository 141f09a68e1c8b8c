import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { SessionEvent } from '../../workflows/contract/events.ts';
import { rulesByVersion } from '../../workflows/policy/versions.ts';
import { occasions, phases, sessionIn, transition } from './transitions.ts';
import { expected } from './transitions-table.ts';

const rules = rulesByVersion[1];
const page = new URL('../../docs/session-life.md', import.meta.url);

const cells = Object.entries(expected).flatMap(([occasion, row]) =>
  phases.map((phase, column) => ({ occasion, phase, result: row[column] ?? 'missing' })),
);

/** What only the clock does, in the same words. */
const byClock: readonly (readonly [string, string, string])[] = [
  ['opening', 'awaiting-booking', 'ticket, route and link have an outcome'],
  ['opening', 'scheduled', 'the same, with a time from the order'],
  ['scheduled', 'locked', 'cutoff'],
  ['locked', 'settling', 'end of the gate'],
  ['settling', 'ended', 'settled, refund decided'],
  ['awaiting-booking', 'ended', 'booking deadline, nothing found'],
];

/** What leads on only after something else, which is not drawn. */
const notDrawn: ReadonlySet<string> = new Set([
  'clock.due',
  'operator.decide-late-change',
  'operator.decide-refund',
]);

/** Mermaid's ids know no hyphen. */
const id = (phase: string): string => phase.replaceAll('-', '_');

/** Phases that many events leave alike, the wider first: what leaves all of one is drawn once, at its frame. */
const frames = [
  {
    name: 'open',
    title: 'the page is open',
    members: ['opening', 'awaiting-booking', 'scheduled', 'locked'],
  },
  { name: 'in_time', title: 'before the cutoff', members: ['opening', 'awaiting-booking', 'scheduled'] },
] as const;

/** Which events lead from where to where, those that the clock causes among them. */
function edges(): ReadonlyMap<string, ReadonlySet<string>> {
  const labels = new Map<string, Set<string>>();
  const add = (from: string, to: string, label: string): void => {
    const edge = `${id(from)} --> ${id(to)}`;
    labels.set(edge, (labels.get(edge) ?? new Set()).add(label));
  };
  for (const { occasion, phase, result } of cells) {
    const to = result.slice(0, result.indexOf(':'));
    const event = occasion.split(/[ ,]/)[0] ?? occasion;
    if (to !== phase && !notDrawn.has(event)) add(phase, to, event);
  }
  for (const edge of byClock) add(...edge);
  for (const { name, members } of frames) {
    for (const to of phases.filter((phase) => !members.some((member) => member === phase))) {
      const each = members.map((member) => labels.get(`${id(member)} --> ${id(to)}`) ?? new Set<string>());
      const common = [...(each[0] ?? [])].filter((label) => each.every((one) => one.has(label)));
      for (const label of common) {
        add(name, to, label);
        for (const one of each) one.delete(label);
      }
    }
  }
  return labels;
}

function drawing(): string {
  const [open, inTime] = frames;
  const lines = [...edges()].flatMap(([edge, events]) =>
    events.size === 0 ? [] : [`  ${edge} : ${[...events].join('<br/>')}`],
  );
  return [
    'stateDiagram-v2',
    `  state "${open.title}" as ${open.name} {`,
    `    state "${inTime.title}" as ${inTime.name} {`,
    ...inTime.members.map((member) => `      state "${member}" as ${id(member)}`),
    '    }',
    '    locked',
    '  }',
    '  [*] --> opening',
    ...lines,
    '  ended --> [*]',
  ].join('\n');
}

function render(): string {
  const rows = Object.entries(expected).map(([occasion, row]) => `| ${[occasion, ...row].join(' | ')} |`);
  return `# The life of a session

Drawn from \`test/policy/transitions-table.ts\`, which the rules are tested against. To draw it again:
\`LATCHKEY_WRITE=1 npm run jest -- test/policy/transitions\`.

A phase follows from the facts and the clock. \`scheduled\` and \`locked\` differ by the cutoff alone, and
\`locked\` leads back to \`scheduled\` when a move made in time is heard late. From \`settling\` on the gate is shut
for good. The sessions of this table have no late change pending unless the first column says so; their product
allows a full refund, a client's cancellation at the provider leads to a new booking.

\`\`\`mermaid
${drawing()}
\`\`\`

Each cell: the phase afterwards, for a request \`yes\` or \`no\`, and the reason that the timeline keeps.

| event | ${phases.join(' | ')} |
|---|${phases.map(() => '---|').join('')}
${rows.join('\n')}
`;
}

describe('each event in each phase', () => {
  test('the table names every occasion', () => {
    expect(Object.keys(expected)).toEqual(Object.keys(occasions));
    expect(Object.values(expected).every((row) => row.length === phases.length)).toBe(true);
  });

  test.each(cells)('$occasion × $phase → $result', ({ occasion, phase, result }) => {
    expect(transition(rules, occasion, phase)).toBe(result);
  });

  test.each(phases)('what nobody understands is recorded and changes nothing: %s', (phase) => {
    const session = sessionIn(phase, rules);
    const before = session.view;
    const strange: readonly SessionEvent[] = JSON.parse(`[
      {"type":"appointment.teleported"},
      {"type":"appointment.booked","appointment":"A9","startsAt":null,"endsAt":1,"occurredAt":1,"receivedAt":1},
      {"type":"ticket.action","action":"dance","occurredAt":1,"receivedAt":1}
    ]`);
    const reasons = session.hear(strange).view.timeline.slice(-3);
    expect(reasons.map(({ reason }) => reason)).toEqual(['unknown-event', 'malformed', 'unknown-action']);
    expect(session.view.phase).toBe(before.phase);
    expect(session.view.appointment).toBe(before.appointment);
  });

  test('the picture in docs/session-life.md is current', () => {
    const picture = render();
    if (process.env['LATCHKEY_WRITE'] === '1') writeFileSync(page, picture);
    expect(readFileSync(page, 'utf8')).toBe(picture);
  });
});
