import { describe, expect, test } from '@jest/globals';
import type { SessionEvent } from '../../workflows/contract/events.ts';
import type { Phase } from '../../workflows/contract/session.ts';
import type { Rules } from '../../workflows/policy/rules.ts';
import { rulesByVersion } from '../../workflows/policy/versions.ts';
import { mutants } from './mutants.ts';
import { checkRules } from './properties.ts';
import type { Coverage } from './properties/ensure.ts';

const rules = rulesByVersion[1];
const seed = Number(process.env['LATCHKEY_SEED'] ?? 20261121);
// Four properties of so many sequences each, and one of a third as many.
const runs = process.env['LATCHKEY_TEST_ALL'] ? 3000 : 700;

const phases: readonly Phase[] = ['opening', 'awaiting-booking', 'scheduled', 'locked', 'settling', 'ended'];

const events: Readonly<Record<SessionEvent['type'], true>> = {
  'appointment.booked': true,
  'appointment.moved': true,
  'appointment.cancelled': true,
  'appointment.reschedule-pending': true,
  'appointment.no-show': true,
  'appointment.no-show-cleared': true,
  'appointment.ended': true,
  'ticket.action': true,
  'ticket.moved': true,
  'payment.refunded': true,
  'order.cancelled': true,
  'request.reschedule': true,
  'request.cancel': true,
  'request.late-change': true,
  'operator.decide-late-change': true,
  'operator.decide-refund': true,
  'operator.move-cutoff': true,
  'operator.hand-over': true,
  'operator.correct-email': true,
  'operator.reissue-link': true,
  'operator.resend-link': true,
  'operator.revoke-link': true,
  'operator.revoke-access': true,
  'operator.restore-access': true,
  'operator.retry': true,
  'operator.skip': true,
  'operator.retry-failed': true,
  'operator.adopt-rules': true,
  'operator.cancel': true,
  'clock.opened': true,
  'clock.due': true,
  'effect.done': true,
  'effect.failed': true,
};

/** Cells that no shell can reach, each with its reason. */
const impossible: Readonly<Record<string, string>> = {
  'clock.opened × awaiting-booking': 'the shell sends it once, before anything else',
  'clock.opened × scheduled': 'the shell sends it once, before anything else',
  'clock.opened × locked': 'the shell sends it once, before anything else',
  'clock.opened × settling': 'the shell sends it once, before anything else',
  'clock.opened × ended': 'the shell sends it once, before anything else',
  'clock.due × opening': 'nothing is due before the session is open',
  'clock.due × ended': 'nothing is due once the session has ended',
};

function table(coverage: Coverage): string {
  const rows = Object.keys(events).map((event) => {
    const counts = phases.map((phase) => {
      if (impossible[`${event} × ${phase}`]) return '–';
      return String([...coverage].find(([type]) => type === event)?.[1].get(phase) ?? 0);
    });
    return [event, ...counts];
  });
  return [['event', ...phases], ...rows]
    .map((row) => row.map((cell, column) => cell.padEnd(column === 0 ? 31 : 18)).join(''))
    .join('\n');
}

/** The promise that the suite finds broken. */
function brokenPromise(broken: Rules): string {
  try {
    checkRules(broken, { runs: 300, seed, endOnFailure: true });
  } catch (error) {
    const cause = error instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : 'an error without a cause';
  }
  return 'none';
}

describe('properties of the rules', () => {
  test('hold, and every event was decided in every phase', () => {
    const coverage = checkRules(rules, { runs, seed });
    process.stdout.write(
      `\nHow often each event was decided in each phase (seed ${seed})\n${table(coverage)}\n`,
    );
    const cells = Object.keys(events).flatMap((event) =>
      phases.map((phase) => ({ cell: `${event} × ${phase}`, event, phase })),
    );
    const reached = new Set(
      [...coverage].flatMap(([event, row]) => [...row.keys()].map((phase) => `${event} × ${phase}`)),
    );
    expect(cells.map(({ cell }) => cell).filter((cell) => !impossible[cell] && !reached.has(cell))).toEqual(
      [],
    );
    expect(Object.keys(impossible).filter((cell) => reached.has(cell))).toEqual([]);
  });

  test.each(mutants)('a planted mutant is caught: $name', ({ plant, promise }) => {
    expect(brokenPromise(plant(rules))).toMatch(promise);
  });
});
