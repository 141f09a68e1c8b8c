import { describe, expect, test } from '@jest/globals';
import type { StepId } from '../../workflows/contract/values.ts';
import { rulesByVersion } from '../../workflows/policy/versions.ts';
import { at, DAY, HOUR, inputOf, PAID_AT, Simulation } from './simulation.ts';

const rules = rulesByVersion[1];
const START = PAID_AT + 10 * DAY;

/** Cancelled by its client in time; its refund is above the limit. */
function waiting(): Simulation {
  const session = new Simulation(rules, inputOf()).open();
  session.limited = true;
  session.now = at(PAID_AT + HOUR);
  session.hear(session.provider.book(session.now, START)).drain();
  session.send({ type: 'request.cancel', by: 'client', refund: 'policy' });
  return session.drain();
}

function refunds(session: Simulation) {
  return session.sent.flatMap(({ call }) => (call.kind === 'refund' ? [call.approved] : []));
}

function notes(session: Simulation, wanted: string) {
  return session.sent.flatMap(({ call }) =>
    call.kind === 'write-ticket' && call.note.topic === wanted ? [call.note] : [],
  );
}

describe('a refund above the limit', () => {
  test('waits for an operator, with the gate shut and the run open', () => {
    const session = waiting().passTo(START + 90 * DAY);
    expect(session.view).toMatchObject({
      phase: 'settling',
      refund: 'awaiting-approval',
      gate: { state: 'over' },
      attention: [{ step: 'refund', code: 'refund-approval' }],
    });
    expect(notes(session, 'refund-approval')).toMatchObject([{ toClient: false, state: 'open' }]);
    expect(refunds(session)).toEqual([false]);
    expect(rules.hasEnded(session.state)).toBe(false);
  });

  test('approved: it is paid back once, and the session ends', () => {
    const session = waiting();
    expect(session.send({ type: 'operator.decide-refund', approve: true })).toEqual({
      accepted: true,
      next: 'none',
    });
    expect(session.send({ type: 'operator.decide-refund', approve: false })).toMatchObject({
      reason: 'no-refund-to-decide',
    });
    session.drain();
    expect(refunds(session)).toEqual([false, true]);
    expect(session.view).toMatchObject({ phase: 'ended', refund: 'done', attention: [] });
    expect(session.topics().slice(-2)).toEqual(['refund', 'closed']);
  });

  test('declined: nothing is paid back, the client hears so, and the session ends', () => {
    const session = waiting();
    session.send({ type: 'operator.decide-refund', approve: false });
    session.drain();
    expect(refunds(session)).toEqual([false]);
    expect(session.view).toMatchObject({ phase: 'ended', refund: 'skipped', attention: [] });
    expect(notes(session, 'refund')).toMatchObject([{ toClient: true, reason: 'refund-declined' }]);
    expect(rules.hasEnded(session.state)).toBe(true);
  });

  test('asked for again below a raised limit it goes through; at the same limit nobody is told twice', () => {
    const session = waiting();
    session.send({ type: 'operator.retry', step: 'refund' as StepId });
    session.drain();
    expect(session.view.refund).toBe('awaiting-approval');
    expect(notes(session, 'refund-approval')).toHaveLength(1);
    session.limited = false;
    session.send({ type: 'operator.retry-failed' });
    session.drain();
    expect(session.view).toMatchObject({ phase: 'ended', refund: 'done' });
  });

  test('an approval outlives a shop that is away', () => {
    const session = waiting();
    session.send({ type: 'operator.decide-refund', approve: true });
    session.fail(session.pending.findIndex(({ call }) => call.kind === 'refund'));
    session.drain();
    expect(session.view).toMatchObject({ refund: 'failed', attention: [{ code: 'vendor-unavailable' }] });
    session.send({ type: 'operator.retry-failed' });
    session.drain();
    expect(refunds(session)).toEqual([false, true, true]);
    expect(session.view.refund).toBe('done');
  });

  test('paid back in the shop meanwhile, there is nothing left to decide', () => {
    const session = waiting();
    const heard = { occurredAt: session.now, receivedAt: session.now };
    session.send({ type: 'payment.refunded', scope: 'unit', ...heard });
    session.drain();
    expect(session.view).toMatchObject({ phase: 'ended', refund: 'done', attention: [] });
    expect(refunds(session)).toEqual([false]);
  });

  test('paid back by hand, the step is skipped', () => {
    const session = waiting();
    session.send({ type: 'operator.skip', step: 'refund' as StepId });
    session.drain();
    expect(session.view).toMatchObject({ phase: 'ended', refund: 'skipped', attention: [] });
  });
});

describe('retrying everything that failed', () => {
  test('repeats each failed step at once, with one entry in the timeline', () => {
    const session = new Simulation(rules, inputOf());
    session.send({ type: 'clock.opened' });
    session.finish();
    for (const step of ['open-ticket', 'put-route', 'issue-link:1'])
      session.fail(session.pending.findIndex((effect) => effect.step === step));
    session.drain();
    expect(session.attention()).toHaveLength(3);
    const { seq } = session.state;
    expect(session.send({ type: 'operator.retry-failed' })).toBeNull();
    expect(session.state.timeline.filter((entry) => entry.seq > seq).map(({ reason }) => reason)).toContain(
      'steps-retried',
    );
    expect(session.state.seq).toBe(seq + 1);
    session.drain();
    expect(session.attention()).toEqual([]);
    expect(session.phase).toBe('awaiting-booking');
    expect(session.topics()).toContain('link');
  });

  test('repeats closing steps too, and afterwards finds nothing', () => {
    const session = new Simulation(rules, inputOf()).open();
    session.send({ type: 'request.cancel', by: 'operator', refund: 'none' });
    while (!session.pending.some(({ call }) => call.kind === 'delete-route')) session.finish();
    session.fail(session.pending.findIndex(({ call }) => call.kind === 'delete-route'));
    session.drain();
    expect(rules.hasEnded(session.state)).toBe(false);
    session.send({ type: 'operator.retry-failed' });
    session.drain();
    expect(rules.hasEnded(session.state)).toBe(true);
    session.send({ type: 'operator.retry-failed' });
    expect(session.state.timeline.at(-1)?.reason).toBe('nothing-failed');
    expect(session.pending).toEqual([]);
  });
});
