import { customerOnce, findTicketSubject, moveTicket, type TicketSubject } from '../db/queries/tickets.ts';
import type { Ticket } from '../integrations/zammad/contract.ts';
import { TICKET_TAGS } from '../integrations/zammad/setup-wanted.ts';
import { isGone, isMerged } from '../integrations/zammad/wire.ts';
import { CodedFailure } from '../platform/failures.ts';
import { languageOf } from '../platform/language.ts';
import { PAID_ELSEWHERE } from '../platform/paid-elsewhere.ts';
import { ticketNumberOf } from '../platform/session-ids.ts';
import type { TicketMove } from '../workflows/contract/events.ts';
import type { SessionKey } from '../workflows/contract/values.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { sessionUrl } from './links.ts';
import { type NoticeFacts, renderMovedHere, renderOpening, ticketTitle } from './notices.ts';

/** A stranger's ticket under two derived numbers is chance; under three it is a wrong system id. */
const NUMBER_ATTEMPTS = 3;

/** More tickets than this, one after the other, no session has. */
const MOST_NUMBERS = 20;

/** Merged into one that was merged into one, and so on. */
const MOST_MERGES = 5;

/** What became of a ticket that nobody writes to any more. */
export type LeftTicket = { readonly why: 'merged'; readonly ticket: Ticket } | { readonly why: 'deleted' };

/** What a ticket's field says of its session. */
interface TicketFields {
  readonly rev: number;
  readonly status: string;
}

export interface TicketHome {
  /** @throws {CodedFailure} `row-missing` */
  subjectOf(key: SessionKey): Promise<TicketSubject>;
  factsOf(subject: TicketSubject, accessUrl: string | null): NoticeFacts;
  /** Looks the session's ticket up, else makes it. */
  open(subject: TicketSubject, fields: TicketFields): Promise<Ticket>;
  /**
   * Finds out where the session goes on after agents merged its ticket or somebody deleted it, and remembers that:
   * in the ticket that it was merged into, unless that is another session's; otherwise in a new one. Safe to repeat.
   *
   * @returns the ticket, and what to tell of it; null when it was there all the time.
   */
  moveOn(
    subject: TicketSubject,
    oldId: number,
    left: LeftTicket,
    fields: TicketFields,
  ): Promise<{ readonly ticket: Ticket; readonly move: TicketMove | null }>;
}

/** What `read` gives, or what became of the ticket that it asked for. */
export async function unlessGone<T>(
  read: () => Promise<T>,
): Promise<{ readonly found: T } | { readonly left: LeftTicket }> {
  try {
    return { found: await read() };
  } catch (error) {
    if (!isGone(error)) throw error;
    return { left: { why: 'deleted' } };
  }
}

/** In which ticket of Zammad's a session lives. */
export function ticketHome(dependencies: ActivityDependencies): TicketHome {
  const { db, zammad, zammadSystemId, gatewayUrl, runUrl } = dependencies;

  const customerOf = (subject: TicketSubject, gone: number | null): Promise<number> =>
    customerOnce(
      db,
      { id: subject.client_id, emailKey: subject.email_key },
      () =>
        zammad.findOrCreateCustomer({
          email: subject.email,
          firstName: subject.first_name,
          lastName: subject.last_name,
        }),
      gone,
    );

  const factsOf = (subject: TicketSubject, accessUrl: string | null): NoticeFacts => ({
    product: subject.product_name,
    variant: subject.variant_name,
    orderNumber: subject.order_number,
    firstName: subject.first_name,
    language: languageOf(subject.language),
    timeZone: subject.time_zone,
    amount: subject.amount,
    currency: subject.currency,
    pageUrl: sessionUrl(gatewayUrl, subject.slug),
    accessUrl,
    workflowId: subject.workflow_id,
    runUrl: runUrl(subject.workflow_id),
    soldInShop: subject.saleor_domain !== PAID_ELSEWHERE,
    refused: subject.refused,
  });

  const numberOf = (key: SessionKey, attempt: number): string => ticketNumberOf(zammadSystemId, key, attempt);

  /** Behind the number that the session had, so that none stands for two tickets. */
  function firstAttemptFor({ session_key: key, ticket_number: had }: TicketSubject): number {
    const attempts = Array.from({ length: MOST_NUMBERS }, (_, attempt) => attempt);
    return attempts.findIndex((attempt) => numberOf(key, attempt) === had) + 1;
  }

  async function openFor(customerId: number, subject: TicketSubject, fields: TicketFields): Promise<Ticket> {
    const facts = factsOf(subject, null);
    const before = subject.ticket_number;
    const ticket = {
      title: ticketTitle(facts),
      customerId,
      sessionId: subject.session_key,
      sessionStatus: fields.status,
      sessionRev: fields.rev,
      tags: TICKET_TAGS,
      article: { ...renderOpening(facts, before), mailTo: null, internal: true },
    };
    const first = before === null ? 0 : firstAttemptFor(subject);
    for (let attempt = first; ; attempt += 1) {
      try {
        return await zammad.openTicket({ ...ticket, number: numberOf(subject.session_key, attempt) });
      } catch (error) {
        const taken = error instanceof CodedFailure && error.code === 'vendor-conflict';
        if (!taken || attempt + 1 >= first + NUMBER_ATTEMPTS) throw error;
      }
    }
  }

  async function open(subject: TicketSubject, fields: TicketFields): Promise<Ticket> {
    const remembered = subject.zammad_customer_id;
    try {
      return await openFor(remembered ?? (await customerOf(subject, null)), subject, fields);
    } catch (error) {
      // Somebody may have deleted the customer in Zammad; then the ticket is refused and the person is asked for anew.
      if (remembered === null || !(error instanceof CodedFailure) || error.code !== 'vendor-rejected')
        throw error;
      const customerId = await customerOf(subject, remembered);
      if (customerId === remembered) throw error;
      return openFor(customerId, subject, fields);
    }
  }

  /** Null where nobody can tell: it went nowhere any more, or into several. */
  async function mergedInto(id: number): Promise<Ticket | null> {
    let at = id;
    for (let merges = 0; merges < MOST_MERGES; merges += 1) {
      const [into, ...others] = await zammad.mergedInto(at);
      if (into === undefined || others.length > 0) return null;
      const seen = await unlessGone(() => zammad.getTicket(into));
      if ('left' in seen) return null;
      if (!isMerged(seen.found)) return seen.found;
      at = into;
    }
    return null;
  }

  async function goOnIn(into: Ticket, subject: TicketSubject, left: Ticket, status: string): Promise<Ticket> {
    return zammad.takeOver(into.id, {
      sessionId: subject.session_key,
      sessionStatus: status,
      // What was written to the old one went over with its articles.
      sessionRev: left.sessionRev,
      sessionAction: left.sessionAction,
      tags: TICKET_TAGS,
      article: { ...renderMovedHere(factsOf(subject, null), left.number), mailTo: null, internal: true },
    });
  }

  async function nextTicket(subject: TicketSubject, left: LeftTicket, fields: TicketFields): Promise<Ticket> {
    if (left.why === 'deleted') return open(subject, fields);
    const into = await mergedInto(left.ticket.id);
    if (into !== null && (into.sessionId === '' || into.sessionId === subject.session_key))
      return goOnIn(into, subject, left.ticket, fields.status);
    const ticket = await open(subject, { ...fields, rev: left.ticket.sessionRev });
    // Two sessions cannot share a ticket's fields; agents still see that they belong together.
    if (into !== null) await zammad.linkTickets(ticket.number, into.id);
    return ticket;
  }

  return {
    async subjectOf(key) {
      const subject = await findTicketSubject(db, key);
      if (!subject) throw new CodedFailure('row-missing', `no session ${key}`);
      return subject;
    },
    factsOf,
    open,
    async moveOn(subject, oldId, left, fields) {
      const ticket = await nextTicket(subject, left, fields);
      if (ticket.id === oldId) return { ticket, move: null };
      await moveTicket(db, subject.session_key, oldId, ticket);
      return { ticket, move: { why: left.why, ticketNumber: ticket.number } };
    },
  };
}
