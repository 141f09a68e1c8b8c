import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { Effect } from '../contract/effects.ts';
import type { EffectResult } from '../contract/events.ts';
import type { Gate, SessionRecord, TimelineEntry } from '../contract/session.ts';
import type { SessionKey } from '../contract/values.ts';
import {
  actAtProvider,
  lookUpAndAct,
  money,
  publishAtOnce,
  publishUntilDone,
  readProvider,
} from './activities.ts';
import { isEffectFailure } from './failure.ts';

/** What a publish carries; taken when it begins, so that it is never older than the state. */
export interface Publication {
  readonly sessionKey: SessionKey;
  readonly gate: Gate;
  readonly record: SessionRecord;
  readonly entries: readonly TimelineEntry[];
}

async function publish(publication: Publication): Promise<EffectResult> {
  const { version } = publication.gate;
  const attempt = CancellationScope.current();
  try {
    // A local activity that is called off leaves a history that does not replay; it is over in 2 seconds anyway.
    return await CancellationScope.nonCancellable(() =>
      publishAtOnce.publish.executeWithOptions({ summary: `gate ${version}` }, [publication]),
    );
  } catch (error) {
    if (!isEffectFailure(error)) throw error;
  }
  if (attempt.consideredCancelled) throw new CancelledFailure('a newer gate is waiting');
  return await publishUntilDone.publish.executeWithOptions(
    { summary: `gate ${version}, the store did not answer at once` },
    [publication],
  );
}

/**
 * Runs one effect of the core as its activity.
 *
 * @throws {TemporalFailure} when the effect failed for good or was called off.
 */
export async function carryOut(
  { step, call }: Effect,
  sessionKey: SessionKey,
  publication: () => Publication,
): Promise<EffectResult> {
  const summary = { summary: step };
  switch (call.kind) {
    case 'confirm-payment':
      return await money.confirmPayment.executeWithOptions(summary, [{ sessionKey }]);
    case 'issue-link': {
      const { linkId, revokes } = call;
      return await lookUpAndAct.issueLink.executeWithOptions(summary, [{ sessionKey, linkId, revokes }]);
    }
    case 'open-ticket': {
      const { rev, status } = call;
      return await lookUpAndAct.openTicket.executeWithOptions(summary, [{ sessionKey, rev, status }]);
    }
    case 'write-ticket': {
      const { note } = call;
      return await lookUpAndAct.writeTicket.executeWithOptions({ summary: `${step}: ${note.topic}` }, [
        { sessionKey, note },
      ]);
    }
    case 'remind': {
      const { appointment, startsAt, beforeMs, note } = call;
      return await lookUpAndAct.remind.executeWithOptions(summary, [
        { sessionKey, appointment, startsAt, beforeMs, note },
      ]);
    }
    case 'put-route':
      return await lookUpAndAct.putRoute.executeWithOptions(summary, [{ sessionKey, until: call.until }]);
    case 'delete-route':
      return await lookUpAndAct.deleteRoute.executeWithOptions(summary, [{ sessionKey }]);
    case 'publish':
      return await publish(publication());
    case 'make-booking-link':
      return await actAtProvider.makeBookingLink.executeWithOptions(summary, [{ sessionKey }]);
    case 'ask-provider': {
      const { appointment } = call;
      return await readProvider.askProvider.executeWithOptions(summary, [{ sessionKey, appointment }]);
    }
    case 'cancel-appointment': {
      const { appointment } = call;
      return await lookUpAndAct.cancelAppointment.executeWithOptions(summary, [{ sessionKey, appointment }]);
    }
    case 'refund':
      return await money.refund.executeWithOptions(summary, [{ sessionKey }]);
  }
}
