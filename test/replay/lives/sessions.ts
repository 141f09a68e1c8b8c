import { ApplicationFailure } from '@temporalio/common';
import type { SessionActivities } from '../../../workflows/contract/activities.ts';
import type { Policy } from '../../../workflows/contract/session.ts';
import type { StepId } from '../../../workflows/contract/values.ts';
import { type FakeProvider, fakeProvider } from '../../support/fake-provider.ts';
import type { Recording } from '../../support/replay.ts';
import {
  DAY,
  fakeActivities,
  HOUR,
  MINUTE,
  type RigSession,
  withSession,
} from '../../support/workflow-rig.ts';
import type { Life } from './life.ts';

interface Setting {
  readonly policy?: Partial<Policy>;
  readonly activities?: Partial<SessionActivities>;
}

/** The recording is made where the story ends: a run that is still open then is kept open. */
function session(
  setting: Setting,
  story: (one: RigSession, provider: FakeProvider) => Promise<unknown>,
): Life {
  return async ({ env, bundle }) => {
    const provider = fakeProvider();
    const { policy = {} } = setting;
    const activities = { ...provider.activities, ...setting.activities };
    let recording: Recording | undefined;
    await withSession({ env, bundle, policy, activities }, async (one) => {
      await story(one, provider);
      recording = await one.recording();
    });
    if (!recording) throw new Error('the story was not told');
    return recording;
  };
}

const iso = (instant: number): string => new Date(instant).toISOString();

const opened = (one: RigSession) =>
  one.until('opened', (view) => view.phase === 'awaiting-booking' && view.ticketNumber !== null);

/** Opened, and booked in `days`. @returns the start. */
async function booked(one: RigSession, provider: FakeProvider, days: number): Promise<number> {
  await opened(one);
  const now = await one.now();
  await one.tell(provider.book(now + days * DAY, now));
  await one.until('scheduled', (view) => view.phase === 'scheduled');
  return now + days * DAY;
}

/** The client moved the appointment at the provider, after the cutoff, to a day later. @returns the new start. */
async function movedLate(one: RigSession, provider: FakeProvider): Promise<number> {
  const startsAt = await booked(one, provider, 3);
  await one.skipTo(startsAt - DAY + MINUTE);
  await one.until('locked', (view) => view.phase === 'locked');
  await one.tell(...provider.move(startsAt + DAY, await one.now()));
  return startsAt + DAY;
}

const lateChange = (one: RigSession) =>
  one.until('a late change', (view) => view.lateChange !== null && view.attention.length === 0);

const cancelled = async (one: RigSession) => {
  await one.ask('cancel', { by: 'operator', refund: 'none' });
  await one.result();
};

const refused = (type: string) => ApplicationFailure.create({ type, message: type, nonRetryable: true });

/** Retries, or skips, the one step that has failed. */
async function answerFailure(
  one: RigSession,
  answer: 'retryStep' | 'skipStep',
  repair: () => void,
): Promise<void> {
  const { attention } = await one.until('in need of attention', (view) =>
    view.attention.some(({ step }) => step !== null),
  );
  const step = attention.find((each) => each.step !== null)?.step as StepId;
  repair();
  await one.ask(answer, { step });
}

function failedSteps(): Life {
  let ticketFails = true;
  const fake = fakeActivities();
  return session(
    {
      activities: {
        openTicket: (input) => {
          if (ticketFails) throw refused('vendor-unauthorized');
          return fake.openTicket(input);
        },
        deleteRoute: () => {
          throw refused('vendor-forbidden');
        },
      },
    },
    async (one) => {
      await answerFailure(one, 'retryStep', () => {
        ticketFails = false;
      });
      await opened(one);
      await one.ask('cancel', { by: 'operator', refund: 'none' });
      await answerFailure(one, 'skipStep', () => undefined);
      await one.result();
    },
  );
}

export const sessionLives = {
  'session-asleep': session({}, async (one, provider) => {
    const startsAt = await booked(one, provider, 5);
    await one.ask('requestLateChange', { by: 'client' });
    await one.skipTo(startsAt - 3 * DAY);
  }),
  'session-completed': session({}, async (one, provider) => {
    const startsAt = await booked(one, provider, 5);
    await one.ask('reschedule', { by: 'client' });
    const moved = startsAt + DAY;
    await one.tell(...provider.move(moved, await one.now()));
    await one.until('moved', (view) => view.startsAt === iso(moved));
    await one.skipTo(moved - HOUR / 2);
    await one.until('reminded twice', () => one.inputsOf('remind').length === 2);
    await one.ask('reschedule', { by: 'client' });
    await one.result();
  }),
  'session-late-change-declined': session({}, async (one, provider) => {
    await movedLate(one, provider);
    await lateChange(one);
    await one.ask('decideLateChange', { by: 'agent', approve: false });
    await one.result();
  }),
  'session-late-change-approved': session({}, async (one, provider) => {
    const moved = await movedLate(one, provider);
    await lateChange(one);
    await one.ask('decideLateChange', { by: 'agent', approve: true });
    await one.until('moved', (view) => view.startsAt === iso(moved));
    await one.result();
  }),
  'session-late-change-by-default': session({ policy: { lateDefault: 'approve' } }, async (one, provider) => {
    await movedLate(one, provider);
    await lateChange(one);
    await one.result();
  }),
  'session-late-change-graced': session(
    {
      policy: { lateGrace: 'once' },
      activities: { claimGrace: async () => ({ kind: 'claim-grace', granted: true }) },
    },
    async (one, provider) => {
      const moved = await movedLate(one, provider);
      await one.until('graced', (view) => view.lateChange === null && view.startsAt === iso(moved));
      await one.result();
    },
  ),
  'session-cancelled-with-refund': session({ policy: { onCancel: 'end' } }, async (one, provider) => {
    await booked(one, provider, 5);
    await one.tell(provider.cancel('client', await one.now()));
    await one.result();
  }),
  'session-refund-approved': session(
    {
      activities: {
        refund: async ({ approved }) => ({ kind: 'refund', status: approved ? 'done' : 'needs-approval' }),
      },
    },
    async (one, provider) => {
      await booked(one, provider, 5);
      await one.ask('cancel', { by: 'client', refund: 'policy' });
      await one.skipTo((await one.now()) + HOUR);
      await one.until('awaiting an approval', (view) => view.refund === 'awaiting-approval');
      await one.ask('decideRefund', { approve: true });
      await one.result();
    },
  ),
  'session-expired': session({}, async (one) => {
    await opened(one);
    await one.result();
  }),
  'session-half-rescheduled': session({}, async (one, provider) => {
    const startsAt = await booked(one, provider, 5);
    const [old] = provider.move(startsAt + DAY, await one.now());
    await one.tell(old);
    await one.skipTo((await one.now()) + 11 * MINUTE);
    await one.until('moved', (view) => view.startsAt === iso(startsAt + DAY));
    await cancelled(one);
  }),
  'session-failed-steps': failedSteps(),
  'session-access-revoked-and-restored': session({}, async (one, provider) => {
    await booked(one, provider, 5);
    await one.ask('revokeAccess', {});
    await one.ask('reschedule', { by: 'client' });
    await one.ask('restoreAccess', {});
    await one.ask('reissueLink', {});
    await cancelled(one);
  }),
  'session-cutoff-moved': session({}, async (one, provider) => {
    const startsAt = await booked(one, provider, 3);
    await one.ask('moveCutoff', { cutoffMs: 2 * HOUR });
    await one.ask('moveCutoff', { cutoffMs: HOUR });
    await one.skipTo(startsAt - 3 * HOUR);
    await one.ask('reschedule', { by: 'client' });
    await one.result();
  }),
} satisfies Readonly<Record<string, Life>>;
