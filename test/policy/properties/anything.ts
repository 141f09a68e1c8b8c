import fc from 'fast-check';
import type { SessionEvent } from '../../../workflows/contract/events.ts';
import type { Phase, Policy } from '../../../workflows/contract/session.ts';
import type { StepId } from '../../../workflows/contract/values.ts';
import type { Rules } from '../../../workflows/policy/rules.ts';
import { at, DAY, type Heard, HOUR, inputOf, MINUTE, PAID_AT, Simulation } from '../simulation.ts';
import { type Coverage, ensure, pick, type PropertyOptions, type Roll, START } from './ensure.ts';
import { anyEvent, pass, providerEvents } from './events.ts';
import { checkDecision, checkRefund } from './promises.ts';

const phases: readonly Phase[] = ['opening', 'awaiting-booking', 'scheduled', 'locked', 'settling', 'ended'];

/** Brings a session into a phase by an everyday way. */
function reach(session: Simulation, phase: Phase): void {
  session.send({ type: 'clock.opened' });
  if (phase === 'opening') return;
  session.drain();
  if (phase === 'awaiting-booking') return;
  session.passTo(PAID_AT + HOUR);
  session.hear(session.provider.book(session.now, START));
  session.drain();
  if (phase === 'scheduled') return;
  session.passTo(START - DAY);
  if (phase === 'locked') return;
  session.passTo(START + 90 * MINUTE);
  if (phase === 'settling') return;
  session.passTo(START + 90 * MINUTE + DAY);
}

/** Once every vendor answers again and an operator repeats what failed, the session comes to its end. */
function bringToItsEnd(session: Simulation, roll: Roll): void {
  session.payment = 'paid';
  session.refund = 'done';
  for (let round = 0; round < 20 && !session.rules.hasEnded(session.state); round += 1) {
    session.drain();
    // At times one signal for all: what it repeats in vain is then seen to one by one.
    if (roll(2) === 0) session.send({ type: 'operator.retry-failed' });
    session.drain();
    for (const { step, code } of session.view.attention) {
      if (step === null) continue;
      // What the provider contradicts is not settled by asking it again.
      const type = code === 'provider-disagrees' ? 'operator.skip' : 'operator.retry';
      session.send({ type, step: step as StepId });
    }
    session.drain();
    if (session.view.refund === 'awaiting-approval')
      session.send({ type: 'operator.decide-refund', approve: roll(2) === 0 });
    session.drain().passTo(session.now + 40 * DAY);
  }
  const { phase, outcome, attention } = session.view;
  ensure(session.rules.hasEnded(session.state), 'every session comes to its end', {
    phase,
    outcome,
    attention,
  });
  ensure(outcome !== null, 'an ended session has an outcome');
  ensure(
    session.rules.unpublished(session.state).length < 25,
    'the timeline is published',
    session.state.seq,
  );
  ensure(session.rules.gateOf(session.state).state === 'over', 'an ended session has a gate that is over');
}

/** A person's yes, the client's grace, or at its deadline the default. */
function saysYes({ event, before, after, answer }: Heard): boolean {
  switch (event.type) {
    case 'operator.hand-over':
      // The client is asked to book anew, whatever the clock says.
      if (answer?.accepted) return true;
      break;
    case 'operator.decide-late-change':
      if (event.approve) return true;
      break;
    case 'ticket.action':
      if (event.action === 'approve_change') return true;
      break;
    case 'effect.done':
      if (event.result.kind === 'claim-grace' && event.result.granted) return true;
      break;
    default:
      break;
  }
  return after.timeline.some(({ seq, reason }) => seq > before.seq && reason === 'approved-by-default');
}

/** Anything may be told, asked, delayed, repeated, failed: the promises hold, and every session ends. */
export function anythingGoes(
  rules: Rules,
  { runs, seed, endOnFailure = false }: PropertyOptions,
  coverage: Coverage,
): void {
  fc.assert(
    fc.property(
      fc.constantFrom(...phases),
      fc.constantFrom<Partial<Policy>>(
        {},
        { onCancel: 'end' },
        { lateDefault: 'approve', remindersMs: [HOUR] },
        { lateGrace: 'once', lateDeadlineMs: 3 * HOUR },
        { refund: 'none', bookingDeadlineMs: 2 * DAY },
      ),
      fc.boolean(),
      fc.infiniteStream(fc.nat()),
      (phase, policy, fixed, dice) => {
        const roll: Roll = (sides) => (dice.next().value ?? 0) % sides;
        // Only a yes opens what the cutoff has shut.
        let saidYes = false;
        const startsAt = fixed ? at(START) : null;
        const provider = pick(roll, ['calendly', 'calcom'] as const) ?? 'calendly';
        const session: Simulation = new Simulation(
          rules,
          inputOf({ startsAt, provider }, policy),
          (heard) => {
            const row = coverage.get(heard.event.type) ?? new Map<Phase, number>();
            coverage.set(heard.event.type, row);
            row.set(heard.before.phase, (row.get(heard.before.phase) ?? 0) + 1);
            saidYes ||= saysYes(heard);
            checkDecision(rules, saidYes, heard);
            checkRefund(heard, session.provider);
          },
        );
        if (provider === 'calcom') session.provider.prefix = 'calcom:bookings/';
        session.payment = pick(roll, ['paid', 'paid', 'paid', 'not-paid', 'cancelled'] as const) ?? 'paid';
        if (phase !== 'opening') session.payment = 'paid';
        reach(session, phase);
        session.refund =
          pick(roll, ['done', 'done', 'pending', 'failed', 'nothing-to-refund'] as const) ?? 'done';
        session.limited = roll(3) === 0;
        const backlog: SessionEvent[] = [];
        for (let n = 0; n < 14; n += 1) {
          const what = roll(10);
          if (what < 2) pass(session, roll);
          else if (what < 5 && session.pending.length > 0) {
            const index = roll(session.pending.length);
            if (roll(4) === 0) session.fail(index);
            else session.finish(index);
          } else if (what === 5 && backlog.length > 0) {
            // Told late, and perhaps once more.
            const late = backlog[roll(backlog.length)];
            if (late) session.send(late);
          } else if (what === 6) backlog.push(...providerEvents(session, roll));
          else session.hear(anyEvent(session, roll));
        }
        bringToItsEnd(session, roll);
      },
    ),
    { numRuns: runs, seed, endOnFailure },
  );
}
