import { ApplicationFailure } from '@temporalio/common';
import type { BookingActivities } from '../../../workflows/contract/booking.ts';
import type { StepId } from '../../../workflows/contract/values.ts';
import { bookingProvider, type BookingRun, withBooking } from '../../support/booking-rig.ts';
import type { Recording } from '../../support/replay.ts';
import type { SessionView } from '../../../workflows/contract/session.ts';
import { DAY, HOUR, MINUTE } from '../../support/workflow-rig.ts';
import type { Life } from './life.ts';

type Calendar = ReturnType<typeof bookingProvider>;

function booking(
  activities: Partial<BookingActivities>,
  story: (run: BookingRun, calendar: Calendar) => Promise<unknown>,
): Life {
  return async ({ env }) => {
    const calendar = bookingProvider();
    let recording: Recording | undefined;
    await withBooking({ env, activities: { ...calendar.activities, ...activities } }, async (run) => {
      await story(run, calendar);
      const history = await run.handle.fetchHistory();
      // A replay is compared with the view as a value, whichever workflow's it is.
      const view = (await run.view()) as unknown as SessionView;
      recording = { workflowId: run.handle.workflowId, history, view };
    });
    if (!recording) throw new Error('the story was not told');
    return recording;
  };
}

/** Calendly refuses to make a link until an operator has repaired it: the visitor got the default one. */
function withDefaultLink(): Life {
  let refuses = true;
  return booking(
    {
      makeBookingLinkOf: async () => {
        if (!refuses) return { kind: 'make-booking-link' };
        const type = 'vendor-unauthorized';
        throw ApplicationFailure.create({ type, message: type, nonRetryable: true });
      },
    },
    async (run, calendar) => {
      await run.ask('awaitLink', {});
      const { attention } = await run.until('in need of attention', (view) => view.attention.length > 0);
      refuses = false;
      await run.ask('retryStep', { step: attention[0]?.step as StepId });
      await run.until('ready', (view) => view.linkReady);
      const now = await run.now();
      await run.tell(calendar.book(now + 2 * DAY, now));
      await run.until('scheduled', (view) => view.status === 'scheduled');
      await run.skipTo(now + 2 * DAY + HOUR + MINUTE);
      await run.until('completed', (view) => view.status === 'completed');
      await run.result();
    },
  );
}

export const bookingLives = {
  'booking-by-request-with-default-link': withDefaultLink(),
  'booking-by-link': booking({}, async (run, calendar) => {
    await run.ask('awaitLink', {});
    const now = await run.now();
    await run.tell(calendar.book(now + 5 * DAY, now));
    await run.until('scheduled', (view) => view.status === 'scheduled');
    await run.tell(...calendar.move(now + 6 * DAY, now + MINUTE));
    await run.until('moved', (view) => view.reschedules === 1);
    await run.ask('cancel', {});
    await run.result();
  }),
} satisfies Readonly<Record<string, Life>>;
