import { proxySinks } from '@temporalio/workflow';
import type { BookingInput } from '../../../workflows/contract/booking.ts';
import { bookingRulesByVersion } from '../../../workflows/policy/booking/versions.ts';
import { runBooking } from '../../../workflows/booking/booking-workflow.ts';
import type { RecorderSinks } from '../../support/workflow-recorder.ts';

const rules = bookingRulesByVersion[1];

/** The same rules; the booking's view after each decision is told to the recorder. */
export function bookingWorkflow(input: BookingInput) {
  return runBooking(input, {
    1: {
      ...rules,
      decide(state, event, now) {
        const decision = rules.decide(state, event, now);
        proxySinks<RecorderSinks>().recorder.view(JSON.stringify(rules.viewOf(decision.state)));
        return decision;
      },
    },
  });
}
