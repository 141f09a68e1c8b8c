import type { Instant } from '../../workflows/contract/values.ts';

/** A ticket as far as Latchkey knows it. */
export interface Ticket {
  readonly id: number;
  readonly number: string;
  readonly sessionId: string;
  readonly sessionRev: number;
  readonly sessionAction: string;
  /** When anything of it was changed last, by whomever. */
  readonly updatedAt: Instant;
  readonly state: string;
  readonly customerId: number;
}

export interface NewTicket {
  readonly title: string;
  readonly number: string;
  readonly customerId: number;
  readonly sessionId: string;
  readonly sessionStatus: string;
  readonly sessionRev: number;
  readonly tags: readonly string[];
  readonly article: TicketArticle;
}

export interface TicketArticle {
  readonly subject: string;
  /** HTML; Zammad sanitises it. */
  readonly body: string;
  /** An e-mail address makes it a mail to the client; null makes it an internal note. */
  readonly mailTo: string | null;
  /** False keeps the article out of the customer's view although it may be a mail. */
  readonly internal: boolean;
}

export interface TicketChange {
  readonly sessionRev: number;
  readonly sessionStatus: string;
  readonly state: 'open' | 'pending reminder' | 'closed';
  /** Needed by `pending reminder`; in the future. ISO 8601. */
  readonly pendingTime?: string;
  readonly clearAction: boolean;
  /** Left out: as agents have it. */
  readonly priority?: '2 normal' | '3 high';
  readonly article: TicketArticle;
  /** A note that goes before it where somebody had closed the ticket and this opens it again. */
  readonly reopening?: TicketArticle;
}

/** What makes a ticket the session's: its fields, and what agents read of it. */
export interface TakeOver {
  readonly sessionId: string;
  readonly sessionStatus: string;
  readonly sessionRev: number;
  /** A choice of an agent's that nobody has answered; empty: none. It is heard where it stands then. */
  readonly sessionAction: string;
  readonly tags: readonly string[];
  readonly article: TicketArticle;
}

export interface ZammadClient {
  /** Condition search by `session_id`, each hit compared, merged ones left out. Undefined when there is none. */
  findTicket(sessionId: string): Promise<Ticket | undefined>;
  /**
   * Look up, then create under the explicit number, then look up again when Zammad says that it exists.
   * A stranger's ticket under that number throws `vendor-conflict`: the caller derives the next number.
   */
  openTicket(ticket: NewTicket): Promise<Ticket>;
  getTicket(id: number): Promise<Ticket>;
  /**
   * GET, skipped when the ticket's `session_rev` is at least the change's, else one PUT. A merged ticket is answered as
   * it is and never written.
   */
  changeTicket(id: number, change: TicketChange): Promise<Ticket>;
  /** The tickets that this one was merged into: one, unless agents made it a child of others too. */
  mergedInto(id: number): Promise<readonly number[]>;
  /** Makes somebody's ticket a session's. Done once it has the session's id; safe to repeat. */
  takeOver(id: number, session: TakeOver): Promise<Ticket>;
  /** Shows agents that two tickets belong together. */
  linkTickets(number: string, toId: number): Promise<void>;
  /** Tickets in which a `session_action` stands, at most 100, those first that were touched last. */
  listChosen(): Promise<readonly Ticket[]>;
  /** The customer by e-mail address, created when missing. The caller holds a lock for this address. */
  findOrCreateCustomer(person: { email: string; firstName: string; lastName: string }): Promise<number>;
}

/** Articles that are not part of a session's course: they carry no `session_rev` and change nothing else. */
export interface ZammadArticles {
  /**
   * Adds one article to a ticket. Zammad has no idempotency key here: after an unknown outcome a repeat may make a
   * second one.
   *
   * @returns the article's id.
   */
  addArticle(ticketId: number, article: TicketArticle): Promise<number>;
  /**
   * Deletes an article with its attachments and the raw mail that Zammad keeps of it. An article that is not there
   * any more counts as deleted.
   *
   * Zammad's article policy lets an agent delete what the same user made, unless it is both a communication (a mail)
   * and not internal, for 10 minutes (`ui_ticket_zoom_article_delete_timeframe`, 600 s unless changed; 0 is for ever).
   * A mail leaves by a job that is tried four times, 25, 50 and 75 s apart, and reads the article each time: deleted
   * earlier than 150 s after it was made, a mail may never leave.
   *
   * @throws {CodedFailure} `vendor-forbidden` when the policy says no, which it then says for ever.
   */
  deleteArticle(articleId: number): Promise<void>;
  /** The ids of a ticket's articles, oldest first. */
  listArticles(ticketId: number): Promise<readonly number[]>;
  /** Writes another title over a ticket's. */
  retitleTicket(ticketId: number, title: string): Promise<void>;
}
