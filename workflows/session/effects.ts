import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { Effect } from '../contract/effects.ts';
import type { EffectResult } from '../contract/events.ts';
import type { Gate, SessionRecord, TimelineEntry } from '../contract/session.ts';
import type { SessionKey } from '../contract/values.ts';
import {
  actAtProvider,
  issueLater,
  lookUpAndAct,
  money,
  publishUntilDone,
  readProvider,
  storeAtOnce,
} from './activities.ts';
import { isEffectFailure } from './failure.ts';
import type { TakeTurn } from './turns.ts';

/** What a publish carries; taken when it begins, so that it is never older than the state. */
export interface Publication {
  readonly sessionKey: SessionKey;
  readonly gate: Gate;
  readonly record: SessionRecord;
  readonly entries: readonly TimelineEntry[];
}

/**
 * Tries a local activity. Null when the store did not answer at once.
 *
 * A local activity that is called off leaves a history that does not replay; it is over in 2 seconds anyway.
 */
async function atOnce(
  takeTurn: TakeTurn,
  attempt: () => Promise<EffectResult>,
): Promise<EffectResult | null> {
  try {
    return await CancellationScope.nonCancellable(() => takeTurn(attempt));
  } catch (error) {
    if (!isEffectFailure(error)) throw error;
    return null;
  }
}

async function publish(takeTurn: TakeTurn, newest: () => Publication): Promise<EffectResult> {
  const attempt = CancellationScope.current();
  const published = await atOnce(takeTurn, () => storeAtOnce.publish(newest()));
  if (published) return published;
  if (attempt.consideredCancelled) throw new CancelledFailure('a newer gate is waiting');
  return await publishUntilDone.publish.executeWithOptions({ summary: 'the store did not answer at once' }, [
    newest(),
  ]);
}

async function issue(
  takeTurn: TakeTurn,
  link: Parameters<typeof issueLater.issueLink>[0],
): Promise<EffectResult> {
  const issued = await atOnce(takeTurn, () => storeAtOnce.issueLink(link));
  return issued ?? (await issueLater.issueLink(link));
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
  takeTurn: TakeTurn,
  newest: () => Publication,
): Promise<EffectResult> {
  switch (call.kind) {
    case 'confirm-payment':
      return money.confirmPayment({ sessionKey });
    case 'issue-link':
      return issue(takeTurn, { sessionKey, linkId: call.linkId, revokes: call.revokes });
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
      return publish(takeTurn, newest);
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
