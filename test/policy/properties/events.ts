import type { SessionEvent } from '../../../workflows/contract/events.ts';
import type { Instant, LinkId, StepId } from '../../../workflows/contract/values.ts';
import { at, DAY, HOUR, MINUTE, type Simulation, uri } from '../simulation.ts';
import { pick, type Roll } from './ensure.ts';

/** What a provider may tell of appointments that nobody told us about before. */
function blindEvents(now: Instant, startsAt: number, roll: Roll): readonly SessionEvent[] {
  const heard = { occurredAt: now, receivedAt: now };
  const [appointment, replaces] = [uri(`X${roll(3)}`), uri(`X${roll(3)}`)];
  switch (roll(4)) {
    case 0:
      return [
        {
          type: 'appointment.moved',
          appointment,
          replaces,
          startsAt: at(startsAt),
          endsAt: at(startsAt + HOUR),
          ...heard,
        },
      ];
    case 1:
      return [{ type: 'appointment.reschedule-pending', appointment, replacedBy: replaces, ...heard }];
    case 2:
      return [{ type: 'appointment.no-show', appointment, ...heard }];
    default:
      return [{ type: 'appointment.no-show-cleared', appointment, ...heard }];
  }
}

/** Something that happens at the provider, and what it tells of it. */
export function providerEvents(session: Simulation, roll: Roll): readonly SessionEvent[] {
  const { provider, now } = session;
  const startsAt = now + (pick(roll, [10 * MINUTE, 5 * HOUR, 25 * HOUR, 3 * DAY, 20 * DAY]) ?? DAY);
  const one = pick(roll, [...provider.appointments.values()]);
  const [live] = provider.live();
  const heard = { occurredAt: now, receivedAt: now };
  switch (roll(10)) {
    case 0:
      return provider.book(now, startsAt);
    case 1:
      return live ? provider.move(live, now, startsAt).toReversed() : provider.book(now, startsAt);
    case 2:
      return live ? provider.move(live, now, startsAt).slice(0, 1) : [];
    case 3:
      return live ? provider.cancel(live, now, 'client') : [];
    case 4:
      return live ? provider.cancel(live, now, 'host') : [];
    case 5:
      return live ? provider.askToMove(live, now) : [];
    case 6:
      return one ? provider.noShow(one, now, roll(2) === 0) : [];
    case 7:
      return one ? [{ type: 'appointment.ended', appointment: one.appointment, ...heard }] : [];
    case 8:
      return blindEvents(now, startsAt, roll);
    default:
      // Heard of an appointment that nobody told us about.
      return [{ type: 'appointment.cancelled', appointment: uri(`X${roll(3)}`), by: 'client', ...heard }];
  }
}

/** Anything that anybody may tell or ask. */
export function anyEvent(session: Simulation, roll: Roll): readonly SessionEvent[] {
  const { now } = session;
  const heard = { occurredAt: now, receivedAt: now };
  const by = pick(roll, ['client', 'agent', 'operator'] as const) ?? 'client';
  const steps = Object.keys(session.state.steps);
  const step = (pick(roll, steps) ?? 'nothing') as StepId;
  const linkId = (session.view.linkId ?? 'no-link') as LinkId;
  // Otherwise few sessions would be asked for a link while their access is revoked.
  if (session.state.access === 'revoked' && roll(4) === 0) return [{ type: 'operator.reissue-link' }];
  switch (roll(27)) {
    case 0:
    case 1:
      return roll(2) === 0
        ? [{ type: 'request.reschedule', by }]
        : [{ type: 'request.reschedule', by, startsAt: at(now + (roll(4) - 1) * 2 * DAY) }];
    case 2:
      return [
        { type: 'request.cancel', by, refund: pick(roll, ['policy', 'full', 'none'] as const) ?? 'policy' },
      ];
    case 3:
      return [{ type: 'request.late-change', by }];
    case 4:
      return [{ type: 'operator.decide-late-change', by, approve: roll(2) === 0 }];
    case 5:
      return [{ type: 'operator.move-cutoff', cutoffMs: roll(48) * HOUR }];
    case 6:
      return [{ type: 'operator.correct-email' }];
    case 7:
      return [{ type: roll(2) === 0 ? 'operator.resend-link' : 'operator.reissue-link' }];
    case 8:
      return [{ type: 'operator.revoke-link', linkId }];
    case 9:
      return [{ type: 'operator.revoke-access' }];
    case 10:
      return [{ type: 'operator.restore-access' }];
    case 11:
      return [{ type: 'operator.retry', step }];
    case 12:
      return [{ type: 'operator.skip', step }];
    case 13:
      return [{ type: 'operator.adopt-rules', rulesVersion: 1 }];
    case 14:
      if (roll(4) === 0) return [{ type: 'operator.cancel' }];
      return [{ type: 'ticket.moved', why: 'merged', ticketNumber: `53${roll(3)}`, ...heard }];
    case 15: {
      const actions = [
        'cancel',
        'cancel_no_refund',
        'approve_change',
        'decline_change',
        'resend_link',
      ] as const;
      return [{ type: 'ticket.action', action: pick(roll, actions) ?? 'cancel', ...heard }];
    }
    case 16: {
      const scope = pick(roll, ['order', 'unit', 'unclear', 'unclear', 'unclear'] as const) ?? 'unclear';
      return [{ type: 'payment.refunded', scope, ...heard }];
    }
    case 17:
      return roll(4) === 0 ? [{ type: 'order.cancelled', ...heard }] : [];
    case 18:
      return [{ type: 'operator.decide-refund', approve: roll(2) === 0 }];
    case 19:
      return [{ type: 'operator.retry-failed' }];
    case 20: {
      const to = pick(roll, ['calendly', 'calcom'] as const) ?? 'calendly';
      session.provider.prefix = to === 'calcom' ? 'calcom:bookings/' : '';
      return [{ type: 'operator.hand-over', provider: to, eventType: 'et-2' }];
    }
    default:
      return providerEvents(session, roll);
  }
}

/** Lets time pass to somewhere interesting: a timer, the cutoff, a millisecond on either side, or anywhere. */
export function pass(session: Simulation, roll: Roll): void {
  const { now, rules, state } = session;
  const next = rules.nextInstant(state);
  const cutoff = rules.recordOf(state).cutoffAt;
  const goals = [
    ...(next === null ? [] : [next - 1, next, next + 1]),
    ...(cutoff === null ? [] : [cutoff - 1, cutoff, cutoff + 1]),
    now + roll(3 * HOUR),
    now + roll(3 * DAY),
  ].filter((goal) => goal > now);
  const goal = pick(roll, goals) ?? now + 1;
  // The timer rings, or hangs while something else is decided first.
  if (roll(3) > 0) session.passTo(goal, roll(4) > 0);
  else session.now = at(goal);
}
