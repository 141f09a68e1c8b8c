import type { Carried, Publication, Riders } from '../contract/activities.ts';
import type { Effect, TicketNote } from '../contract/effects.ts';
import type { EffectResult } from '../contract/events.ts';
import type { Instant, SessionKey } from '../contract/values.ts';
import { inWords } from '../policy/length.ts';
import {
  actAtProvider,
  lookUpAndAct,
  money,
  publishUntilDone,
  readProvider,
  storeLink,
} from './activities.ts';

function ridersOf(
  effects: readonly Effect[],
  sessionKey: SessionKey,
  newest: () => Publication,
): { readonly riders?: Riders } {
  if (effects.length === 0) return {};
  const riders: { -readonly [Name in keyof Riders]: Riders[Name] } = {};
  for (const { call } of effects) {
    if (call.kind === 'issue-link') riders.link = { sessionKey, linkId: call.linkId, revokes: call.revokes };
    else riders.publication = newest();
  }
  return { riders };
}

const isoOf = (at: Instant): string => new Date(at).toISOString();

/** E.g. `booked, mail to the client` or `attention, put-route: vendor-timeout`. */
function titleOf({ topic, toClient, step, reason }: TicketNote): string {
  if (toClient) return `${topic}, mail to the client`;
  return step === undefined || reason === null ? topic : `${topic}, ${step}: ${reason}`;
}

/**
 * Runs one effect of the core as its activity. A title is given only where the type does not say it all: each is one
 * more payload in the history. No layer more than needed: the SDK takes the stack of each promise.
 *
 * @param riders publications and links that are done first, in the same attempt.
 * @param newest what a publication says, taken when it begins, so that it is never older than the state.
 * @throws {TemporalFailure} when the effect failed for good or was called off.
 */
export function carryOut(
  { call }: Effect,
  riders: readonly Effect[],
  sessionKey: SessionKey,
  newest: () => Publication,
): Promise<Carried<EffectResult>> {
  const also = ridersOf(riders, sessionKey, newest);
  switch (call.kind) {
    case 'confirm-payment':
      return money.confirmPayment({ sessionKey, ...also });
    case 'issue-link':
      return storeLink.issueLink({ sessionKey, linkId: call.linkId, revokes: call.revokes });
    case 'open-ticket':
      return lookUpAndAct.openTicket({ sessionKey, rev: call.rev, status: call.status, ...also });
    case 'write-ticket': {
      const { note } = call;
      return lookUpAndAct.writeTicket.executeWithOptions({ summary: titleOf(note) }, [
        { sessionKey, note, ...also },
      ]);
    }
    case 'remind': {
      const { appointment, startsAt, beforeMs, note } = call;
      return lookUpAndAct.remind.executeWithOptions({ summary: `${inWords(beforeMs)} before` }, [
        { sessionKey, appointment, startsAt, beforeMs, note, ...also },
      ]);
    }
    case 'put-route':
      return lookUpAndAct.putRoute.executeWithOptions({ summary: `open until ${isoOf(call.until)}` }, [
        { sessionKey, until: call.until },
      ]);
    case 'delete-route':
      return lookUpAndAct.deleteRoute({ sessionKey, ...also });
    case 'publish':
      return publishUntilDone.publish(newest());
    case 'make-booking-link':
      return actAtProvider.makeBookingLink({ sessionKey, ...also });
    case 'ask-provider':
      return readProvider.askProvider({ sessionKey, appointment: call.appointment, ...also });
    case 'cancel-appointment':
      return lookUpAndAct.cancelAppointment({ sessionKey, appointment: call.appointment, ...also });
    case 'move-appointment': {
      const { appointment, startsAt } = call;
      return lookUpAndAct.moveAppointment.executeWithOptions({ summary: `to ${isoOf(startsAt)}` }, [
        { sessionKey, appointment, startsAt, ...also },
      ]);
    }
    case 'hand-over': {
      const { provider, eventType } = call;
      return lookUpAndAct.handOver.executeWithOptions({ summary: `to ${provider}` }, [
        { sessionKey, provider, eventType, ...also },
      ]);
    }
    case 'claim-grace':
      return lookUpAndAct.claimGrace({ sessionKey, lateChange: call.lateChange, ...also });
    case 'refund':
      return money.refund.executeWithOptions({ summary: call.approved ? 'in full, approved' : 'in full' }, [
        { sessionKey, approved: call.approved, ...also },
      ]);
  }
}
