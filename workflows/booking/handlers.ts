import {
  defineQuery,
  defineSignal,
  defineUpdate,
  log,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow';
import { hearCancellation } from '../cancellation.ts';
import {
  BOOKING_QUERY,
  type BookingEventsArgs,
  type BookingUpdates,
  type BookingVerdict,
  type BookingView,
} from '../contract/booking.ts';
import type { AppointmentEvent } from '../contract/events.ts';
import { OUTSIDE_EVENTS } from '../contract/messages.ts';
import type { StepId } from '../contract/values.ts';
import type { Booking } from './booking.ts';
import { validateChange, validateStep } from './validators.ts';

const bookingQuery = defineQuery<BookingView>(BOOKING_QUERY);
const outsideEvents = defineSignal<BookingEventsArgs>(OUTSIDE_EVENTS);
const awaitLink = defineUpdate<BookingVerdict, [BookingUpdates['awaitLink']]>('awaitLink');
const cancel = defineUpdate<BookingVerdict, [BookingUpdates['cancel']]>('cancel');
const changeStatus = defineUpdate<BookingVerdict, [BookingUpdates['changeStatus']]>('changeStatus');
const retryStep = defineUpdate<BookingVerdict, [BookingUpdates['retryStep']]>('retryStep');
const skipStep = defineUpdate<BookingVerdict, [BookingUpdates['skipStep']]>('skipStep');

/** A signal has no one to refuse to: what has no type is left out, and the log says so. */
function wellFormed(events: readonly AppointmentEvent[]): readonly AppointmentEvent[] {
  const list: readonly unknown[] = Array.isArray(events) ? events : [];
  const good = list.filter(
    (event): event is AppointmentEvent =>
      typeof event === 'object' && event !== null && 'type' in event && typeof event.type === 'string',
  );
  if (!Array.isArray(events) || good.length < list.length) log.warn('malformed events in a signal');
  // The operator's and the clock's events are this run's own: nobody sends them.
  return good.filter(({ type }) => type.startsWith('appointment.'));
}

/** Registers every handler. Each decides in its first synchronous statement. */
export function registerHandlers(booking: Booking): void {
  setHandler(bookingQuery, () => booking.view(), { description: 'Everything known of this booking.' });
  setHandler(outsideEvents, (events) => booking.hearAll(wellFormed(events)), {
    description: 'What the provider tells, in any order, any number of times.',
  });
  setDefaultSignalHandler((name) => log.warn('unknown signal', { name }));
  setHandler(awaitLink, () => booking.awaitLink(), {
    description: 'Answers once the scheduling link is stored, or cannot be made now.',
  });
  setHandler(cancel, () => booking.answerWhenReleased({ type: 'request.cancel' }), {
    description:
      'Give the booking up. Answers when the provider has cancelled its appointment, or could not.',
  });
  setHandler(
    changeStatus,
    ({ status, appointment }) =>
      booking.answerWhenReleased({ type: 'request.change-status', status, appointment }),
    { description: 'Say what became of the booking, where the rules allow it.', validator: validateChange },
  );
  setHandler(retryStep, ({ step }) => booking.answer({ type: 'operator.retry', step: step as StepId }), {
    description: 'Repeat a failed step.',
    validator: validateStep,
  });
  setHandler(skipStep, ({ step }) => booking.answer({ type: 'operator.skip', step: step as StepId }), {
    description: 'Go on without a failed step.',
    validator: validateStep,
  });
  void hearCancellation(() => booking.hear({ type: 'operator.cancel' }));
}
