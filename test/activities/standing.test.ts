import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { cutoffDelay } from '../../activities/records.ts';
import { raiseAttention } from '../../db/queries/gate.ts';
import { readStanding, standingQuery } from '../../db/queries/standing.ts';
import type { Publication } from '../../workflows/contract/activities.ts';
import type { SessionRecord, TimelineEntry } from '../../workflows/contract/session.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { instant, NOW } from './support/rows.ts';
import { createWorld, type World } from './support/world.ts';

const HOUR = 3_600_000;
const SOON_MS = 2 * HOUR;
const before = (ms: number): Instant => (NOW - ms) as Instant;

let world: World;
const events: string[] = [];
beforeEach(async () => {
  events.length = 0;
  world = await createWorld({
    observer: {
      failed: (activity, code) => events.push(`${activity} ${code}`),
      cutoffPassed: (delay) => events.push(`cutoff ${delay}`),
      sessionEnded: (outcome) => events.push(`ended ${outcome}`),
      webhookSent: () => undefined,
      housekept: () => undefined,
    },
  });
});
afterEach(() => world.close());

const record: SessionRecord = {
  phase: 'scheduled',
  outcome: null,
  startsAt: instant('2026-12-01T10:00:00Z'),
  endsAt: instant('2026-12-01T11:00:00Z'),
  cutoffAt: instant('2026-11-30T10:00:00Z'),
  needsAttention: false,
};
const entry = (event: string, from: TimelineEntry['from'], to: TimelineEntry['to']): TimelineEntry => ({
  seq: 1,
  at: NOW,
  event,
  from,
  to,
  reason: 'because',
});
const publication = (
  version: number,
  more: Partial<SessionRecord>,
  entries: readonly TimelineEntry[] = [],
  sessionKey: SessionKey = world.sessionKey,
): Publication => ({
  sessionKey,
  gate: { sessionKey, version, state: 'live', access: 'granted', page: null, join: [], linkId: null },
  record: { ...record, ...more },
  entries,
});
const standing = () => readStanding(world.dependencies.db, new Date(NOW), SOON_MS);

describe('how things stand', () => {
  test('nothing open: everything that is always there stands at zero', async () => {
    await world.activities.publish(publication(1, { phase: 'ended' }));
    await world.dependencies.db.updateTable('sessions').set({ start_state: 'ended' }).execute();
    const { inbox, openSessions, ...rest } = await standing();
    expect(inbox.map(({ count, oldestSeconds }) => count + oldestSeconds)).toEqual(Array(8).fill(0));
    expect(openSessions.map(({ count }) => count)).toEqual(Array(5).fill(0));
    expect(rest).toEqual({
      unstarted: { count: 0, oldestSeconds: 0 },
      attention: [],
      lateChanges: { count: 0, oldestSeconds: 0, dueSoon: 0 },
      webhooksOut: { count: 0, oldestSeconds: 0 },
      untold: 0,
    });
  });

  test('webhooks that wait and those in quarantine, by source, with the age of the oldest', async () => {
    const row = (n: number, source: 'saleor' | 'zammad', status: 'stored' | 'done' | 'quarantined') => ({
      source,
      delivery_key: String(n),
      correlation: String(n),
      event: 'e',
      body: Buffer.from(''),
      received_at: new Date(before(n * 1000)),
      next_attempt_at: new Date(NOW),
      status,
    });
    await world.dependencies.db
      .insertInto('inbox')
      .values([
        row(5, 'saleor', 'stored'),
        row(60, 'saleor', 'stored'),
        row(900, 'saleor', 'done'),
        row(70, 'zammad', 'quarantined'),
      ])
      .execute();
    const { inbox } = await standing();
    expect(inbox.filter(({ count }) => count > 0)).toEqual([
      { source: 'saleor', state: 'stored', count: 2, oldestSeconds: 60 },
      { source: 'zammad', state: 'quarantined', count: 1, oldestSeconds: 70 },
    ]);
  });

  test('attentions by code, since they were raised; one that only the row knows has no code', async () => {
    const other = await world.another(1);
    const raised = (code: string, ms: number) => ({ step: null, code, since: before(ms), requestId: null });
    const attention = [raised('vendor-timeout', HOUR), raised('second-appointment', 5 * HOUR)];
    await world.activities.publish(publication(1, { needsAttention: true, attention }));
    await world.activities.publish(publication(1, {}, [], other));
    await raiseAttention(world.dependencies.db, other);
    const { attention: found } = await standing();
    expect(found.toSorted((a, b) => a.code.localeCompare(b.code))).toEqual([
      { kind: 'session', code: 'second-appointment', count: 1, oldestSeconds: 5 * 3600 },
      { kind: 'session', code: 'unknown', count: 1, oldestSeconds: 0 },
      { kind: 'session', code: 'vendor-timeout', count: 1, oldestSeconds: 3600 },
    ]);
    await world.activities.publish(publication(2, { needsAttention: false, attention: [] }));
    expect((await standing()).attention.map(({ code }) => code)).toEqual(['unknown']);
  });

  test('late changes that wait, and those whose default is near', async () => {
    const other = await world.another(1);
    const late = (asked: number, left: number) => ({
      lateChange: { requestedAt: before(asked), deadline: (NOW + left) as Instant },
    });
    await world.activities.publish(publication(1, late(3 * HOUR, 9 * HOUR)));
    await world.activities.publish(publication(1, late(HOUR, HOUR), [], other));
    expect((await standing()).lateChanges).toEqual({ count: 2, oldestSeconds: 3 * 3600, dueSoon: 1 });
    await world.activities.publish(publication(2, { lateChange: null }, [], other));
    expect((await standing()).lateChanges).toEqual({ count: 1, oldestSeconds: 3 * 3600, dueSoon: 0 });
  });

  test('what is over costs nothing: no table is read as a whole', async () => {
    const { db } = world.dependencies;
    await sql`
      insert into sessions select made.* from sessions s, generate_series(1, 4000) n,
        lateral jsonb_populate_record(s, jsonb_build_object('session_key', 'k' || n, 'slug', 's' || n,
          'workflow_id', 'w' || n, 'unit', n + 10, 'phase', 'ended', 'start_state', 'ended')) as made
    `.execute(db);
    await sql`
      insert into inbox (source, delivery_key, correlation, event, body, received_at, next_attempt_at, status)
      select 'saleor', n::text, n::text, 'e', '', now(), now(), 'done' from generate_series(1, 4000) n
    `.execute(db);
    await sql`vacuum analyze sessions, inbox, bookings, webhook_deliveries, revocations`.execute(db);
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain ${standingQuery(new Date(NOW))}`.execute(db);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index (Only )?Scan using sessions_open/);
    expect(plan).not.toMatch(/Seq Scan on (sessions|inbox)/);
  });
});

describe('what a publication tells', () => {
  test('how late a cutoff is, and how a session ended; once, however often it is repeated', async () => {
    const cutoffAt = before(1500);
    const locked = publication(1, { phase: 'locked', cutoffAt }, [
      entry('clock.cutoff', 'scheduled', 'locked'),
    ]);
    await world.activities.publish(locked);
    await world.activities.publish(locked);
    const ended = entry('clock.settled', 'settling', 'ended');
    await world.activities.publish(publication(2, { phase: 'ended', outcome: 'no-show' }, [ended]));
    expect(events).toEqual(['cutoff 1500', 'ended no-show']);
  });

  test.each([
    ['no cutoff', {}, [entry('appointment.booked', 'awaiting-booking', 'scheduled')], null],
    [
      'a cutoff of a time that is gone',
      { cutoffAt: null },
      [entry('clock.cutoff', 'scheduled', 'locked')],
      null,
    ],
    ['a clock that is behind', { cutoffAt: before(-10) }, [entry('clock.cutoff', 'scheduled', 'locked')], 0],
  ])('%s', (_name, more, entries, expected) => {
    expect(cutoffDelay(publication(1, more, entries), NOW)).toBe(expected);
  });
});
