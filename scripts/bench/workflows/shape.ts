import { sleep } from '@temporalio/workflow';
import type { Gate, SessionRecord } from '../../../workflows/contract/session.ts';
import type { TicketNote } from '../../../workflows/contract/effects.ts';
import type { Instant, LinkId } from '../../../workflows/contract/values.ts';
import type { Publication } from '../../../workflows/contract/activities.ts';
import { actAtProvider, lookUpAndAct, money } from '../../../workflows/session/activities.ts';
import type { BenchInput } from './names.ts';

/**
 * The calls by which a session opens, in the same order and side by side where they are, and nothing else: no rules, no
 * handlers, no search attributes, no details. Then it sleeps like an unbooked session.
 */
export async function shapeWorkflow({ sessionKey }: BenchInput): Promise<void> {
  const linkId = `${sessionKey}-1` as LinkId;
  const now = () => Date.now() as Instant;
  const publication = (phase: SessionRecord['phase']): Publication => {
    const gate: Gate = {
      sessionKey,
      version: now(),
      state: 'live',
      access: 'granted',
      page: { from: now(), until: (now() + 1) as Instant },
      join: [],
      linkId,
    };
    const record: SessionRecord = {
      phase,
      outcome: null,
      startsAt: null,
      endsAt: null,
      cutoffAt: null,
      needsAttention: false,
    };
    return { sessionKey, gate, record, entries: [] };
  };
  const note: TicketNote = {
    rev: 2,
    topic: 'link',
    status: 'awaiting-booking',
    state: 'open',
    toClient: true,
    clearAction: false,
    startsAt: null,
    endsAt: null,
    cutoffAt: null,
    reason: null,
    linkId,
  };

  await money.confirmPayment({ sessionKey });
  const link = { sessionKey, linkId, revokes: null };
  await Promise.all([
    lookUpAndAct.putRoute({ sessionKey, until: now() }),
    lookUpAndAct.openTicket({
      sessionKey,
      rev: 1,
      status: 'opening',
      riders: { link, publication: publication('opening') },
    }),
    actAtProvider.makeBookingLink({ sessionKey }),
  ]);
  await Promise.all([
    lookUpAndAct.writeTicket({
      sessionKey,
      note,
      riders: { publication: publication('awaiting-booking') },
    }),
    sleep('30 days'),
  ]);
}
