import type { AppointmentTruth, SessionEvent } from '../../../workflows/contract/events.ts';
import type { Rules } from '../../../workflows/policy/rules.ts';
import type { SessionState } from '../../../workflows/policy/state.ts';
import type { Heard, Provider } from '../simulation.ts';
import { ensure } from './ensure.ts';

function isRequest({ type }: SessionEvent): boolean {
  if (type === 'operator.cancel' || type === 'operator.retry-failed') return false;
  return type.startsWith('request.') || type.startsWith('operator.');
}

/** The promises that hold after every single decision. */
export function checkDecision(rules: Rules, saidYes: boolean, heard: Heard): void {
  const { event, before, after, effects, answer, now } = heard;
  ensure((answer !== null) === isRequest(event), 'whoever asks is answered, and nobody else', {
    event,
    answer,
  });
  const again = rules.decide(JSON.parse(JSON.stringify(before)) as SessionState, event, now);
  ensure(JSON.stringify(again.state) === JSON.stringify(after), 'the same decision twice is the same', {
    event,
  });

  const published = effects.filter(({ call }) => call.kind === 'publish').length;
  const [old, fresh] = [rules.gateOf(before), rules.gateOf(after)];
  ensure(published <= 1, 'one publish a decision at most');
  ensure(
    published === 1 ? fresh.version > old.version : fresh.version === old.version,
    'versions grow strictly',
    event,
  );
  ensure(published === 0 || fresh.version >= now, 'a version is never behind the clock');
  const doors = (gate: typeof fresh): string => JSON.stringify({ ...gate, version: 0 });
  ensure(doors(old) === doors(fresh) || published === 1, 'a gate that changed is published', {
    event,
    old,
    fresh,
  });
  ensure(old.state === 'live' || fresh.state === 'over', 'a gate that is over stays over', { event });

  const next = rules.nextInstant(after);
  ensure(next === null || next > now, 'the clock is never left behind', { event, next, now });
  ensure(before.phase !== 'ended' || after.phase === 'ended', 'an ended session stays ended', { event });

  const view = rules.viewOf(after);
  const seqs = view.timeline.map(({ seq }) => seq);
  ensure(
    seqs.every((seq, index) => index === 0 || seq === (seqs[index - 1] ?? 0) + 1),
    'the timeline has no gaps',
    seqs,
  );
  const standing = after.appointments[view.appointment ?? ''];
  ensure(view.appointment === null || Boolean(standing?.booked), 'the current appointment was booked', view);

  checkGate(rules, heard);
  checkLateChange(heard);
  checkMoney(heard);

  const cutoffAt = rules.recordOf(before).cutoffAt;
  if (event.type === 'request.reschedule' && answer?.accepted)
    ensure(
      cutoffAt !== null && (now < cutoffAt || saidYes),
      'no reschedule is accepted at or after the cutoff',
      {
        now,
        cutoffAt,
      },
    );
}

/** Who may pass: nobody after the end, nobody whose access was revoked. */
export function checkGate(rules: Rules, { event, before, after, answer }: Heard): void {
  const [old, fresh] = [rules.gateOf(before), rules.gateOf(after)];
  ensure(after.ending === null || fresh.state === 'over', 'a session that is over has a gate that is over');
  ensure(fresh.state === 'live' || fresh.join.length === 0, 'a gate that is over lets nobody join', {
    event,
  });
  ensure(
    fresh.page === null ||
      after.ending === null ||
      fresh.page.until <= Math.max(after.ending.at, fresh.page.from),
    'a page is not open beyond the end',
    { fresh },
  );
  ensure(
    old.access === 'granted' ||
      fresh.access === 'revoked' ||
      (event.type === 'operator.restore-access' && answer?.accepted === true),
    'access that was revoked stays revoked until somebody restores it',
    { event },
  );
  ensure(
    fresh.join.length <= (after.late?.wanted ? 2 : 1),
    'a second time is open only while a person decides',
    { fresh },
  );
}

/** A late change has one deadline, before the session begins, and one reminder; a change of mind renews neither. */
export function checkLateChange({ before, after, effects, now }: Heard): void {
  const { late, standing } = after;
  const reminded = effects.some(
    ({ step, call }) =>
      call.kind === 'write-ticket' && call.note.topic === 'late-change-reminder' && !before.steps[step],
  );
  ensure(!reminded || late !== null, 'nobody is reminded of what was decided');
  // A session that is still opening, because its payment is not confirmed, has no clock yet.
  if (late === null || after.phase === 'opening') return;
  ensure(late.deadline > now, 'a late change is answered by its deadline', { late, now });
  ensure(
    standing === null || late.deadline < standing.startsAt,
    'a late change is answered before the session begins',
    { late, standing },
  );
  const allowed = late.requestedAt + after.input.policy.lateDeadlineMs;
  ensure(late.deadline <= allowed, 'a change of mind does not buy more time', { late });
  if (before.late?.requestedAt !== late.requestedAt) return;
  ensure(before.late.remindAt !== null || late.remindAt === null, 'a late change is reminded of once', {
    late,
  });
}

/** No effect of money is asked for twice, nor above the limit without an operator's yes. */
export function checkMoney({ event, before, effects }: Heard): void {
  for (const { step, call } of effects) {
    if (call.kind !== 'refund') continue;
    ensure(
      before.refund !== 'done' && before.refund !== 'skipped',
      'what was refunded or declined is not refunded again',
      { event },
    );
    const known = before.steps[step]?.call;
    const wasApproved = known?.kind === 'refund' && known.approved;
    const saidYes = event.type === 'operator.decide-refund' && event.approve;
    ensure(!call.approved || wasApproved || saidYes, 'a refund is approved by an operator only', { event });
  }
}

/** Money goes back only after somebody cancelled the session, or nobody booked it. */
export function checkRefund({ event, effects, before }: Heard, provider: Provider): void {
  if (!effects.some(({ call }) => call.kind === 'refund')) return;
  switch (event.type) {
    case 'request.cancel':
    case 'operator.cancel':
    case 'ticket.action':
    case 'operator.retry':
    case 'operator.retry-failed':
    case 'operator.decide-refund':
    case 'operator.skip':
      return;
    case 'effect.done': {
      const { expiry, cancelPending } = before;
      const dead = (one: AppointmentTruth | undefined): boolean => one?.end.kind === 'cancelled';
      const cancelled = cancelPending !== null && dead(provider.appointments.get(cancelPending.appointment));
      ensure(expiry !== null || cancelled, 'no refund without a true cancellation', { event, cancelPending });
      // What is booked after the provider was asked is booked too late.
      const { result } = event;
      const askedAt = ('truth' in result ? result.truth.askedAt : undefined) ?? Infinity;
      const booked = provider.live().some(({ createdAt }) => createdAt < askedAt);
      ensure(!booked || cancelled, 'no refund of a session that is booked', { event });
      return;
    }
    default:
      ensure(false, 'no refund without a true cancellation', { event });
  }
}
