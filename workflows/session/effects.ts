import type { Effect } from '../contract/effects.ts';
import type { EffectResult } from '../contract/events.ts';
import type { Gate, SessionRecord, TimelineEntry } from '../contract/session.ts';
import type { SessionKey } from '../contract/values.ts';
import {
  actAtProvider,
  lookUpAndAct,
  money,
  publishUntilDone,
  readProvider,
  storeLink,
} from './activities.ts';

/** What a publish carries; taken when it begins, so that it is never older than the state. */
export interface Publication {
  readonly sessionKey: SessionKey;
  readonly gate: Gate;
  readonly record: SessionRecord;
  readonly entries: readonly TimelineEntry[];
}

/**
 * Runs one effect of the core as its activity. A title is given only where the type does not say it all: each is one
 * more payload in the history. No layer more than needed: the SDK takes the stack of each promise.
 *
 * @throws {TemporalFailure} when the effect failed for good or was called off.
 */
export function carryOut(
  { call }: Effect,
  sessionKey: SessionKey,
  newest: () => Publication,
): Promise<EffectResult> {
  switch (call.kind) {
    case 'confirm-payment':
      return money.confirmPayment({ sessionKey });
    case 'issue-link':
      return storeLink.issueLink({ sessionKey, linkId: call.linkId, revokes: call.revokes });
    case 'open-ticket':
      return lookUpAndAct.openTicket({ sessionKey, rev: call.rev, status: call.status });
    case 'write-ticket': {
      const { note } = call;
      return lookUpAndAct.writeTicket.executeWithOptions({ summary: note.topic }, [{ sessionKey, note }]);
    }
    case 'remind': {
      const { appointment, startsAt, beforeMs, note } = call;
      return lookUpAndAct.remind.executeWithOptions({ summary: `${beforeMs / 60_000} minutes before` }, [
        { sessionKey, appointment, startsAt, beforeMs, note },
      ]);
    }
    case 'put-route':
      return lookUpAndAct.putRoute({ sessionKey, until: call.until });
    case 'delete-route':
      return lookUpAndAct.deleteRoute({ sessionKey });
    case 'publish':
      return publishUntilDone.publish(newest());
    case 'make-booking-link':
      return actAtProvider.makeBookingLink({ sessionKey });
    case 'ask-provider':
      return readProvider.askProvider({ sessionKey, appointment: call.appointment });
    case 'cancel-appointment':
      return lookUpAndAct.cancelAppointment({ sessionKey, appointment: call.appointment });
    case 'claim-grace':
      return lookUpAndAct.claimGrace({ sessionKey, lateChange: call.lateChange });
    case 'refund':
      return money.refund({ sessionKey, approved: call.approved });
  }
}
