import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { TicketNote } from '../../workflows/contract/effects.ts';
import { sessionBundle } from '../support/bundle.ts';
import { type FakeProvider, fakeProvider } from '../support/fake-provider.ts';
import { timeSkippingServer } from '../support/temporal.ts';
import {
  DAY,
  fakeActivities,
  HOUR,
  MINUTE,
  type RigOptions,
  type RigSession,
  withSession,
} from '../support/workflow-rig.ts';

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  [env, bundle] = await Promise.all([timeSkippingServer(), sessionBundle()]);
});
afterAll(() => env.teardown());

interface Locked {
  readonly one: RigSession;
  readonly provider: FakeProvider;
  readonly startsAt: number;
}

/** A session in its twentieth hour before the start. */
function locked(
  options: Omit<RigOptions, 'env' | 'bundle'>,
  body: (locked: Locked) => Promise<void>,
): Promise<void> {
  const provider = fakeProvider();
  const activities = { ...provider.activities, ...options.activities };
  return withSession({ env, bundle, ...options, activities }, async (one) => {
    await one.until('opened', (view) => view.phase === 'awaiting-booking' && view.ticketNumber !== null);
    const now = await one.now();
    const startsAt = now + 5 * DAY;
    await one.tell(provider.book(startsAt, now));
    await one.until('scheduled', (view) => view.phase === 'scheduled');
    await one.skipTo(startsAt - 20 * HOUR);
    await one.until('locked', (view) => view.phase === 'locked');
    await body({ one, provider, startsAt });
  });
}

const notesOf = (one: RigSession, topic: TicketNote['topic']): readonly TicketNote[] =>
  (one.inputsOf('writeTicket') as { note: TicketNote }[])
    .map(({ note }) => note)
    .filter((note) => note.topic === topic);

const iso = (instant: number): string => new Date(instant).toISOString();

describe('a late change', () => {
  test('made at the provider is reminded of once, and declined at its deadline', async () => {
    await locked({}, async ({ one, provider, startsAt }) => {
      await one.tell(...provider.move(startsAt + 3 * DAY, await one.now()));
      await one.until('pending', (view) => view.lateChange !== null);
      expect((await one.gate()).join).toHaveLength(2);
      await one.skipTo(startsAt - 13 * HOUR);
      await one.until('reminded', () => notesOf(one, 'late-change-reminder').length === 1);
      await one.skipTo(startsAt - 7 * HOUR);
      const view = await one.until('declined', (seen) => seen.lateChange === null);
      expect(view.startsAt).toBe(iso(startsAt));
      expect((await one.gate()).join).toEqual([
        { from: startsAt - 15 * MINUTE, until: startsAt + HOUR + 30 * MINUTE },
      ]);
      await one.until('told what to do', () => notesOf(one, 'late-change-declined-but-moved').length === 2);
      expect(notesOf(one, 'late-change-reminder')).toHaveLength(1);
    });
  });

  test('is approved by the grace, through its activity', async () => {
    await locked({ policy: { lateGrace: 'once' } }, async ({ one, provider, startsAt }) => {
      await one.tell(...provider.move(startsAt + 3 * DAY, await one.now()));
      const view = await one.until('moved', (seen) => seen.startsAt === iso(startsAt + 3 * DAY));
      expect(view.lateChange).toBeNull();
      expect(one.inputsOf('claimGrace')).toEqual([
        { sessionKey: one.key, lateChange: expect.stringMatching(/^late@\d+$/) },
      ]);
    });
  });

  test('asked for on the page and approved by an agent on the ticket opens the move', async () => {
    await locked({}, async ({ one, provider, startsAt }) => {
      expect(await one.ask('requestLateChange', { by: 'client' })).toMatchObject({ accepted: true });
      const now = await one.now();
      await one.tell({ type: 'ticket.action', action: 'approve_change', occurredAt: now, receivedAt: now });
      const view = await one.until('approved', (seen) => seen.moveUntil !== null);
      expect(view.lateChange).toBeNull();
      await one.tell(...provider.move(startsAt + 2 * DAY, (await one.now()) + 1));
      const moved = await one.until('moved', (seen) => seen.startsAt === iso(startsAt + 2 * DAY));
      expect(moved).toMatchObject({ lateChange: null, moveUntil: null });
    });
  });
});

describe('drift', () => {
  test('that no webhook told is found before the last reminder: nobody is reminded of the old time', async () => {
    await locked({}, async ({ one, provider, startsAt }) => {
      const reminded = () =>
        (one.inputsOf('remind') as { startsAt: number; beforeMs: number }[]).map(
          (input) => `${input.startsAt === startsAt ? 'old' : 'new'} ${input.beforeMs / HOUR} h`,
        );
      expect(reminded()).toEqual(['old 24 h']);
      provider.shift(startsAt + 5 * HOUR);
      await one.skipTo(startsAt - HOUR + MINUTE);
      const view = await one.until('repaired', (seen) => seen.startsAt === iso(startsAt + 5 * HOUR));
      expect(view.timeline.map(({ reason }) => reason)).toContain('provider-says-moved');
      await one.skipTo(startsAt + 4 * HOUR + MINUTE);
      await one.until('reminded', () => reminded().length === 3);
      // The one for the old time asked, found the new one, and sent nothing.
      expect(reminded()).toEqual(['old 24 h', 'old 1 h', 'new 1 h']);
    });
  });
});

test('a grace whose store is away leaves the late change to its deadline', async () => {
  const claimGrace = async () => {
    throw new Error('the store is away');
  };
  await locked(
    { policy: { lateGrace: 'once' }, activities: { ...fakeActivities(), claimGrace } },
    async ({ one, provider, startsAt }) => {
      await one.tell(...provider.move(startsAt + 3 * DAY, await one.now()));
      await one.skipTo(startsAt - 19 * HOUR);
      await one.until('in need of attention', ({ attention }) => attention.length > 0);
      expect((await one.view()).lateChange).not.toBeNull();
      await one.skipTo(startsAt - 7 * HOUR);
      const view = await one.until('declined', (seen) => seen.lateChange === null);
      expect(view.attention.map(({ code }) => code)).toEqual(['late-change-declined-but-moved']);
    },
  );
});
