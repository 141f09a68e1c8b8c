import {
  customerOnce,
  findTicketSubject,
  rememberTicket,
  type TicketSubject,
} from '../db/queries/tickets.ts';
import type { Ticket, TicketArticle, TicketChange } from '../integrations/zammad/contract.ts';
import { CodedFailure } from '../platform/failures.ts';
import { ticketNumberOf } from '../platform/session-ids.ts';
import type { SessionActivities } from '../workflows/contract/activities.ts';
import type { TicketNote, TicketTopic } from '../workflows/contract/effects.ts';
import type { ProviderTruth } from '../workflows/contract/events.ts';
import type { AppointmentUri, Instant, SessionKey } from '../workflows/contract/values.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { accessUrl, sessionUrl } from './links.ts';
import {
  type Notice,
  type NoticeFacts,
  renderNotice,
  renderOpening,
  renderReminder,
  ticketTitle,
} from './notices.ts';
import { askForSession } from './provider-truth.ts';

/** A stranger's ticket under two derived numbers is chance; under three it is a wrong system id. */
const NUMBER_ATTEMPTS = 3;

/** Mails that are about the link: without one they would say nothing. */
const linkTopics: ReadonlySet<TicketTopic> = new Set<TicketTopic>([
  'link',
  'link-reissued',
  'access-restored',
]);

/** Mails that ask the client to act on the page, and so bring the link along where there is one. */
const actingTopics: ReadonlySet<TicketTopic> = new Set<TicketTopic>(['rebook', 'host-asks-reschedule']);

/**
 * What waits for a person is raised where agents sort their tickets by priority, and lowered when it is answered. Any
 * other note leaves the priority to them.
 */
export function ticketPriority(topic: TicketTopic): TicketChange['priority'] {
  switch (topic) {
    case 'late-change-requested':
    case 'late-change-reminder':
    case 'late-change-declined-but-moved':
    case 'refund-approval':
      return '3 high';
    case 'late-change-approved':
    case 'late-change-declined':
    case 'late-change-withdrawn':
    case 'refund':
      return '2 normal';
    default:
      return undefined;
  }
}

/** Zammad wants a pending time in the future; where none is left the ticket is simply open. */
export function ticketState(
  note: TicketNote,
  now: Instant,
): { readonly state: TicketNote['state']; readonly pendingTime?: string } {
  if (note.state !== 'pending reminder') return { state: note.state };
  const next = [note.cutoffAt, note.startsAt, note.endsAt].find((at) => at !== null && at > now);
  if (next === undefined || next === null) return { state: 'open' };
  return { state: 'pending reminder', pendingTime: new Date(next).toISOString() };
}

/** The appointment is neither cancelled nor replaced, and still begins then. */
export function stillStands(truth: ProviderTruth, appointment: AppointmentUri, startsAt: Instant): boolean {
  return truth.appointments.some(
    (one) => one.appointment === appointment && one.startsAt === startsAt && one.end.kind === 'none',
  );
}

export function ticketActivities(
  dependencies: ActivityDependencies,
): Pick<SessionActivities, 'openTicket' | 'writeTicket' | 'remind'> {
  const { db, clock, zammad, zammadSystemId, gatewayUrl } = dependencies;

  const subjectOf = async (sessionKey: SessionKey): Promise<TicketSubject> => {
    const subject = await findTicketSubject(db, sessionKey);
    if (!subject) throw new CodedFailure('row-missing', `no session ${sessionKey}`);
    return subject;
  };

  const factsOf = (subject: TicketSubject, url: string | null): NoticeFacts => ({
    product: subject.product_name,
    variant: subject.variant_name,
    orderNumber: subject.order_number,
    firstName: subject.first_name,
    timeZone: subject.time_zone,
    amount: subject.amount,
    currency: subject.currency,
    pageUrl: sessionUrl(gatewayUrl, subject.slug),
    accessUrl: url,
    workflowId: subject.workflow_id,
    refused: subject.refused,
  });

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

  const createFor = async (
    customerId: number,
    subject: TicketSubject,
    rev: number,
    status: string,
  ): Promise<Ticket> => {
    const facts = factsOf(subject, null);
    const ticket = {
      title: ticketTitle(facts),
      customerId,
      sessionId: subject.session_key,
      sessionStatus: status,
      sessionRev: rev,
      tags: ['latchkey', 'session'],
      article: { ...renderOpening(facts), mailTo: null, internal: true },
    };
    for (let attempt = 0; ; attempt += 1) {
      try {
        const number = ticketNumberOf(zammadSystemId, subject.session_key, attempt);
        return await zammad.openTicket({ ...ticket, number });
      } catch (error) {
        const taken = error instanceof CodedFailure && error.code === 'vendor-conflict';
        if (!taken || attempt + 1 >= NUMBER_ATTEMPTS) throw error;
      }
    }
  };

  const create = async (subject: TicketSubject, rev: number, status: string): Promise<Ticket> => {
    const remembered = subject.zammad_customer_id;
    try {
      return await createFor(remembered ?? (await customerOf(subject, null)), subject, rev, status);
    } catch (error) {
      // Somebody may have deleted the customer in Zammad; then the ticket is refused and the person is asked for anew.
      if (remembered === null || !(error instanceof CodedFailure) || error.code !== 'vendor-rejected')
        throw error;
      const customerId = await customerOf(subject, remembered);
      if (customerId === remembered) throw error;
      return createFor(customerId, subject, rev, status);
    }
  };

  const ticketIdOf = async (subject: TicketSubject): Promise<number> => {
    if (subject.ticket_id !== null) return subject.ticket_id;
    const ticket = await zammad.findTicket(subject.session_key);
    if (!ticket) throw new CodedFailure('row-missing', `session ${subject.session_key} has no ticket`);
    await rememberTicket(db, subject.session_key, ticket);
    return ticket.id;
  };

  /** The URL with a token, for the few mails that carry one; every other mail names the page only. */
  const linkFor = async (subject: TicketSubject, { toClient, topic, linkId }: TicketNote) => {
    const required = linkTopics.has(topic);
    if (!toClient || linkId === null || !(required || actingTopics.has(topic))) return null;
    const access = await accessUrl(dependencies, subject.slug, linkId);
    switch (access.state) {
      case 'good':
        return access.url;
      // A newer mail carries its successor, or the access was withdrawn.
      case 'revoked':
        return null;
      case 'missing':
        if (required) throw new CodedFailure('row-missing', `no link ${linkId}`);
        return null;
    }
  };

  const write = async (
    sessionKey: SessionKey,
    note: TicketNote,
    render: (facts: NoticeFacts) => Notice,
  ): Promise<void> => {
    const subject = await subjectOf(sessionKey);
    const ticketId = await ticketIdOf(subject);
    const url = await linkFor(subject, note);
    const article: TicketArticle = {
      ...render(factsOf(subject, url)),
      mailTo: note.toClient ? subject.email : null,
      // Zammad sends an internal mail all the same; but no one else who may read the ticket sees the token.
      internal: !note.toClient || url !== null,
    };
    const priority = ticketPriority(note.topic);
    await zammad.changeTicket(ticketId, {
      sessionRev: note.rev,
      sessionStatus: note.status,
      ...ticketState(note, clock()),
      clearAction: note.clearAction,
      ...(priority && { priority }),
      article,
    });
  };

  return {
    async openTicket({ sessionKey, rev, status }) {
      const subject = await subjectOf(sessionKey);
      if (subject.ticket_id !== null && subject.ticket_number !== null) {
        return { kind: 'open-ticket', ticketId: subject.ticket_id, ticketNumber: subject.ticket_number };
      }
      const ticket = await create(subject, rev, status);
      await rememberTicket(db, sessionKey, ticket);
      return { kind: 'open-ticket', ticketId: ticket.id, ticketNumber: ticket.number };
    },

    async writeTicket({ sessionKey, note }) {
      await write(sessionKey, note, (facts) => renderNotice(note, facts));
      return { kind: 'write-ticket' };
    },

    async remind({ sessionKey, appointment, startsAt, beforeMs, note }) {
      const truth: ProviderTruth =
        appointment === null
          ? { appointments: [] }
          : await askForSession(dependencies, sessionKey, appointment);
      const stands = appointment === null || stillStands(truth, appointment, startsAt);
      if (stands) await write(sessionKey, note, (facts) => renderReminder(note, beforeMs, facts));
      return { kind: 'remind', truth, sent: stands };
    },
  };
}
