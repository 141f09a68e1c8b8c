import type { TwinAttributes } from './twin-attributes.ts';
import { internalError, scalarText, ZammadRefusal, type Values } from './twin-refusal.ts';

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
  ticketId: number;
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
export const API_USER_ID = 3;
export const AGENT_ID = 4;
const FIRST_CUSTOMER_ID = 10;
const FIRST_ARTICLE_ID = 30;
const FIRST_TICKET_ID = 19;
/** `ui_ticket_zoom_article_delete_timeframe` of a fresh installation. */
const ARTICLE_DELETE_TIMEFRAME_MS = 600_000;

const isMail = (text: string): boolean => /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(text);

/** The rights of one user, by the ids of groups. */
type Rights = Map<number, readonly string[]>;

export interface StoredGroup {
  readonly id: number;
  readonly name: string;
  active: boolean;
  note: string;
}

export interface StoredLink {
  readonly type: string;
  readonly source: number;
  readonly target: number;
}

export interface ZammadStore {
  groups(): readonly StoredGroup[];
  createGroup(values: Values): StoredGroup;
  changeGroup(id: number, values: Values): StoredGroup;
  /** The rights of our API user by group; agents at the desk may do everything. */
  readonly apiRights: Rights;
  /** Whether a user has this right in the ticket's group. */
  may(by: number, right: string, ticket: StoredTicket): boolean;
  readonly attributes: TwinAttributes;
  /** The articles go over, the ticket becomes `merged`, and is a child of the one that took it in. */
  merge(sourceId: number, targetNumber: string, by: number): void;
  deleteTicket(id: number): void;
  links(): readonly StoredLink[];
  addLink(link: StoredLink): void;
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

function sanitise(html: string): string {
  return html
    .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/gi, '')
    .replace(/\son\w+\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, '');
}

/** Zammad's state in memory and the rules that every write passes. Each call is one transaction: all or nothing. */
export function createZammadStore(settings: {
  /** Beside `Users`, which every Zammad has; empty: none. */
  group: string;
  systemId: string;
  now: () => number;
  attributes: TwinAttributes;
}): ZammadStore {
  const { attributes } = settings;
  const groups: StoredGroup[] = [];
  const apiRights: Rights = new Map();
  const links: StoredLink[] = [];
  const newGroup = (name: string, note: string): StoredGroup => {
    const group = { id: groups.length + 1, name, active: true, note };
    groups.push(group);
    return group;
  };
  for (const name of new Set(['Users', settings.group]))
    if (name !== '') apiRights.set(newGroup(name, '').id, ['full']);
  const tickets: StoredTicket[] = [];
  const articles: StoredArticle[] = [];
  const mails: StoredArticle[] = [];
  let lastArticleId = FIRST_ARTICLE_ID - 1;
  // The id of a deleted ticket is never given again.
  let lastTicketId = FIRST_TICKET_ID - 1;
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

  /** What its processes do not know is dropped without a word. */
  function customAttributes(given: Values, screen: 'create_middle' | 'edit'): Partial<StoredTicket> {
    attributes.check(given, screen);
    const values = Object.fromEntries(Object.entries(given).filter(([name]) => attributes.knows(name)));
    const rev = values['session_rev'];
    return {
      ...(values['session_id'] === undefined ? {} : { sessionId: scalarText(values['session_id']) }),
      ...(values['session_status'] === undefined
        ? {}
        : { sessionStatus: scalarText(values['session_status']) }),
      ...(values['session_action'] === undefined
        ? {}
        : { sessionAction: scalarText(values['session_action']) }),
      ...(typeof rev === 'number' ? { sessionRev: rev } : {}),
    };
  }

  function may(by: number, right: string, ticket: StoredTicket): boolean {
    if (by !== API_USER_ID) return true;
    const granted = apiRights.get(groupIdOf(ticket.group)) ?? [];
    return granted.includes('full') || granted.includes(right);
  }

  function assertMay(by: number, right: string, ticket: StoredTicket): void {
    if (!may(by, right, ticket)) throw new ZammadRefusal(403, 'Not authorized');
  }

  const groupIdOf = (name: string): number => groups.find((group) => group.name === name)?.id ?? 0;

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
    groups: () => groups,
    createGroup(values) {
      const name = scalarText(values['name']);
      if (name === '') throw new ZammadRefusal(422, "Name can't be blank");
      if (groups.some((group) => group.name === name))
        throw new ZammadRefusal(422, 'This object already exists.');
      return newGroup(name, scalarText(values['note']));
    },
    changeGroup(id, values) {
      const group = groups.find((one) => one.id === id);
      if (!group) throw new ZammadRefusal(404, `Couldn't find Group with 'id'=${id}`);
      if (typeof values['active'] === 'boolean') group.active = values['active'];
      return group;
    },
    apiRights,
    may,
    attributes,
    links: () => links,
    addLink(link) {
      links.push(link);
    },

    merge(sourceId, targetNumber, by) {
      const source = findTicket(sourceId);
      const target = tickets.find(({ number }) => number === targetNumber);
      if (!target) throw new ZammadRefusal(422, 'The target ticket number could not be found.');
      if (target.state === 'merged')
        throw new ZammadRefusal(422, 'It is not possible to merge into an already merged ticket.');
      if (target === source) throw new ZammadRefusal(422, "Can't merge ticket with itself!");
      for (const article of articles) if (article.ticketId === source.id) article.ticketId = target.id;
      keepArticle(readArticle({ body: 'merged', internal: false }, source.id, by));
      const moved = (id: number): number => (id === source.id ? target.id : id);
      links.splice(
        0,
        links.length,
        ...links.map((link) => ({ ...link, source: moved(link.source), target: moved(link.target) })),
        { type: 'parent', source: target.id, target: source.id },
      );
      const at = stamp();
      Object.assign(source, { state: 'merged', ownerId: 1, updatedAt: at, updatedById: by });
      target.updatedAt = at;
    },

    deleteTicket(id) {
      tickets.splice(tickets.indexOf(findTicket(id)), 1);
      for (const article of articles.filter(({ ticketId }) => ticketId === id))
        articles.splice(articles.indexOf(article), 1);
    },

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
      const group = lookUp(values, 'group', groups);
      if (group === undefined) throw new ZammadRefusal(422, "Group can't be blank");
      const customer = readCustomer(values);
      if (!customer) throw new ZammadRefusal(422, "The required value 'customer_id' is missing.");
      const state = lookUp(values, 'state', ticketStates) ?? 'new';
      const priority = lookUp(values, 'priority', named(priorities)) ?? '2 normal';
      const pendingTime = pendingTimeOf(state, values['pending_time'], null);
      const custom = customAttributes(values, 'create_middle');
      if (values['tags'] !== undefined && typeof values['tags'] !== 'string') throw internalError();
      const number = textOf(values['number']) ?? freeNumber();
      if (tickets.some((ticket) => ticket.number === number))
        throw new ZammadRefusal(422, 'This object already exists.');
      const id = lastTicketId + 1;
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
      assertMay(by, 'create', ticket);
      lastTicketId = id;
      tickets.push(ticket);
      if (article) keepArticle(article);
      return ticket;
    },

    updateTicket(id, values, by) {
      const ticket = findTicket(id);
      assertMay(by, 'change', ticket);
      const group = lookUp(values, 'group', groups) ?? ticket.group;
      const state = lookUp(values, 'state', ticketStates) ?? ticket.state;
      const priority = lookUp(values, 'priority', named(priorities)) ?? ticket.priority;
      const pendingTime = pendingTimeOf(
        state,
        values['pending_time'],
        state === ticket.state ? ticket.pendingTime : null,
      );
      const custom = customAttributes(values, 'edit');
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
      assertMay(by, 'change', ticket);
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
