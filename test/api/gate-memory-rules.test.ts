import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createAcknowledgements } from '../../api/gate/acknowledge.ts';
import type { EngineAnswer } from '../../api/gate/engine.ts';
import { createFreshReads, createSharedCalls } from '../../api/gate/flights.ts';
import { createLooks } from '../../api/gate/look.ts';
import { readGateNotice, readRevocationNotice } from '../../api/gate/notices.ts';
import { createPulse } from '../../api/gate/pulse.ts';
import { concludeReading } from '../../api/gate/reading.ts';
import { createRevokedMemory } from '../../api/gate/revoked.ts';
import { clockOffset, isBeyond } from '../../api/gate/skew.ts';
import { createSnapshots } from '../../api/gate/snapshots.ts';
import type { GateFacts } from '../../db/queries/gate.ts';
import type { Revocation, RevocationNotice } from '../../db/queries/revocations.ts';
import type { Gate } from '../../workflows/contract/session.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { deferred } from './support/gate-rig.ts';
import { gateOf, KEY, linkId, NOW, OTHER_KEY, SLUG } from './support/values.ts';

const gateAt = (version: number, more: Partial<Gate> = {}): Gate => gateOf({ version, ...more });
const snapshotOf = (gate: Gate, slug = `slug-of-${gate.sessionKey}`) => ({
  slug,
  sessionKey: gate.sessionKey,
  tenantId: 1,
  clientId: 2,
  gate,
});
const store = (limits: { snapshots?: number; floors?: number } = {}) => {
  const snapshots = createSnapshots({ snapshots: 10, floors: 10, ...limits });
  snapshots.receive();
  return snapshots;
};
const keyOf = (n: number): SessionKey => String(n).padStart(22, '0') as SessionKey;

describe('which gate is kept', () => {
  test('only a strictly greater version replaces', () => {
    const snapshots = store();
    snapshots.offer(snapshots.ticket(), snapshotOf(gateAt(5), SLUG), 0);
    snapshots.hear(gateAt(5, { access: 'revoked' }));
    snapshots.hear(gateAt(4, { access: 'revoked' }));
    expect(snapshots.bySlug(SLUG)?.gate).toMatchObject({ version: 5, access: 'granted' });
    snapshots.hear(gateAt(6, { access: 'revoked' }));
    expect(snapshots.bySlug(SLUG)?.gate).toMatchObject({ version: 6, access: 'revoked' });
    expect(snapshots.bySlug(SLUG)).toMatchObject({ tenantId: 1, clientId: 2, slug: SLUG });
  });

  test('an answer that was under way while something newer was heard is not kept', () => {
    const snapshots = store();
    const ticket = snapshots.ticket();
    snapshots.hear(gateAt(7));
    expect(snapshots.offer(ticket, snapshotOf(gateAt(6), SLUG), 0)).toBe(false);
    expect(snapshots.bySlug(SLUG)).toBeUndefined();
    expect(snapshots.offer(ticket, snapshotOf(gateAt(7), SLUG), 0)).toBe(true);
    expect(snapshots.offer(ticket, snapshotOf(gateAt(6), SLUG), 0)).toBe(false);
    expect(snapshots.bySlug(SLUG)?.gate.version).toBe(7);
  });

  test.each([
    ['lost meanwhile', (s: ReturnType<typeof store>) => s.lose()],
    [
      'lost and found again meanwhile',
      (s: ReturnType<typeof store>) => {
        s.lose();
        s.receive();
      },
    ],
    ['something unreadable was heard', (s: ReturnType<typeof store>) => s.distrust(OTHER_KEY)],
    [
      'more was heard than is remembered',
      (s: ReturnType<typeof store>) => {
        for (let n = 0; n < 11; n += 1) s.hear(gateAt(1, { sessionKey: keyOf(n) }));
      },
    ],
    ['the run is known to be gone', (s: ReturnType<typeof store>) => s.shut(KEY, 1)],
  ])('an answer is not kept when %s', (_why, meanwhile) => {
    const snapshots = store();
    const ticket = snapshots.ticket();
    meanwhile(snapshots);
    expect(snapshots.offer(ticket, snapshotOf(gateAt(9), SLUG), 0)).toBe(false);
  });

  test('nothing that was looked up while nothing is heard is kept', () => {
    const snapshots = createSnapshots({ snapshots: 10, floors: 10 });
    const before = snapshots.ticket();
    expect(before).toBeUndefined();
    snapshots.receive();
    expect(snapshots.offer(before, snapshotOf(gateAt(9), SLUG), 0)).toBe(false);
  });

  test('the longest unused goes first, and its version stays known', () => {
    const snapshots = store({ snapshots: 3 });
    for (let n = 0; n < 3; n += 1)
      snapshots.offer(snapshots.ticket(), snapshotOf(gateAt(10 + n, { sessionKey: keyOf(n) })), 0);
    const ticket = snapshots.ticket();
    // Everything is new once; what is used after that survives.
    snapshots.offer(ticket, snapshotOf(gateAt(20, { sessionKey: keyOf(3) })), 0);
    expect(snapshots.byKey(keyOf(0))).toBeUndefined();
    snapshots.bySlug(`slug-of-${keyOf(1)}`);
    snapshots.offer(ticket, snapshotOf(gateAt(21, { sessionKey: keyOf(4) })), 0);
    expect(snapshots.byKey(keyOf(1))).toBeDefined();
    expect(snapshots.byKey(keyOf(2))).toBeUndefined();
    expect(snapshots.size()).toBe(3);
    expect(snapshots.offer(ticket, snapshotOf(gateAt(9, { sessionKey: keyOf(0) })), 0)).toBe(false);
    expect(snapshots.floor(keyOf(0))).toBe(10);
  });

  test('a run that is gone stays shut until something newer is published', () => {
    const snapshots = store();
    snapshots.offer(snapshots.ticket(), snapshotOf(gateAt(5), SLUG), 0);
    snapshots.shut(KEY, 5);
    expect(snapshots.bySlug(SLUG)).toBeUndefined();
    expect(snapshots.isShut(KEY, 5)).toBe(true);
    expect(snapshots.isShut(KEY, 6)).toBe(false);
    snapshots.hear(gateAt(5));
    expect(snapshots.isShut(KEY, 5)).toBe(true);
    snapshots.hear(gateAt(6));
    expect(snapshots.isShut(KEY, 5)).toBe(false);
  });

  test('every live snapshot comes up for its re-check, none too early, none that is over', () => {
    const snapshots = store();
    for (let n = 0; n < 3; n += 1)
      snapshots.offer(snapshots.ticket(), snapshotOf(gateAt(1, { sessionKey: keyOf(n) })), n);
    snapshots.offer(snapshots.ticket(), snapshotOf(gateAt(1, { sessionKey: keyOf(3), state: 'over' })), 0);
    const due = (before: number, now: number): string[] => {
      const found: string[] = [];
      for (let tries = 0; tries < 8; tries += 1) {
        const next = snapshots.nextUnchecked(before, now);
        if (next !== undefined) found.push(next.sessionKey);
      }
      return found;
    };
    expect(due(1, 100)).toEqual([keyOf(0), keyOf(1)]);
    expect(due(1, 101)).toEqual([]);
    expect(due(99, 200)).toEqual([keyOf(2)]);
  });
});

describe('how long memory is believed', () => {
  test('from the sending of the newest heartbeat that came back, never from its coming back', () => {
    const pulse = createPulse(2000);
    pulse.trust();
    expect(pulse.freshUntil()).toBe(Number.NEGATIVE_INFINITY);
    const first = pulse.beat(1000);
    const second = pulse.beat(1500);
    pulse.echo(first, 9000);
    expect(pulse.freshUntil()).toBe(3000);
    pulse.echo(second, 9001);
    expect(pulse.freshUntil()).toBe(3500);
    pulse.echo(first, 9002);
    expect(pulse.freshUntil()).toBe(3500);
    expect(pulse.heardAt()).toBe(9001);
  });

  test('an echo vouches for nothing before all was loaded, or after a loss', () => {
    const pulse = createPulse(2000);
    pulse.echo(pulse.beat(1000), 1001);
    expect(pulse.freshUntil()).toBe(Number.NEGATIVE_INFINITY);
    pulse.trust();
    const under = pulse.beat(1500);
    pulse.lose();
    pulse.trust();
    pulse.echo(under, 1600);
    expect(pulse.freshUntil()).toBe(Number.NEGATIVE_INFINITY);
    pulse.echo(pulse.beat(1700), 1701);
    expect(pulse.freshUntil()).toBe(3700);
  });
});

describe('clocks', () => {
  test.each([
    [0, 10, 5, false],
    [0, 10, 2011, true],
    [0, 10, 2010, false],
    [0, 10, -2001, true],
    [0, 10, -2000, false],
    // A round trip of three seconds proves nothing of two.
    [0, 3000, 4000, false],
    [0, 3000, -2001, true],
  ])('sent %d, took %d, there %d: beyond two seconds is %s', (sent, tookMs, there, beyond) => {
    expect(isBeyond(clockOffset({ sent, tookMs, there }), 2000)).toBe(beyond);
  });
});

describe('revocations in memory', () => {
  const link = (seq: number, subject = `link-${seq}`): Revocation => ({
    seq,
    kind: 'link',
    subject,
    keepUntil: null,
  });
  const access = (seq: number, subject: string = KEY): Revocation => ({
    seq,
    kind: 'access',
    subject,
    keepUntil: null,
  });
  const revoked = (revocation: Revocation, after = revocation.seq - 1): RevocationNotice => ({
    type: 'revoked',
    after,
    revocation,
  });

  test('in order the watermark follows; numbers that were never used are no gap', () => {
    const memory = createRevokedMemory();
    memory.hear(revoked(link(1)));
    memory.hear(revoked(link(5), 1));
    expect(memory.watermark()).toBe(5);
    expect(memory.isBehind()).toBe(false);
  });

  test('over a gap it is applied but not counted, until the rows have filled it', () => {
    const memory = createRevokedMemory();
    memory.hear(revoked(link(1)));
    memory.hear(revoked(link(3)));
    expect(memory.isRevoked('link-3')).toBe(true);
    expect([memory.watermark(), memory.isBehind()]).toEqual([1, true]);
    memory.hear(revoked(link(4)));
    expect(memory.watermark()).toBe(1);
    memory.load().append(4, [link(2), link(3), link(4)]);
    expect([memory.watermark(), memory.isBehind()]).toEqual([4, false]);
    expect(memory.isRevoked('link-2')).toBe(true);
  });

  test('a number that the rows do not reach is looked for once', () => {
    const memory = createRevokedMemory();
    memory.hear(revoked(link(900)));
    const loading = memory.load();
    memory.hear(revoked(link(901)));
    loading.append(3, []);
    expect([memory.watermark(), memory.isBehind()]).toEqual([3, true]);
    memory.load().append(3, []);
    expect([memory.watermark(), memory.isBehind()]).toEqual([3, false]);
  });

  test('what is heard while the rows are read is neither lost nor brought back', () => {
    const memory = createRevokedMemory();
    memory.hear(revoked(access(1)));
    const loading = memory.load();
    memory.hear({ type: 'released', seq: 1 });
    memory.hear(revoked(link(9), 8));
    // The rows as they were before both.
    loading.replace(8, [access(1), link(2)]);
    expect(memory.isHeld(KEY)).toBe(false);
    expect(memory.isRevoked('link-9')).toBe(true);
    expect(memory.isRevoked('link-2')).toBe(true);
    expect([memory.watermark(), memory.isBehind()]).toEqual([8, true]);
  });

  test('a reload lets go of what is over, and of holds whose release was missed', () => {
    const memory = createRevokedMemory();
    memory.hear(revoked(access(1)));
    memory.hear(revoked(link(2)));
    memory.hear(revoked(link(3)));
    memory.load().replace(3, [link(3)]);
    expect(memory.isHeld(KEY)).toBe(false);
    expect(memory.isRevoked('link-2')).toBe(false);
    expect(memory.isRevoked('link-3')).toBe(true);
  });

  test('a session that was revoked twice is held until both are released', () => {
    const memory = createRevokedMemory();
    memory.hear(revoked(access(1)));
    memory.hear(revoked(access(2)));
    memory.hear({ type: 'released', seq: 1 });
    memory.hear({ type: 'released', seq: 1 });
    expect(memory.isHeld(KEY)).toBe(true);
    memory.hear({ type: 'released', seq: 2 });
    expect(memory.isHeld(KEY)).toBe(false);
  });

  test('what cannot be shown any more is let go of, links of sessions never', () => {
    const memory = createRevokedMemory();
    memory.hear(revoked({ seq: 1, kind: 'login', subject: 'login', keepUntil: NOW }));
    memory.hear(revoked(link(2)));
    memory.prune(NOW);
    expect(memory.isRevoked('login')).toBe(true);
    memory.prune((NOW + 3_600_001) as Instant);
    expect(memory.isRevoked('login')).toBe(false);
    expect(memory.isRevoked('link-2')).toBe(true);
  });

  test('whatever the order, the watermark never passes a number that was not applied', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8], { minLength: 1 }),
        fc.array(fc.nat(8), { maxLength: 4 }),
        (heard, loads) => {
          const memory = createRevokedMemory();
          const applied = new Set<number>();
          for (const [index, seq] of heard.entries()) {
            memory.hear(revoked(link(seq)));
            applied.add(seq);
            const upTo = loads[index];
            if (upTo !== undefined && upTo > memory.watermark()) {
              const rows = Array.from({ length: upTo }, (_, n) => link(n + 1));
              memory.load().append(
                upTo,
                rows.filter((row) => row.seq > memory.watermark()),
              );
            }
            for (let below = 1; below <= memory.watermark(); below += 1)
              expect(memory.isRevoked(`link-${below}`)).toBe(true);
            for (const one of applied) expect(memory.isRevoked(`link-${one}`)).toBe(true);
          }
        },
      ),
    );
  });
});

describe('what is told between replicas', () => {
  test('a gate is read whole, or as much as says whose it is', () => {
    expect(readGateNotice(JSON.stringify(gateOf()))).toEqual({ kind: 'gate', gate: gateOf() });
    expect(readGateNotice(JSON.stringify({ ...gateOf(), state: 'ajar' }))).toEqual({
      kind: 'unreadable',
      sessionKey: KEY,
    });
    expect(readGateNotice('{')).toEqual({ kind: 'unreadable', sessionKey: null });
  });

  test('a revocation of another form is none', () => {
    expect(readRevocationNotice('{"type":"released","seq":4}')).toEqual({ type: 'released', seq: 4 });
    expect(readRevocationNotice('{"type":"revoked","after":1}')).toBeUndefined();
    expect(readRevocationNotice('nothing')).toBeUndefined();
  });
});

describe('what follows from silence', () => {
  const answer: EngineAnswer<Gate> = { kind: 'answer', value: gateAt(5) };
  const away: EngineAnswer<Gate> = { kind: 'unavailable', why: 'deadline' };
  const missing: EngineAnswer<Gate> = { kind: 'not-found' };
  const unclean: EngineAnswer<Gate> = { kind: 'ended-uncleanly' };
  const row = (gate: unknown, startState: 'intended' | 'started' | 'ended' = 'started') => ({
    gate,
    startState,
  });
  const over = gateAt(9, { state: 'over' });

  test.each([
    ['the workflow answers', answer, row(gateAt(4)), 'gate 5', null],
    ['it has published something newer since', answer, row(gateAt(6)), 'gate 6', null],
    ['the published one cannot be read', answer, row({ version: 9 }), 'gate 5', null],
    ['the published one is a stranger’s', answer, row(gateAt(9, { sessionKey: OTHER_KEY })), 'gate 5', null],
    ['it answers nonsense', { kind: 'answer', value: {} as Gate }, row(gateAt(4)), 'unavailable', null],
    [
      'it answers for a stranger',
      { kind: 'answer', value: gateAt(9, { sessionKey: OTHER_KEY }) },
      row(null),
      'unavailable',
      null,
    ],
    ['Temporal is away', away, row(gateAt(4)), 'gate 4', 'degraded'],
    ['Temporal is away, nothing published', away, row(null), 'unavailable', 'degraded'],
    ['Temporal is away, no row', away, undefined, 'closed', null],
    ['no run, no row', missing, undefined, 'closed', null],
    ['no run, live gate', missing, row(gateAt(4)), 'closed', 'attention'],
    ['no run, over', missing, row(over), 'over', null],
    ['no run, ended row', missing, row(null, 'ended'), 'over', null],
    ['no run yet', missing, row(null, 'intended'), 'closed', null],
    ['terminated, live gate', unclean, row(gateAt(4)), 'closed', 'attention'],
    ['terminated before the row said started', unclean, row(null, 'intended'), 'closed', 'attention'],
    ['terminated after it was over', unclean, row(over), 'over', null],
  ] as const)('%s', (_name, told, published, reading, report) => {
    const concluded = concludeReading({ key: KEY, answer: told, published });
    const { kind } = concluded.reading;
    expect(concluded.reading.kind === 'gate' ? `gate ${concluded.reading.gate.version}` : kind).toBe(reading);
    expect(concluded.report?.kind ?? null).toBe(report);
  });
});

describe('calls that are shared', () => {
  test('one call per key; the next begins only after it', async () => {
    const answers = [deferred<number>(), deferred<number>()];
    let calls = 0;
    const shared = createSharedCalls(async (_key: string) => answers[calls++]?.promise);
    const both = [shared('a'), shared('a')];
    expect(calls).toBe(1);
    answers[0]?.resolve(1);
    expect(await Promise.all(both)).toEqual([1, 1]);
    answers[1]?.resolve(2);
    expect(await shared('a')).toBe(2);
  });

  test('whoever comes while a read is under way gets one that began later, together with all who wait', async () => {
    const reads: { asks: readonly string[]; end: (n: number) => void }[] = [];
    const fresh = createFreshReads((_key: string, asks: readonly string[]) => {
      const { promise, resolve } = deferred<number>();
      reads.push({ asks, end: resolve });
      return promise;
    });
    const first = fresh('k', ['a']);
    const second = fresh('k', ['b']);
    const third = fresh('k', ['c', 'b']);
    const other = fresh('other', ['z']);
    expect(reads.map((read) => read.asks)).toEqual([['a'], ['z']]);
    reads[0]?.end(1);
    reads[1]?.end(9);
    expect(await first).toBe(1);
    expect(await other).toBe(9);
    await Promise.resolve();
    expect(reads[2]?.asks).toEqual(['b', 'c']);
    reads[2]?.end(2);
    expect(await Promise.all([second, third])).toEqual([2, 2]);
  });

  test('a read that fails does not keep the next from being made', async () => {
    let calls = 0;
    const fresh = createFreshReads(async (_key: string, _asks: readonly string[]) => {
      calls += 1;
      if (calls === 1) throw new Error('away');
      return calls;
    });
    const [first, second] = await Promise.allSettled([fresh('k', []), fresh('k', [])]);
    expect(first.status).toBe('rejected');
    expect(second).toMatchObject({ status: 'fulfilled', value: 2 });
    expect(await fresh('k', [])).toBe(3);
  });
});

describe('waiting for confirmations', () => {
  test('an answer that was asked for before the waiter came does not count', async () => {
    const questions: ((seq: number | undefined) => void)[] = [];
    const waiting = createAcknowledgements({
      confirmedByAll: () =>
        new Promise((resolve) => {
          questions.push(resolve);
        }),
      pollMs: 60_000,
      withinMs: 60_000,
    });
    const first = waiting.confirmed(1);
    let second: boolean | undefined;
    void waiting.confirmed(2).then((confirmed) => {
      second = confirmed;
    });
    // No replica was there when this was asked: one that came since does not know of the second.
    questions[0]?.(undefined);
    expect(await first).toBe(true);
    await new Promise(setImmediate);
    expect(second).toBeUndefined();
    questions[1]?.(1);
    await new Promise(setImmediate);
    expect(second).toBeUndefined();
    waiting.look();
    questions[2]?.(2);
    await new Promise(setImmediate);
    expect(second).toBe(true);
    expect(waiting.waiting()).toBe(0);
  });

  test('what cannot be asked is asked again; what takes too long is unconfirmed', async () => {
    let asked = 0;
    const waiting = createAcknowledgements({
      async confirmedByAll() {
        asked += 1;
        if (asked === 1) throw new Error('away');
        return 5;
      },
      pollMs: 1,
      withinMs: 50,
    });
    expect(await waiting.confirmed(5)).toBe(true);
    expect(await waiting.confirmed(6)).toBe(false);
  });
});

test('a hundred looks at once are two reads of the rows and one question to the workflow', async () => {
  const asked = { facts: [] as (readonly string[])[], gates: 0 };
  const answer = deferred<EngineAnswer<Gate>>();
  const looks = createLooks({
    rows: {
      async facts(_slug, ids) {
        asked.facts.push(ids);
        return {
          sessionKey: KEY,
          slug: SLUG,
          tenantId: 1,
          clientId: 2,
          startState: 'started',
          published: null,
          held: false,
          goodLinks: ids.filter((id) => id.endsWith('7')),
          revoked: [],
        };
      },
      published: async () => undefined,
      raiseAttention: async () => undefined,
    },
    engine: {
      gate() {
        asked.gates += 1;
        return answer.promise;
      },
    },
    snapshots: store(),
    revoked: { isRevoked: () => false, isHeld: () => false },
    report: () => undefined,
    onFailure: () => undefined,
    monotonic: () => 0,
    storeWithinMs: 60_000,
  });
  const links = Array.from({ length: 100 }, (_, n) => linkId(n + 1));
  const found = links.map((link) => looks.look(SLUG, [link]));
  await new Promise(setImmediate);
  answer.resolve({ kind: 'answer', value: gateOf() });
  const dead = (await Promise.all(found)).map((look) => look.kind === 'session' && look.dead.size);
  expect(dead).toEqual(links.map((link) => (link.endsWith('7') ? 0 : 1)));
  expect(asked.facts.map((ids) => ids.length)).toEqual([1, 99]);
  expect(asked.gates).toBe(1);
});

/**
 * One session, its workflow, its rows, its notifications and one replica, in every order: the workflow decides, its
 * newest gate is committed, told, or missed in a loss; looks begin, read rows, read the workflow and end.
 */
describe('any order of notifications, losses and looks', () => {
  type Step = 'decide' | 'publish' | 'tell' | 'lose' | 'find' | 'look' | 'rows' | 'ask' | 'answer';
  const steps: readonly Step[] = [
    'decide',
    'publish',
    'tell',
    'lose',
    'find',
    'look',
    'rows',
    'ask',
    'answer',
  ];
  const settle = () => new Promise(setImmediate);

  async function play(script: readonly Step[]): Promise<void> {
    const snapshots = createSnapshots({ snapshots: 2, floors: 2 });
    let inWorkflow = gateAt(1);
    let committed: Gate = inWorkflow;
    let told: Gate[] = [];
    let fresh = false;
    let heard = 0;
    const reads: (() => void)[] = [];
    const asks: { gate: Gate | undefined; end: (answer: EngineAnswer<Gate>) => void }[] = [];
    const problems: string[] = [];

    const facts = (): GateFacts => ({
      sessionKey: KEY,
      slug: SLUG,
      tenantId: 1,
      clientId: 2,
      startState: 'started',
      published: committed,
      held: false,
      goodLinks: [],
      revoked: [],
    });
    const looks = createLooks({
      rows: {
        facts: () =>
          new Promise((resolve) => {
            reads.push(() => resolve(facts()));
          }),
        published: async () => ({ gate: committed }),
        raiseAttention: async () => undefined,
      },
      engine: {
        gate: () =>
          new Promise((end) => {
            asks.push({ gate: undefined, end });
          }),
      },
      snapshots,
      revoked: { isRevoked: () => false, isHeld: () => false },
      report: () => undefined,
      onFailure: () => problems.push('a look failed'),
      monotonic: () => 0,
      storeWithinMs: 60_000,
    });
    const hearNow = (gate: Gate): void => {
      snapshots.hear(gate);
      heard = Math.max(heard, gate.version);
    };
    const endRead = (): void => reads.shift()?.();
    const endAsk = (): void => {
      const ask = asks.shift();
      ask?.end({ kind: 'answer', value: ask.gate ?? inWorkflow });
    };
    const underWay: Promise<void>[] = [];

    const act: Record<Step, () => void> = {
      decide() {
        // Access is taken away for good: what comes after it may never be older.
        inWorkflow = gateAt(inWorkflow.version + 1, {
          access: inWorkflow.version >= 3 ? 'revoked' : 'granted',
        });
      },
      publish() {
        if (committed.version === inWorkflow.version) return;
        committed = inWorkflow;
        if (fresh) told.push(committed);
      },
      tell() {
        const next = told.shift();
        if (next !== undefined) hearNow(next);
      },
      lose() {
        snapshots.lose();
        told = [];
        fresh = false;
      },
      find() {
        if (fresh) return;
        snapshots.receive();
        for (const { version } of snapshots.known()) if (committed.version > version) hearNow(committed);
        fresh = true;
      },
      look() {
        const before = committed.version;
        underWay.push(
          looks.look(SLUG, []).then((look) => {
            if (look.kind !== 'session' || look.reading.kind !== 'gate') {
              problems.push(`a look told ${look.kind}`);
              return;
            }
            const { version, access } = look.reading.gate;
            if (version < before) problems.push(`looked up ${version} after ${before} was committed`);
            if (fresh && version < heard) problems.push(`looked up ${version} after ${heard} was heard`);
            if (access !== (version > 3 ? 'revoked' : 'granted')) problems.push('not a gate of this session');
          }),
        );
      },
      rows: endRead,
      ask() {
        const ask = asks.find((one) => one.gate === undefined);
        if (ask !== undefined) ask.gate = inWorkflow;
      },
      answer: endAsk,
    };

    for (const step of [...script, 'find' as const]) {
      act[step]();
      await settle();
      const kept = fresh ? snapshots.bySlug(SLUG) : undefined;
      if (kept !== undefined && kept.gate.version < heard)
        problems.push(`kept ${kept.gate.version} after ${heard} was heard`);
    }
    for (let idle = 0; idle < 2; ) {
      const busy = reads.length + asks.length;
      while (reads.length > 0) endRead();
      while (asks.length > 0) endAsk();
      await settle();
      idle = busy === 0 ? idle + 1 : 0;
    }
    await Promise.all(underWay);
    for (const gate of told) hearNow(gate);
    const kept = snapshots.bySlug(SLUG);
    if (kept !== undefined && kept.gate.version < committed.version)
      problems.push(`${committed.version} was committed, and ${kept.gate.version} stayed`);
    expect(problems).toEqual([]);
  }

  test('nothing older than what was heard, or committed before the question, is ever told or kept', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            { weight: 1, arbitrary: fc.constantFrom<readonly Step[]>(['lose'], ['find']) },
            {
              weight: 8,
              arbitrary: fc.constantFrom<readonly Step[]>(
                ...steps.map((step) => [step]),
                ['decide', 'publish'],
                ['decide', 'publish', 'tell'],
                ['look', 'rows'],
                ['look', 'rows', 'ask'],
              ),
            },
          ),
          { minLength: 4, maxLength: 20 },
        ),
        (script) => play(['find', ...script.flat()]),
      ),
      { numRuns: 1500 },
    );
  });

  test.each<[string, readonly Step[]]>([
    [
      'a notification overtakes rows and workflow',
      ['find', 'look', 'rows', 'ask', 'decide', 'publish', 'tell', 'answer'],
    ],
    ['a loss hides one', ['find', 'look', 'rows', 'ask', 'lose', 'decide', 'publish', 'find', 'answer']],
    [
      'a second caller joins an old question',
      ['find', 'look', 'rows', 'ask', 'decide', 'publish', 'look', 'rows', 'answer'],
    ],
  ])('%s', (_name, script) => play(script));
});
