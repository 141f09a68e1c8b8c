import { describe, expect, test } from '@jest/globals';
import type { SessionInput } from '../../workflows/contract/session.ts';
import type { TicketNote } from '../../workflows/contract/effects.ts';
import type { StepId } from '../../workflows/contract/values.ts';
import { rulesByVersion } from '../../workflows/policy/versions.ts';
import { inWords } from '../../workflows/policy/length.ts';
import { at, DAY, HOUR, inputOf, MINUTE, PAID_AT, Simulation } from './simulation.ts';

const rules = rulesByVersion[1];

/** Those of the rig are attentive; one without the field was started before there was this. */
function started(change: Partial<SessionInput> = {}, attentive = true): Simulation {
  const { attentive: _, ...older } = inputOf(change);
  return new Simulation(rules, attentive ? { ...older, attentive } : older);
}

/** The effect of this kind that is under way fails. */
function failing(session: Simulation, kind: string, code?: string): void {
  const index = session.pending.findIndex(({ call }) => call.kind === kind);
  if (index < 0) throw new Error(`no ${kind} is under way`);
  session.fail(index, code);
}

const notesOf = (session: Simulation): readonly TicketNote[] =>
  session.sent.flatMap(({ call }) => (call.kind === 'write-ticket' ? [call.note] : []));

const attentionNotes = (session: Simulation) =>
  notesOf(session)
    .filter(({ topic }) => topic === 'attention')
    .map(({ reason, step, toClient }) => ({ reason, step, toClient }));

describe('what needs attention is written on the ticket', () => {
  function withoutRoute(attentive = true): Simulation {
    const session = started({}, attentive);
    session.send({ type: 'clock.opened' });
    session.finish();
    failing(session, 'put-route', 'vendor-timeout');
    return session.drain();
  }

  test('a step that failed for good, by its name and code, for agents alone', () => {
    const session = withoutRoute();
    expect(session.attention()).toEqual(['vendor-timeout']);
    expect(attentionNotes(session)).toEqual([
      { reason: 'vendor-timeout', step: 'put-route', toClient: false },
    ]);
  });

  test('again when a retry failed otherwise, and not when it failed the same way', () => {
    const session = withoutRoute();
    session.send({ type: 'operator.retry', step: 'put-route' as StepId });
    failing(session, 'put-route', 'vendor-timeout');
    session.drain();
    expect(attentionNotes(session)).toHaveLength(1);
    session.send({ type: 'operator.retry', step: 'put-route' as StepId });
    failing(session, 'put-route', 'vendor-unauthorized');
    session.drain();
    expect(attentionNotes(session).map(({ reason }) => reason)).toEqual([
      'vendor-timeout',
      'vendor-unauthorized',
    ]);
  });

  test('a fact', () => {
    const session = started().open();
    session.now = at(PAID_AT + HOUR);
    session.hear(session.provider.book(session.now, PAID_AT + 10 * DAY)).drain();
    session.now = at(PAID_AT + 2 * HOUR);
    session.hear(session.provider.book(session.now, PAID_AT + 12 * DAY)).drain();
    expect(session.attention()).toEqual(['second-appointment']);
    expect(attentionNotes(session)).toEqual([
      { reason: 'second-appointment', step: undefined, toClient: false },
    ]);
  });

  test('but for what failed at the ticket itself, and for what a session that is closed leaves behind', () => {
    const session = started();
    session.send({ type: 'clock.opened' });
    session.finish();
    failing(session, 'open-ticket');
    session.drain();
    expect(session.attention()).toEqual(['vendor-unavailable']);
    expect(attentionNotes(session)).toEqual([]);

    const closing = started().open();
    closing.send({ type: 'request.cancel', by: 'operator', refund: 'none' });
    failing(closing, 'delete-route');
    closing.drain();
    expect(closing.phase).toBe('ended');
    expect(closing.attention()).toEqual(['vendor-unavailable']);
    expect(notesOf(closing).at(-1)).toMatchObject({ topic: 'closed', state: 'closed' });
  });

  test('not of a session that was started before there was this', () => {
    const session = withoutRoute(false);
    expect(session.attention()).toEqual(['vendor-timeout']);
    expect(attentionNotes(session)).toEqual([]);
  });
});

describe('what PostgreSQL is told of it', () => {
  const recordOf = ({ state }: Simulation) => rules.recordOf(state);

  test('each with its instant, and a late change with its deadline', () => {
    const session = started().open();
    session.now = at(PAID_AT + HOUR);
    const starts = PAID_AT + 10 * DAY;
    session.hear(session.provider.book(session.now, starts)).drain();
    expect(recordOf(session)).toMatchObject({ attention: [], lateChange: null });
    session.passTo(starts - 13 * HOUR);
    session.send({ type: 'request.late-change', by: 'client' });
    session.drain();
    const { deadline } = session.view.lateChange ?? { deadline: '' };
    expect(recordOf(session).lateChange).toEqual({
      requestedAt: starts - 13 * HOUR,
      deadline: Date.parse(deadline),
    });
    session.send({ type: 'operator.decide-late-change', by: 'agent', approve: false });
    session.drain();
    expect(recordOf(session).lateChange).toBeNull();
  });

  test('nothing more than before of an older session', () => {
    const record = recordOf(started({}, false).open());
    expect(record).not.toHaveProperty('attention');
    expect(record).not.toHaveProperty('lateChange');
  });
});

test.each([
  [DAY, '24 h'],
  [HOUR, '1 h'],
  [90 * MINUTE, '1 h 30 min'],
  [3 * DAY, '3 d'],
  [60 * HOUR, '2 d 12 h'],
  [5000, '5 s'],
  [0, '0 s'],
])('%d ms are %s', (ms, words) => {
  expect(inWords(ms)).toBe(words);
});
