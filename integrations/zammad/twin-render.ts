import {
  articleSenders,
  articleTypes,
  priorities,
  ticketStates,
  type StoredArticle,
  type StoredTicket,
  type StoredUser,
  type ZammadStore,
} from './twin-store.ts';

type Json = Readonly<Record<string, unknown>>;

const stateId = (name: string): number => ticketStates.find((state) => state.name === name)?.id ?? 0;
const typeIdOf = (type: string): number => articleTypes[type] ?? 0;
const senderIdOf = (sender: string): number => articleSenders[sender] ?? 0;

/** Only those that the processes know. */
function customFields({ attributes }: ZammadStore, ticket: StoredTicket): Json {
  const fields = {
    session_id: ticket.sessionId,
    session_status: ticket.sessionStatus,
    session_action: ticket.sessionAction,
    session_rev: ticket.sessionRev,
  };
  return Object.fromEntries(Object.entries(fields).filter(([name]) => attributes.knows(name)));
}

/** The full attribute set in Zammad's order (association ids), with `expand` the names beside it. */
export function renderTicket(store: ZammadStore, ticket: StoredTicket, expand: boolean): Json {
  const articles = store.articles().filter((article) => article.ticketId === ticket.id);
  const first = articles[0];
  const plain = {
    id: ticket.id,
    group_id: store.groups().find(({ name }) => name === ticket.group)?.id ?? 0,
    priority_id: priorities.findIndex((name) => name === ticket.priority) + 1,
    state_id: stateId(ticket.state),
    organization_id: null,
    number: ticket.number,
    title: ticket.title,
    owner_id: ticket.ownerId,
    customer_id: ticket.customerId,
    note: null,
    first_response_at: null,
    first_response_escalation_at: null,
    first_response_in_min: null,
    first_response_diff_in_min: null,
    close_at: ticket.closeAt,
    close_escalation_at: null,
    close_in_min: null,
    close_diff_in_min: null,
    update_escalation_at: null,
    update_in_min: null,
    update_diff_in_min: null,
    last_close_at: ticket.lastCloseAt,
    last_contact_at: null,
    last_contact_agent_at: null,
    last_contact_customer_at: null,
    last_owner_update_at: null,
    create_article_type_id: first ? typeIdOf(first.type) : null,
    create_article_sender_id: first ? senderIdOf(first.sender) : null,
    article_count: articles.length,
    escalation_at: null,
    pending_time: ticket.pendingTime,
    type: null,
    time_unit: null,
    preferences: {},
    updated_by_id: ticket.updatedById,
    created_by_id: ticket.createdById,
    created_at: ticket.createdAt,
    updated_at: ticket.updatedAt,
    ...customFields(store, ticket),
    checklist_id: null,
    article_ids: articles.map((article) => article.id),
    ticket_time_accounting_ids: [],
  };
  if (!expand) return plain;
  return {
    ...plain,
    group: ticket.group,
    state: ticket.state,
    priority: ticket.priority,
    owner: store.user(ticket.ownerId).login,
    customer: store.user(ticket.customerId).login,
    organization: null,
    created_by: store.user(ticket.createdById).login,
    updated_by: store.user(ticket.updatedById).login,
  };
}

export function renderArticle(store: ZammadStore, article: StoredArticle): Json {
  return {
    id: article.id,
    ticket_id: article.ticketId,
    type_id: typeIdOf(article.type),
    sender_id: senderIdOf(article.sender),
    from: article.from,
    to: article.to,
    cc: null,
    subject: article.subject,
    reply_to: null,
    message_id: null,
    message_id_md5: null,
    in_reply_to: null,
    content_type: article.contentType,
    references: null,
    body: article.body,
    internal: article.internal,
    preferences: {},
    updated_by_id: article.createdById,
    created_by_id: article.createdById,
    origin_by_id: null,
    created_at: article.createdAt,
    updated_at: article.createdAt,
    attachments: [],
    time_unit: null,
    type: article.type,
    sender: article.sender,
    created_by: store.user(article.createdById).login,
    updated_by: store.user(article.createdById).login,
  };
}

const byGroup = (rights: ReadonlyMap<number, readonly string[]>): Json =>
  Object.fromEntries([...rights].map(([group, granted]) => [String(group), granted]));

/** `GET /users/me?full=true`: the user among its assets. */
export function renderFullUser(store: ZammadStore, user: StoredUser): Json {
  const roles = user.roleIds.map((id) => [String(id), { id, name: 'Agent', active: true, group_ids: {} }]);
  return {
    id: user.id,
    assets: {
      User: { [String(user.id)]: { ...renderUser(user), group_ids: byGroup(store.apiRights) } },
      Role: Object.fromEntries(roles),
    },
  };
}

export function renderUser(user: StoredUser): Json {
  return {
    id: user.id,
    organization_id: null,
    login: user.login,
    firstname: user.firstname,
    lastname: user.lastname,
    email: user.email,
    web: '',
    phone: '',
    mobile: '',
    vip: false,
    verified: false,
    active: true,
    note: '',
    role_ids: user.roleIds,
    group_ids: {},
    created_by_id: 3,
    updated_by_id: 3,
    created_at: user.createdAt,
    updated_at: user.createdAt,
  };
}

export function renderStates(at: string): readonly Json[] {
  return ticketStates.map((state) => ({
    id: state.id,
    state_type_id: state.typeId,
    name: state.name,
    next_state_id: state.nextId,
    ignore_escalation: state.id > 2,
    default_create: state.name === 'new',
    default_follow_up: state.name === 'open',
    note: null,
    active: state.active,
    updated_by_id: 1,
    created_by_id: 1,
    created_at: at,
    updated_at: at,
  }));
}
