import { rememberTicket, type TicketSubject } from '../db/queries/tickets.ts';
import type { TicketArticle, TicketChange } from '../integrations/zammad/contract.ts';
import { isMerged } from '../integrations/zammad/wire.ts';
import { CodedFailure } from '../platform/failures.ts';
import type { SessionActivities } from '../workflows/contract/activities.ts';
import type { TicketNote, TicketTopic } from '../workflows/contract/effects.ts';
import type { ProviderTruth, TicketMove } from '../workflows/contract/events.ts';
import type { AppointmentUri, Instant, SessionKey } from '../workflows/contract/values.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { accessUrl } from './links.ts';
import { type Notice, type NoticeFacts, renderNotice, renderReminder, renderReopening } from './notices.ts';
import { askForSession } from './provider-truth.ts';
import { tellShopBeside } from './shop-orders.ts';
import { ticketHome, unlessGone } from './ticket-home.ts';

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
  const { db, clock, zammad } = dependencies;
  const home = ticketHome(dependencies);

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

  /** @returns how the ticket moved, where it was not there any more. */
  const write = async (
    sessionKey: SessionKey,
    note: TicketNote,
    render: (facts: NoticeFacts) => Notice,
  ): Promise<{ readonly moved?: TicketMove }> => {
    const subject = await home.subjectOf(sessionKey);
    const ticketId = await ticketIdOf(subject);
    const url = await linkFor(subject, note);
    const article: TicketArticle = {
      ...render(home.factsOf(subject, url)),
      mailTo: note.toClient ? subject.email : null,
      // Zammad sends an internal mail all the same; but no one else who may read the ticket sees the token.
      internal: !note.toClient || url !== null,
    };
    const priority = ticketPriority(note.topic);
    const change: TicketChange = {
      sessionRev: note.rev,
      sessionStatus: note.status,
      ...ticketState(note, clock()),
      clearAction: note.clearAction,
      ...(priority && { priority }),
      article,
      ...(note.status !== 'ended' && { reopening: { ...renderReopening(), mailTo: null, internal: true } }),
    };
    const seen = await unlessGone(() => zammad.changeTicket(ticketId, change));
    if ('found' in seen && !isMerged(seen.found)) return {};
    const left = 'left' in seen ? seen.left : ({ why: 'merged', ticket: seen.found } as const);
    // Below the note's own revision, which is written then.
    const next = await home.moveOn(subject, ticketId, left, { rev: note.rev - 1, status: note.status });
    await zammad.changeTicket(next.ticket.id, change);
    return next.move === null ? {} : { moved: next.move };
  };

  return {
    async openTicket({ sessionKey, rev, status }) {
      const subject = await home.subjectOf(sessionKey);
      if (subject.ticket_id !== null && subject.ticket_number !== null) {
        return { kind: 'open-ticket', ticketId: subject.ticket_id, ticketNumber: subject.ticket_number };
      }
      const ticket = await home.open(subject, { rev, status });
      await rememberTicket(db, sessionKey, ticket);
      return { kind: 'open-ticket', ticketId: ticket.id, ticketNumber: ticket.number };
    },

    async writeTicket({ sessionKey, note }) {
      const written = await write(sessionKey, note, (facts) => renderNotice(note, facts));
      await tellShopBeside(dependencies, sessionKey);
      return { kind: 'write-ticket', ...written };
    },

    async remind({ sessionKey, appointment, startsAt, beforeMs, note }) {
      const truth: ProviderTruth =
        appointment === null
          ? { appointments: [] }
          : await askForSession(dependencies, sessionKey, appointment);
      const stands = appointment === null || stillStands(truth, appointment, startsAt);
      const written = stands
        ? await write(sessionKey, note, (facts) => renderReminder(note, beforeMs, facts))
        : {};
      return { kind: 'remind', truth, sent: stands, ...written };
    },
  };
}
