import { deliveriesBehind, settleDeliveredTogether } from '../../db/queries/inbox.ts';
import { sessionByKey } from '../../db/queries/sessions.ts';
import type { InboxRow } from '../../db/tables.ts';
import type { Ticket } from '../../integrations/zammad/contract.ts';
import { parseZammadWebhook } from '../../integrations/zammad/webhook.ts';
import { linkCurrentSpan } from '../../platform/tracing/in-span.ts';
import { VendorFailure } from '../../platform/http-client.ts';
import type { TicketAction, TicketEvent } from '../../workflows/contract/events.ts';
import type { Instant, SessionKey } from '../../workflows/contract/values.ts';
import type { DeliveryDeps } from './dependencies.ts';
import { done, type Outcome, quarantine } from './outcome.ts';
import { deliverToSession } from './signal.ts';

/** Far more than anyone makes of one ticket while it waits. */
const SETTLED_TOGETHER = 50;

const actions = {
  cancel: 'cancel',
  cancel_no_refund: 'cancel_no_refund',
  approve_change: 'approve_change',
  decline_change: 'decline_change',
  resend_link: 'resend_link',
} as const satisfies { readonly [Action in TicketAction]: Action };

const isAction = (text: string): text is TicketAction => Object.hasOwn(actions, text);

/**
 * What an agent's choice on a ticket does. A webhook only says which ticket to look at: its body is written anew at
 * each attempt, and by now the agent may have thought better of it, or a session have answered. So the ticket is
 * asked for, and what stands in its field now is what counts. A field that is empty was cleared by our own answer or
 * by an agent.
 *
 * @throws {CodedFailure} when Zammad does not answer.
 */
export async function deliverZammad(row: InboxRow, deps: DeliveryDeps): Promise<Outcome> {
  const webhook = parseZammadWebhook(row.body);
  if (!webhook) return quarantine('malformed');
  // Before the look: what comes after it may tell of something that it did not see.
  const others = await sameTicketBehind(row, webhook.ticketId, deps);
  const ticket = await ticketNow(webhook.ticketId, deps);
  if (!ticket) return quarantine('unknown-ticket');
  const outcome = await actOn(ticket, row, deps);
  if (outcome.kind === 'done') {
    for (const { traceparent } of others) linkCurrentSpan(traceparent);
    const ids = others.map(({ id }) => id);
    await settleDeliveredTogether(deps.db, ids, { at: new Date(deps.clock()), reason: outcome.reason });
  }
  return outcome;
}

/** The rows that wait and would only lead to the same look at the same ticket. */
async function sameTicketBehind(
  row: InboxRow,
  ticketId: number,
  { db }: DeliveryDeps,
): Promise<readonly InboxRow[]> {
  const behind = await deliveriesBehind(db, row, SETTLED_TOGETHER);
  return behind.filter(({ body }) => parseZammadWebhook(body)?.ticketId === ticketId);
}

async function ticketNow(id: number, { zammad }: DeliveryDeps): Promise<Ticket | undefined> {
  try {
    return await zammad.getTicket(id);
  } catch (error) {
    if (error instanceof VendorFailure && error.code === 'vendor-not-found') return undefined;
    throw error;
  }
}

async function actOn(ticket: Ticket, row: InboxRow, deps: DeliveryDeps): Promise<Outcome> {
  const { sessionAction } = ticket;
  if (sessionAction === '') return done('no-action');
  if (!isAction(sessionAction)) return done('unknown-action');
  if (ticket.sessionId === '') return done('no-session');
  // Agents can write into this field, too.
  const key = ticket.sessionId as SessionKey;
  const session = await sessionByKey(deps.db, key);
  if (!session) return quarantine('unknown-session');
  // Splitting a ticket copies its fields: the copy is not where this session is answered.
  if (session.ticket_id !== null && session.ticket_id !== ticket.id) return quarantine('ticket-of-another');
  return deliverToSession(deps, key, [eventOf(sessionAction, ticket, row)]);
}

/**
 * `occurredAt` tells one choice from the next, so it stays as Zammad says it, also where Zammad's clock is ahead of
 * ours; then it was received no earlier.
 */
function eventOf(action: TicketAction, { updatedAt }: Ticket, row: InboxRow): TicketEvent {
  const receivedAt = Math.max(updatedAt, row.received_at.getTime()) as Instant;
  return { type: 'ticket.action', action, occurredAt: updatedAt, receivedAt };
}
