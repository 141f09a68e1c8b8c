import { randomBytes } from 'node:crypto';

/** A refusal in Zammad's own words. */
export class ZammadRefusal extends Error {
  readonly status: number;
  /** Some answers have `error` only. */
  readonly human: boolean;

  constructor(status: number, message: string, human = true) {
    super(message);
    this.status = status;
    this.human = human;
  }
}

/** What Zammad says of an exception to a caller who is no admin. */
export function internalError(): ZammadRefusal {
  const id = randomBytes(6).toString('base64url').replace(/[-_]/g, 'x').slice(0, 8);
  return new ZammadRefusal(500, `Error ID ${id}: Please contact your administrator.`, false);
}

export interface StoredUser {
  readonly id: number;
  readonly login: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly email: string;
  readonly roleIds: readonly number[];
  readonly createdAt: string;
}

export interface StoredArticle {
  readonly id: number;
  readonly ticketId: number;
  readonly type: string;
  readonly sender: string;
  readonly from: string;
  readonly to: string | null;
  readonly subject: string;
  readonly contentType: string;
  readonly body: string;
  readonly internal: boolean;
  readonly createdById: number;
  readonly createdAt: string;
}

export interface StoredTicket {
  readonly id: number;
  readonly number: string;
  title: string;
  group: string;
  state: string;
  priority: string;
  ownerId: number;
  customerId: number;
  pendingTime: string | null;
  closeAt: string | null;
  lastCloseAt: string | null;
  sessionId: string;
  sessionStatus: string;
  sessionAction: string;
  sessionRev: number;
  updatedById: number;
  readonly createdById: number;
  readonly createdAt: string;
  updatedAt: string;
  readonly tags: string[];
}

export type Values = Readonly<Record<string, unknown>>;

/** Reference: section 1.6, the states of a fresh installation. */
export const ticketStates = [
  { id: 1, typeId: 1, name: 'new', nextId: null, active: true },
  { id: 2, typeId: 2, name: 'open', nextId: null, active: true },
  { id: 3, typeId: 3, name: 'pending reminder', nextId: null, active: true },
  { id: 4, typeId: 5, name: 'closed', nextId: null, active: true },
  { id: 5, typeId: 6, name: 'merged', nextId: null, active: true },
  { id: 6, typeId: 7, name: 'removed', nextId: null, active: false },
  { id: 7, typeId: 4, name: 'pending close', nextId: 4, active: true },
] as const;

export const priorities = ['1 low', '2 normal', '3 high'] as const;
export const articleTypes: Readonly<Record<string, number>> = { email: 1, phone: 5, note: 10, web: 11 };
/** Types that reach a person outside. */
const communication: ReadonlySet<string> = new Set(['email', 'phone', 'web']);
export const articleSenders: Readonly<Record<string, number>> = { Agent: 1, Customer: 2, System: 3 };
export const sessionActions: readonly string[] = [
  '',
  'cancel',
  'cancel_no_refund',
  'approve_change',
  'decline_change',
  'resend_link',
];

export const API_USER_ID = 3;
export const AGENT_ID = 4;
const FIRST_CUSTOMER_ID = 10;
const FIRST_ARTICLE_ID = 30;
/** `ui_ticket_zoom_article_delete_timeframe` of a fresh installation. */
const ARTICLE_DELETE_TIMEFRAME_MS = 600_000;

const isMail = (text: string): boolean => /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(text);

export interface ZammadStore {
  readonly groups: readonly string[];
  tickets(): readonly StoredTicket[];
  articles(): readonly StoredArticle[];
  users(): readonly StoredUser[];
  ticket(id: number): StoredTicket;
  user(id: number): StoredUser;
  createUser(values: Values): StoredUser;
  createTicket(values: Values, by: number): StoredTicket;
  updateTicket(id: number, values: Values, by: number): StoredTicket;
  createArticle(values: Values, by: number): StoredArticle;
  /** By the rules of Zammad's article policy. */
  deleteArticle(id: number, by: number): void;
  /** Every mail that left, those of deleted articles too. */
  mails(): readonly StoredArticle[];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A scalar as text; nothing, and what is no scalar, is empty. */
export function scalarText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

function sanitise(html: string): string {
  return html
    .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/gi, '')
    .replace(/\son\w+\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, '');
}

/** Zammad's state in memory and the rules that every write passes. Each call is one transaction: all or nothing. */
export function createZammadStore(settings: {
  group: string;
  systemId: string;
  now: () => number;
}): ZammadStore {
  const groups = ['Users', settings.group];
  const tickets: StoredTicket[] = [];
  const articles: StoredArticle[] = [];
  const mails: StoredArticle[] = [];
  let lastArticleId = FIRST_ARTICLE_ID - 1;
  const stamp = (): string => new Date(settings.now()).toISOString();
  const person = (
    id: number,
    login: string,
    firstname: string,
    lastname: string,
    email: string,
  ): StoredUser => ({
    id,
    login,
    firstname,
    lastname,
    email,
    roleIds: [2],
    createdAt: stamp(),
  });
  const users: StoredUser[] = [
    person(1, '-', '-', '', ''),
    person(API_USER_ID, 'api@sandbox.example', 'Api', 'User', 'api@sandbox.example'),
    person(AGENT_ID, 'agent@sandbox.example', 'Alex', 'Agent', 'agent@sandbox.example'),
  ];
  let generated = 0;

  const userByMail = (email: string): StoredUser | undefined =>
    users.find((user) => user.email !== '' && user.email === email.toLowerCase());

  function addUser(email: string, firstname: string, lastname: string): StoredUser {
    const last = users.at(-1)?.id ?? 0;
    const user: StoredUser = {
      ...person(
        Math.max(last + 1, FIRST_CUSTOMER_ID),
        email.toLowerCase(),
        firstname,
        lastname,
        email.toLowerCase(),
      ),
      roleIds: [3],
    };
    users.push(user);
    return user;
  }

  function findTicket(id: number): StoredTicket {
    const ticket = tickets.find((candidate) => candidate.id === id);
    if (!ticket) throw new ZammadRefusal(404, `Couldn't find Ticket with 'id'=${id}`);
    return ticket;
  }

  /** A reference by name or by id, or undefined when neither is given. */
  function lookUp(
    values: Values,
    key: string,
    names: readonly { id: number; name: string }[],
  ): string | undefined {
    const name = values[key];
    if (name !== undefined) {
      const hit = names.find((candidate) => candidate.name === name);
      if (!hit) throw new ZammadRefusal(422, `No lookup value found for '${key}': ${JSON.stringify(name)}`);
      return hit.name;
    }
    const id = values[`${key}_id`];
    if (id === undefined) return undefined;
    const hit = names.find((candidate) => candidate.id === id);
    if (!hit) throw new ZammadRefusal(422, `Invalid value for param '${key}_id': ${scalarText(id)}`);
    return hit.name;
  }

  const named = (names: readonly string[]) => names.map((name, index) => ({ id: index + 1, name }));

  type CustomerRef = { id: number } | { create: { email: string; firstname: string; lastname: string } };

  function readCustomer(values: Values): CustomerRef | undefined {
    const id = values['customer_id'];
    if (typeof id === 'string' && id.startsWith('guess:')) {
      const email = id.slice('guess:'.length).trim();
      if (!isMail(email)) throw new ZammadRefusal(422, `Invalid email '${email}' of customer`, false);
      const known = userByMail(email);
      return known ? { id: known.id } : { create: { email, firstname: '', lastname: '' } };
    }
    if (typeof id === 'number') {
      if (!users.some((user) => user.id === id))
        throw new ZammadRefusal(422, `Invalid value for param 'customer_id': ${id}`);
      return { id };
    }
    const customer = values['customer'];
    if (typeof customer === 'string') {
      const known = users.find((user) => user.login === customer.toLowerCase()) ?? userByMail(customer);
      if (!known) throw new ZammadRefusal(422, `No lookup value found for 'customer': "${customer}"`);
      return { id: known.id };
    }
    return undefined;
  }

  function customAttributes(values: Values): Partial<StoredTicket> {
    const action = values['session_action'];
    if (action !== undefined && action !== null && !sessionActions.includes(scalarText(action)))
      throw new ZammadRefusal(422, `Invalid value '${scalarText(action)}' for field 'session_action'!`);
    const rev = values['session_rev'];
    return {
      ...(values['session_id'] === undefined ? {} : { sessionId: scalarText(values['session_id']) }),
      ...(values['session_status'] === undefined
        ? {}
        : { sessionStatus: scalarText(values['session_status']) }),
      ...(action === undefined ? {} : { sessionAction: scalarText(action) }),
      ...(typeof rev === 'number' ? { sessionRev: rev } : {}),
    };
  }

  function pendingTimeOf(state: string, given: unknown, current: string | null): string | null {
    if (!state.startsWith('pending')) return null;
    const value = textOf(given) ?? current;
    if (!value || Number.isNaN(Date.parse(value)))
      throw new ZammadRefusal(422, "Missing required value for field 'pending_time'!");
    return new Date(value).toISOString();
  }

  function readArticle(value: unknown, ticketId: number, by: number): StoredArticle {
    const values: Values = typeof value === 'object' && value !== null ? { ...value } : {};
    const body = textOf(values['body']) ?? '';
    if (body.trim() === '') throw new ZammadRefusal(422, "Need at least an 'article body' field.");
    const type = textOf(values['type']) ?? 'note';
    if (!(type in articleTypes)) throw new ZammadRefusal(422, `No lookup value found for 'type': "${type}"`);
    const sender = textOf(values['sender']) ?? 'Agent';
    if (!(sender in articleSenders))
      throw new ZammadRefusal(422, `No lookup value found for 'sender': "${sender}"`);
    const to = textOf(values['to']) ?? null;
    if (type === 'email' && !(to ?? '').split(',').every((address) => isMail(address.trim())))
      throw new ZammadRefusal(422, 'Sending an email without a valid recipient is not possible.');
    const author = users.find((user) => user.id === by);
    const name = `${author?.firstname ?? ''} ${author?.lastname ?? ''}`.trim();
    const contentType = textOf(values['content_type']) ?? 'text/plain';
    return {
      id: lastArticleId + 1,
      ticketId,
      type,
      sender,
      from: type === 'email' ? `${name} via <support@sandbox.example>` : name,
      to,
      subject: textOf(values['subject']) ?? '',
      contentType,
      body: contentType === 'text/html' ? sanitise(body) : body,
      internal: values['internal'] === true,
      createdById: by,
      createdAt: stamp(),
    };
  }

  function keepArticle(article: StoredArticle): void {
    // The id of a deleted article is never given again.
    lastArticleId = article.id;
    articles.push(article);
    if (article.type === 'email') mails.push(article);
  }

  function freeNumber(): string {
    for (;;) {
      generated += 1;
      const number = `${settings.systemId}${String(generated).padStart(3, '0')}`;
      if (!tickets.some((ticket) => ticket.number === number)) return number;
    }
  }

  return {
    groups,
    tickets: () => tickets,
    articles: () => articles,
    users: () => users,
    ticket: findTicket,
    user(id) {
      const user = users.find((candidate) => candidate.id === id);
      if (!user) throw new ZammadRefusal(404, `Couldn't find User with 'id'=${id}`);
      return user;
    },

    createUser(values) {
      const email = textOf(values['email'])?.trim() ?? '';
      const firstname = textOf(values['firstname']) ?? '';
      const lastname = textOf(values['lastname']) ?? '';
      if (email === '' && firstname === '' && lastname === '')
        throw new ZammadRefusal(
          422,
          'At least one identifier (firstname, lastname, phone, mobile or email) for user is required.',
        );
      if (email !== '' && !isMail(email)) throw new ZammadRefusal(422, `Invalid email '${email}'`);
      if (userByMail(email))
        throw new ZammadRefusal(
          422,
          `Email address '${email.toLowerCase()}' is already used for another user.`,
        );
      return addUser(email, firstname, lastname);
    },

    createTicket(values, by) {
      const title = textOf(values['title'])?.slice(0, 250) ?? '';
      const group = lookUp(values, 'group', named(groups));
      if (group === undefined) throw new ZammadRefusal(422, "Group can't be blank");
      const customer = readCustomer(values);
      if (!customer) throw new ZammadRefusal(422, "The required value 'customer_id' is missing.");
      const state = lookUp(values, 'state', ticketStates) ?? 'new';
      const priority = lookUp(values, 'priority', named(priorities)) ?? '2 normal';
      const pendingTime = pendingTimeOf(state, values['pending_time'], null);
      const custom = customAttributes(values);
      if (values['tags'] !== undefined && typeof values['tags'] !== 'string') throw internalError();
      const number = textOf(values['number']) ?? freeNumber();
      if (tickets.some((ticket) => ticket.number === number))
        throw new ZammadRefusal(422, 'This object already exists.');
      const id = (tickets.at(-1)?.id ?? 18) + 1;
      const article = values['article'] === undefined ? undefined : readArticle(values['article'], id, by);
      const at = stamp();
      const ticket: StoredTicket = {
        id,
        number,
        title,
        group,
        state,
        priority,
        ownerId: 1,
        customerId:
          'id' in customer
            ? customer.id
            : addUser(customer.create.email, customer.create.firstname, customer.create.lastname).id,
        pendingTime,
        closeAt: state === 'closed' ? at : null,
        lastCloseAt: state === 'closed' ? at : null,
        sessionId: '',
        sessionStatus: '',
        sessionAction: '',
        sessionRev: 0,
        updatedById: by,
        createdById: by,
        createdAt: at,
        updatedAt: at,
        tags: (textOf(values['tags']) ?? '')
          .split(',')
          .map((tag) => tag.trim())
          .filter((tag) => tag !== ''),
        ...custom,
      };
      tickets.push(ticket);
      if (article) keepArticle(article);
      return ticket;
    },

    updateTicket(id, values, by) {
      const ticket = findTicket(id);
      const group = lookUp(values, 'group', named(groups)) ?? ticket.group;
      const state = lookUp(values, 'state', ticketStates) ?? ticket.state;
      const priority = lookUp(values, 'priority', named(priorities)) ?? ticket.priority;
      const pendingTime = pendingTimeOf(
        state,
        values['pending_time'],
        state === ticket.state ? ticket.pendingTime : null,
      );
      const custom = customAttributes(values);
      const article = values['article'] === undefined ? undefined : readArticle(values['article'], id, by);
      const at = stamp();
      Object.assign(ticket, {
        title: textOf(values['title']) ?? ticket.title,
        group,
        state,
        priority,
        pendingTime,
        closeAt: state === 'closed' ? (ticket.closeAt ?? at) : ticket.closeAt,
        lastCloseAt: state === 'closed' && ticket.state !== 'closed' ? at : ticket.lastCloseAt,
        updatedById: by,
        updatedAt: at,
        ...custom,
      });
      if (article) keepArticle(article);
      return ticket;
    },

    createArticle(values, by) {
      const ticket = findTicket(Number(values['ticket_id']));
      const article = readArticle(values, ticket.id, by);
      keepArticle(article);
      ticket.updatedAt = article.createdAt;
      ticket.updatedById = by;
      return article;
    },

    mails: () => mails,

    deleteArticle(id, by) {
      const at = articles.findIndex((candidate) => candidate.id === id);
      const article = articles[at];
      if (!article) throw new ZammadRefusal(404, `Couldn't find Ticket::Article with 'id'=${id}`);
      const no = (why: string): ZammadRefusal => new ZammadRefusal(403, `Not authorized (${why})!`);
      if (article.createdById !== by) throw no('you can only delete your own notes');
      if (communication.has(article.type) && !article.internal)
        throw no('communication articles cannot be deleted');
      if (Date.parse(article.createdAt) <= settings.now() - ARTICLE_DELETE_TIMEFRAME_MS)
        throw no('note is too old to be deleted');
      articles.splice(at, 1);
    },
  };
}
