import { ticketCorrelation } from '../../db/correlation.ts';
import { storeDelivery } from '../../db/queries/inbox.ts';
import { sessionOfTicket } from '../../db/queries/tickets.ts';
import type { Ticket } from '../../integrations/zammad/contract.ts';
import { isMerged } from '../../integrations/zammad/wire.ts';
import type { HousekeepingDependencies } from './dependencies.ts';
import { type Finding, lookAtEach, type PageOf, pageOf, repaired } from './page.ts';

/** Zammad's own five attempts take 100 s, and the session's answer some more. */
const WEBHOOK_MS = 3 * 60_000;

/**
 * Agents' choices whose webhook was lost: Zammad drops one after a hundred seconds. They are not carried out here: what
 * the webhook would have told is put into the inbox, so that there is one way in, whoever comes first.
 *
 * Our own user never chooses, it only clears the field: whatever stands there is a person's, whoever wrote to the ticket
 * last. A choice that was told before is a repetition there, until somebody touches the ticket again.
 */
export function ticketsJob({ db, clock, log, zammad }: HousekeepingDependencies): PageOf {
  async function hand(ticket: Ticket): Promise<readonly Finding[]> {
    const { id, sessionId, updatedAt } = ticket;
    if (isMerged(ticket) || updatedAt > clock() - WEBHOOK_MS) return [];
    // Agents can write into that field, and splitting a ticket copies it.
    const session = await sessionOfTicket(db, id);
    if (session !== sessionId) return [];
    const kept = await storeDelivery(db, {
      source: 'zammad',
      deliveryKey: `polled:${id}:${updatedAt}`,
      correlation: ticketCorrelation(sessionId),
      event: 'ticket.action',
      body: Buffer.from(JSON.stringify({ ticket_id: String(id), session_id: sessionId })),
      receivedAt: new Date(clock()),
    });
    return kept === 'stored' ? [repaired('action-told')] : [];
  }

  return async () => {
    const chosen = await zammad.listChosen();
    return pageOf(
      await lookAtEach(chosen, { job: 'tickets', log, idOf: ({ id }) => String(id) }, hand),
      null,
    );
  };
}
