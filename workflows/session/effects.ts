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

/**
 * Runs one effect of the core as its activity. A title is given only where the type does not say it all: each is one
 * more payload in the history.
 *
 * @throws {TemporalFailure} when the effect failed for good or was called off.
 */
export async function carryOut(
  { call }: Effect,
  sessionKey: SessionKey,
  takeTurn: TakeTurn,
  newest: () => Publication,
): Promise<EffectResult> {
  switch (call.kind) {
    case 'confirm-payment':
      return await money.confirmPayment({ sessionKey });
    case 'issue-link': {
      const input = { sessionKey, linkId: call.linkId, revokes: call.revokes };
      const issued = await atOnce(takeTurn, () => storeAtOnce.issueLink(input));
      return issued ?? (await issueLater.issueLink(input));
    }
    case 'open-ticket':
      return await lookUpAndAct.openTicket({ sessionKey, rev: call.rev, status: call.status });
    case 'write-ticket': {
      const { note } = call;
      return await lookUpAndAct.writeTicket.executeWithOptions({ summary: note.topic }, [
        { sessionKey, note },
      ]);
    }
    case 'remind': {
      const { appointment, startsAt, beforeMs, note } = call;
      return await lookUpAndAct.remind.executeWithOptions(
        { summary: `${beforeMs / 60_000} minutes before` },
        [{ sessionKey, appointment, startsAt, beforeMs, note }],
      );
    }
    case 'put-route':
      return await lookUpAndAct.putRoute({ sessionKey, until: call.until });
    case 'delete-route':
      return await lookUpAndAct.deleteRoute({ sessionKey });
    case 'publish':
      return await publish(takeTurn, newest);
    case 'make-booking-link':
      return await actAtProvider.makeBookingLink({ sessionKey });
    case 'ask-provider':
      return await readProvider.askProvider({ sessionKey, appointment: call.appointment });
    case 'cancel-appointment':
      return await lookUpAndAct.cancelAppointment({ sessionKey, appointment: call.appointment });
    case 'claim-grace':
      return await lookUpAndAct.claimGrace({ sessionKey, lateChange: call.lateChange });
    case 'refund':
      return await money.refund({ sessionKey, approved: call.approved });
  }
}
