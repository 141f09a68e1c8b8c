import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { carrying } from '../../activities/riders.ts';
import { publishedGate } from '../../db/queries/gate.ts';
import { findLink } from '../../db/queries/links.ts';
import { CodedFailure } from '../../platform/failures.ts';
import { linkIdOf } from '../../platform/session-ids.ts';
import type { Publication, Riders, SessionActivities } from '../../workflows/contract/activities.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import { fakeActivities } from '../support/workflow-rig.ts';
import { createWorld, type World } from './support/world.ts';

const PAID_AT = Date.UTC(2026, 8, 1) as Instant;

function publicationOf(sessionKey: SessionKey): Publication {
  return {
    sessionKey,
    gate: {
      sessionKey,
      version: 5,
      state: 'live',
      access: 'granted',
      page: { from: PAID_AT, until: (PAID_AT + 1) as Instant },
      join: [],
      linkId: linkIdOf(sessionKey, 1),
    },
    record: {
      phase: 'opening',
      outcome: null,
      startsAt: null,
      endsAt: null,
      cutoffAt: null,
      needsAttention: false,
    },
    entries: [{ seq: 3, at: PAID_AT, event: 'e', from: 'opening', to: 'opening', reason: 'r' }],
  };
}

function ridersOf(sessionKey: SessionKey): Required<Riders> {
  return {
    link: { sessionKey, linkId: linkIdOf(sessionKey, 1), revokes: null },
    publication: publicationOf(sessionKey),
  };
}

describe('an effect at a vendor', () => {
  const key = 'AAAAAAAAAAAAAAAAAAAAAA' as SessionKey;
  const order = { sessionKey: key, rev: 1, status: 'opening', riders: ridersOf(key) };

  /** Tells what was called, in its order; what is named here fails. */
  function called(failures: Partial<Record<keyof SessionActivities, Error>>) {
    const calls: string[] = [];
    const watched = Object.entries(fakeActivities()).map(([name, run]) => [
      name,
      async (input: never) => {
        calls.push(name);
        const failure = failures[name as keyof SessionActivities];
        if (failure) throw failure;
        return await (run as (given: never) => Promise<unknown>)(input);
      },
    ]);
    return { calls, activities: carrying(Object.fromEntries(watched) as SessionActivities) };
  }

  test('comes after the writes that it carries, and brings their results along', async () => {
    const { calls, activities } = called({});
    expect(await activities.openTicket(order)).toEqual({
      kind: 'open-ticket',
      ticketId: 7,
      ticketNumber: '99000000000000000007',
      riders: [{ kind: 'issue-link' }, { kind: 'publish', version: 5, seq: 3 }],
    });
    expect(calls).toEqual(['issueLink', 'publish', 'openTicket']);
  });

  test('is not tried while PostgreSQL is away, and soon again', async () => {
    const away = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const { calls, activities } = called({ publish: away });
    const failure = await activities.openTicket(order).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: 'store-unavailable', nonRetryable: false, nextRetryDelay: 1000 });
    expect(calls).toEqual(['issueLink', 'publish']);
  });

  test('does not suffer from a write that fails for good: that one is left to its own lane', async () => {
    const { calls, activities } = called({ issueLink: new CodedFailure('row-missing', 'no calendar') });
    expect(await activities.openTicket(order)).toMatchObject({
      kind: 'open-ticket',
      riders: [{ kind: 'publish' }],
    });
    expect(calls).toEqual(['issueLink', 'publish', 'openTicket']);
  });

  test('deletes no route when the publication before it failed', async () => {
    const missing = new CodedFailure('row-missing', 'no session');
    const { calls, activities } = called({ publish: missing });
    const { publication } = ridersOf(key);
    const deletion = activities.deleteRoute({ sessionKey: key, riders: { publication } });
    await expect(deletion).rejects.toBe(missing);
    expect(calls).toEqual(['publish']);
  });

  test('keeps its own failure', async () => {
    const own = new CodedFailure('vendor-rejected', 'no');
    const { calls, activities } = called({ openTicket: own });
    await expect(activities.openTicket(order)).rejects.toBe(own);
    expect(calls).toEqual(['issueLink', 'publish', 'openTicket']);
  });
});

describe('what rides along', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.close());

  test('is in the rows once, however often the vendor is tried', async () => {
    const { activities, dependencies, sessionKey } = world;
    const order = { sessionKey, rev: 1, status: 'opening', riders: ridersOf(sessionKey) };
    const open = () => activities.openTicket(order);
    const riders = [{ kind: 'issue-link' }, { kind: 'publish', version: 5, seq: 3 }];
    expect(await open()).toMatchObject({ riders });
    expect(await open()).toMatchObject({ riders });
    const { db } = dependencies;
    expect(await findLink(db, linkIdOf(sessionKey, 1))).toMatchObject({ revoked_at: null });
    expect((await publishedGate(db, sessionKey))?.gate).toMatchObject({ version: 5 });
    const timeline = await db.selectFrom('timeline').select('seq').execute();
    expect(timeline.map(({ seq }) => seq)).toEqual([3]);
  });
});
